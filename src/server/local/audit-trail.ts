import type { AuditEvent } from '../../model/audit.ts';
import { authRoot, reservedRoot } from '../../model/auth.ts';
import { isRefusal, mayHaveHappened, type Refusal } from '../../model/error-code.ts';
import type { ServerId } from '../../model/ids.ts';
import type { ZnodePath } from '../../model/path.ts';
import type { MultiRequest, TreeOp, WriteOutcome } from '../../model/request.ts';
import type { Audit } from '../../ports/audit.ts';
import type { Asker } from '../../service/call.ts';
import type { CopyBegins } from '../../service/copying.ts';
import type { WriteResult } from '../requests/write-path.ts';
import { describeAcl, describeAuth } from './audit-details.ts';

/** Ops of one txn that have a record each; the others are counted in one more. */
export const auditedOpsMax = 100;

/**
 * Takes down what this peer was asked, as far as it has to do with rights: what was refused for want of them, what
 * changes them, what an operator sets, and what is written where somebody wants to know. Nothing else costs more than a
 * look at its path.
 */
export class AuditTrail {
  readonly #audit: Audit;
  readonly #below: readonly ZnodePath[];

  constructor(audit: Audit, writesBelow: readonly ZnodePath[]) {
    this.#audit = audit;
    this.#below = writesBelow;
  }

  /** Any answer: it is recorded when it is a refusal for want of rights. */
  answered(asker: Partial<Asker>, op: string, path: string, answer: unknown): void {
    if (!isRefusal(answer) || answer.code !== 'noAuth') return;
    this.#record(asker, { event: 'refused', op, path: answer.path ?? path, code: answer.code });
  }

  /** What came of a write. One that its caller did not wait for, or nobody could tell of, may have been done. */
  wrote(asker: Partial<Asker>, request: MultiRequest, result: WriteResult): void {
    if (!isRefusal(result)) {
      if (result.replayed) return;
      this.#changed(asker, (result.branch === 'ops' ? request.ops : request.orElse) ?? [], result);
    } else if (mayHaveHappened(result)) {
      const ops = [...request.ops, ...(request.orElse ?? [])];
      this.#changed(asker, ops, { code: result.code });
    } else this.#refusedWrite(asker, request, result);
  }

  /** Somebody has come into a queue, out of it, or has written there. */
  wroteQueue(asker: Partial<Asker>, op: string, queue: ZnodePath, result: WriteResult): void {
    if (isRefusal(result) && !mayHaveHappened(result)) this.answered(asker, op, queue, result);
    else if (this.#isBelow(queue)) {
      const known = isRefusal(result) ? { code: result.code } : { zxid: result.zxid };
      if (isRefusal(result) || !result.replayed) {
        this.#record(asker, { event: 'write', op, path: queue, ...known });
      }
    }
  }

  /** All there is, or the log of it, goes out. */
  copied(asker: Partial<Asker>, { snapshot, upTo }: CopyBegins): void {
    const detail = snapshot === null ? 'the log' : 'the state';
    this.#record(asker, { event: 'backup', op: 'backup', path: '/', zxid: upTo.zxid, detail });
  }

