import { create, path, single } from '../model/requests.ts';
import { createHash } from 'node:crypto';
import assert from 'node:assert/strict';
import { type Identity } from '../../../src/model/acl.ts';
import type { ErrorCode } from '../../../src/model/error-code.ts';
import type { SessionId } from '../../../src/model/ids.ts';
import { defaultLimits, type Limits } from '../../../src/model/limits.ts';
import {
  type OpResult,
  type RequestContext,
  type TreeOp,
  type WriteOutcome,
  type StateRequest,
} from '../../../src/model/request.ts';
import type { Stat } from '../../../src/model/stat.ts';
import type { Txn } from '../../../src/model/txn.ts';
import type { WatchEvent } from '../../../src/model/watch-event.ts';
import { zeroZxid, zxid, type Zxid } from '../../../src/model/zxid.ts';
import { StateMachine, type Prepared } from '../../../src/state/state-machine.ts';
import { eventsOf } from '../../../src/state/txn-events.ts';

export function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

export const nobody: readonly Identity[] = [];

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function sessionId(number: number): SessionId {
  return number.toString(16).padStart(16, '0') as SessionId;
}

export function openSession(id: SessionId, secret = 'secret', timeoutMs = 10_000): StateRequest {
  return { kind: 'createSession', session: id, timeoutMs, secretHash: sha256(bytes(secret)) };
}

export function closeSession(id: SessionId): StateRequest {
  return { kind: 'closeSession', session: id, reason: 'closed' };
}

type Context = Partial<RequestContext>;

/** A leader of one peer: prepares, and commits when the test says so. */
export class Leader {
  readonly machine: StateMachine;
  readonly log: { zxid: Zxid; txn: Txn }[] = [];
  readonly inFlight: { zxid: Zxid; txn: Txn }[] = [];
  /** Of all that was committed. */
  readonly events: WatchEvent[] = [];
  wallMs = 1_000;
  /** Keys up to here are as old as keys are kept. */
  agedUpTo = zeroZxid;
  #epoch = 1;
  #counter = 0;

  constructor(limits: Partial<Limits> = {}, options: { readonly enforceQuota?: boolean } = {}) {
    this.machine = new StateMachine({
      ...options,
      limits: { ...defaultLimits, ...limits },
      sha256,
    });
  }

  get nextZxid(): Zxid {
    return zxid(this.#epoch, this.#counter + 1);
  }

  prepare(request: StateRequest, context: Context = {}): Prepared {
    const at = { zxid: this.nextZxid, wallMs: this.wallMs, agedUpTo: this.agedUpTo };
    const prepared = this.machine.prepare(request, { identities: nobody, ...context }, at);
    if (prepared.kind === 'txn') {
      this.#counter++;
      this.inFlight.push({ zxid: at.zxid, txn: prepared.txn });
    }
    return prepared;
  }

  /** Proposes; the zxid that it is in flight under. */
  propose(request: StateRequest, context: Context = {}): Zxid {
    const prepared = this.prepare(request, context);
    assert.equal(prepared.kind, 'txn', JSON.stringify(prepared));
    return zxid(this.#epoch, this.#counter);
  }

  commit(count = this.inFlight.length): WriteOutcome[] {
    return this.inFlight.splice(0, count).map((entry) => {
      this.log.push(entry);
      this.events.push(...eventsOf(entry.zxid, entry.txn).events);
      return this.machine.apply(entry.zxid, entry.txn);
    });
  }

  /** Prepares and commits. */
  write(request: StateRequest, context: Context = {}): WriteOutcome {
    this.propose(request, context);
    const outcome = this.commit().at(-1);
    assert(outcome);
    return outcome;
  }

  /** A single operation, done. */
  do(op: TreeOp, context: Context = {}): OpResult {
    const [result] = this.write(single(op), context).results;
    assert(result);
    return result;
  }

  refusal(request: StateRequest, context: Context = {}): Extract<Prepared, { kind: 'refused' }> {
    const prepared = this.prepare(request, context);
    assert(prepared.kind === 'refused', `expected a refusal, got ${prepared.kind}`);
    return prepared;
  }

  /** The code that a single operation is refused with. */
  code(op: TreeOp, context: Context = {}): ErrorCode {
    return this.refusal(single(op), context).code;
  }

  /** Loses what is in flight and begins a new epoch. */
  loseLeadership(): void {
    this.machine.abandonPending();
    this.inFlight.length = 0;
    this.#epoch++;
    this.#counter = 0;
  }

  stat(at: string): Stat | undefined {
    const result = this.machine.read({ read: 'stat', path: path(at) }, nobody);
    return 'stat' in result ? result.stat : undefined;
  }

  data(at: string): string | null | undefined {
    const superuser = [{ scheme: 'super', id: '' }];
    const result = this.machine.read({ read: 'data', path: path(at) }, superuser);
    if (!('data' in result)) return undefined;
    return result.data === null ? null : new TextDecoder().decode(result.data);
  }

  children(at: string): string[] {
    const query = { read: 'children', path: path(at), limit: 1_000_000, withData: false } as const;
    const result = this.machine.read(query, [{ scheme: 'super', id: '' }]);
    return 'children' in result ? result.children.map(({ name }) => name) : [];
  }
}

/** The session of the ephemeral znode of `aPopulatedLeader`. */
export const populatedBy = sessionId(1);

/** Makes a leader that has `/a` and below it `/a/e`, which is ephemeral. */
export function aPopulatedLeader(): Leader {
  const leader = new Leader();
  leader.write(openSession(populatedBy));
  leader.do(create('/a'));
  leader.do(create('/a/e', { kind: 'ephemeral' }), { session: populatedBy });
  return leader;
}

/** A machine that only ever applied the log. */
export function follower(log: readonly { zxid: Zxid; txn: Txn }[]): StateMachine {
  const machine = new StateMachine({ limits: defaultLimits, sha256 });
  for (const entry of log) machine.apply(entry.zxid, entry.txn);
  return machine;
}