  /** Leadership was moved, or was to be. */
  movedLeader(
    asker: Partial<Asker>,
    to: ServerId | undefined,
    result: { readonly from: ServerId; readonly to: ServerId } | Refusal,
  ): void {
    const wish = to === undefined ? 'to any voter' : `to server ${String(to)}`;
    if (!isRefusal(result)) {
      const detail = `from server ${String(result.from)} to server ${String(result.to)}`;
      this.#record(asker, { event: 'leadership', op: 'moveLeader', detail });
    } else if (result.code === 'noAuth') {
      this.#record(asker, { event: 'refused', op: 'moveLeader', code: result.code, detail: wish });
    } else if (mayHaveHappened(result)) {
      this.#record(asker, {
        event: 'leadership',
        op: 'moveLeader',
        code: result.code,
        detail: wish,
      });
    }
  }

  /** The membership was changed, or was to be. */
  changedMembers(asker: Partial<Asker>, detail: string, result: WriteOutcome | Refusal): void {
    const op = 'changeMembership';
    if (!isRefusal(result)) {
      this.#record(asker, { event: 'membership', op, detail, zxid: result.zxid });
    } else if (result.code === 'noAuth') {
      this.#record(asker, { event: 'refused', op, code: result.code, detail });
    } else if (mayHaveHappened(result)) {
      this.#record(asker, { event: 'membership', op, code: result.code, detail });
    }
  }

  /** The level of the ensemble was raised, or was to be. */
  raisedLevel(asker: Partial<Asker>, level: number, result: WriteOutcome | Refusal): void {
    const op = 'raiseLevel';
    const detail = `to level ${String(level)}`;
    if (!isRefusal(result)) {
      this.#record(asker, { event: 'configuration', op, detail, zxid: result.zxid });
    } else if (result.code === 'noAuth') {
      this.#record(asker, { event: 'refused', op, code: result.code, detail });
    } else if (mayHaveHappened(result)) {
      this.#record(asker, { event: 'configuration', op, code: result.code, detail });
    }
  }

  /** What is logged was set, or was to be. */
  setLogLevel(asker: Partial<Asker>, detail: string, refusal: Refusal | undefined): void {
    const op = 'setLogLevel';
    if (refusal === undefined) this.#record(asker, { event: 'configuration', op, detail });
    else if (refusal.code === 'noAuth') {
      this.#record(asker, { event: 'refused', op, code: refusal.code, detail });
    }
  }

  /** Somebody has proved who he is. */
  authenticated(asker: Partial<Asker>): void {
    this.#record(asker, { event: 'authenticated', op: 'prove' });
  }

  /** What somebody has proved is over, and so is what he has open by it. */
  ended(asker: Partial<Asker>, { detail }: Refusal): void {
    this.#record(asker, { event: 'ended', op: 'prove', detail });
  }

  /** `as`: whom a wrong proof was to prove; `code`: with what it was answered. */
  failed(asker: Partial<Asker>, as: string, code: 'authFailed' | 'throttled'): void {
    this.#record(asker, { event: 'authFailed', op: 'prove', code, detail: `as ${as}` });
  }

  #refusedWrite(asker: Partial<Asker>, { ops, orElse }: MultiRequest, refusal: Refusal): void {
    if (refusal.code !== 'noAuth') return;
    const failed = (orElse ?? ops)[refusal.failedIndex ?? 0] ?? ops[0];
    this.answered(asker, failed?.op ?? 'multi', failed?.path ?? '/', refusal);
  }

  /** A code says why nobody knows whether it was done. */
  #changed(
    asker: Partial<Asker>,
    ops: readonly TreeOp[],
    { zxid, results, code }: Partial<WriteOutcome> & Pick<AuditEvent, 'code'>,
  ): void {
    let recorded = 0;
    for (let index = 0; index < ops.length; index++) {
      const op = ops[index];
      const event = op && this.#eventOf(op);
      if (event === undefined) continue;
      if (++recorded > auditedOpsMax) continue;
      const path = results?.[index]?.path ?? op?.path;
      this.#record(asker, { ...event, path, zxid, code });
    }
    if (recorded <= auditedOpsMax) return;
    const times = recorded - auditedOpsMax;
    this.#record(asker, { event: 'write', op: 'multi', zxid, code, times });
  }

  #eventOf(op: TreeOp): Omit<AuditEvent, 'who' | 'door'> | undefined {
    if (!changesTree(op)) return undefined;
    const { path } = op;
    if (isWithin(path, authRoot)) {
      const data = 'data' in op ? op.data : null;
      const detail = data === null ? undefined : describeAuth(path, data);
      return { event: 'auth', op: op.op, detail };
    }
    if (isWithin(path, reservedRoot)) return { event: 'configuration', op: op.op };
    if (op.op === 'setAcl') return { event: 'acl', op: op.op, detail: describeAcl(op.acl) };
    const isCovered =
      this.#isBelow(path) ||
      // Whoever deletes what is above takes with it what is below.
      (op.op === 'delete' && op.recursive && this.#below.some((prefix) => isWithin(prefix, path)));
    return isCovered ? { event: 'write', op: op.op } : undefined;
  }

  #isBelow(path: string): boolean {
    for (const prefix of this.#below) if (isWithin(path, prefix)) return true;
    return false;
  }

  #record(
    { identities = [], door }: Partial<Asker>,
    event: Omit<AuditEvent, 'who' | 'door'>,
  ): void {
    this.#audit.record({ ...event, who: identities, door });
  }
}

function changesTree({ op }: TreeOp): boolean {
  return op === 'create' || op === 'set' || op === 'delete' || op === 'setAcl';
}

function isWithin(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix)) return false;
  return path.length === prefix.length || prefix === '/' || path.charAt(prefix.length) === '/';
}
