import { broken } from '../../base/assert.ts';
import type { Writable } from '../../base/writable.ts';
import { refused, type Refusal } from '../../model/error-code.ts';
import type {
  RaiseLevelRequest,
  ReconfigureRequest,
  RequestContext,
  WriteRequest,
} from '../../model/request.ts';
import {
  compareZxid,
  formatZxid,
  maxZxid,
  zeroZxid,
  zxidEquals,
  type Zxid,
} from '../../model/zxid.ts';
import type { Audit } from '../../ports/audit.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { TxnCodec } from '../../ports/txn-codec.ts';
import type { ZabCore } from '../../zab/ready.ts';
import type { PrepareAt, Prepared } from '../../state/state-machine.ts';
import type { AppliedAges } from '../applied/applied-ages.ts';
import type { Applier } from '../applied/applier.ts';
import { decideLevel } from '../members/level-decisions.ts';
import {
  decideMembership,
  type MembershipDecision,
  type MembershipDecisionsParts,
} from '../members/membership-decisions.ts';
import type { FreeSpace } from '../free-space.ts';
import { ByteSizes } from './byte-sizes.ts';
import type { EnsembleTime } from '../ensemble-time.ts';
import type { SteadyClock } from '../steady-clock.ts';

/** Says what the leader made of a request; the asking peer answers its client by it. See `ServiceMessage`. */
export type Verdict =
  | { readonly kind: 'proposed'; readonly zxid: Zxid }
  | { readonly kind: 'replay'; readonly basis: Zxid }
  | { readonly kind: 'nothing'; readonly basis: Zxid; readonly branch: 'ops' | 'orElse' }
  | { readonly kind: 'refusal'; readonly basis: Zxid; readonly refusal: Refusal };

interface LeaderDecisionsParts {
  readonly zab: ZabCore;
  readonly applier: Applier;
  readonly codec: TxnCodec;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly audit: Audit;
  readonly time: Pick<EnsembleTime, 'wall'>;
  readonly steady: SteadyClock;
  readonly space: Pick<FreeSpace, 'isEnough' | 'isEnoughForSessions'>;
  /** How old what is applied here is. */
  readonly ages: Pick<AppliedAges, 'agedUpTo'>;
  readonly options: MembershipDecisionsParts['options'];
}

/** Makes the verdict of a refusal that looked at nothing: there is nothing to wait for before it is told. */
export function refusedUnseen(refusal: Refusal): Verdict {
  return { kind: 'refusal', basis: zeroZxid, refusal };
}

/**
 * Does the leader's side of every write, its own clients' and the learners' alike: prepare, encode, propose, in one turn.
 */
export class LeaderDecisions {
  readonly #parts: LeaderDecisionsParts;
  /** End of the history that this leadership began with: all of it must be applied before anything is prepared. */
  #initialHistoryEnd: Zxid | undefined;
  #establishedAtMs: number | undefined;
  /** One for all requests, filled anew for each. */
  readonly #preparedAt: Writable<PrepareAt> = { zxid: zeroZxid, wallMs: 0 };
  /** Of the txns that this peer proposed. */
  readonly proposalBytes = new ByteSizes();

  constructor(parts: LeaderDecisionsParts) {
    this.#parts = parts;
  }

  established(initialHistoryEnd: Zxid): void {
    this.#initialHistoryEnd = initialHistoryEnd;
    this.#establishedAtMs = this.#parts.clock.now();
  }

  /** Since when this peer leads, by the monotonic clock; undefined while it does not. */
  get establishedAtMs(): number | undefined {
    return this.#establishedAtMs;
  }

  /** No leader any more: nothing that was prepared counts. */
  ended(): void {
    this.#initialHistoryEnd = undefined;
    this.#establishedAtMs = undefined;
    this.#parts.applier.abandonOwn();
  }

  /** Established, and the state has caught up with the history that it must judge requests by. */
  get canDecide(): boolean {
    const { zab, applier } = this.#parts;
    return (
      this.#initialHistoryEnd !== undefined &&
      // What comes from now on is the next leader's to decide, and waits for it.
      zab.status.handingOverTo === undefined &&
      !zab.status.isLeaving &&
      zab.status.role === 'leading' &&
      zab.status.isServing &&
      compareZxid(applier.applied, this.#initialHistoryEnd) >= 0
    );
  }

  decide(request: WriteRequest, context: RequestContext): Verdict {
    if (request.kind === 'reconfigure' || request.kind === 'raiseLevel') {
      return this.#decideMembership(request);
    }
    const { zab, applier, codec } = this.#parts;
    const zxid = this.canDecide ? zab.nextZxid() : undefined;
    if (zxid === undefined) return refusedUnseen(this.#whyNot());
    if (!this.#hasSpaceFor(request)) {
      return refusedUnseen(
        refused(
          'noSpace',
          'The leader is short of disk space. Free some, or enlarge its disk: writes resume by themselves, and reads go on.',
        ),
      );
    }
    const prepared = applier.state.prepare(request, context, this.#at(zxid, request));
    if (prepared.kind === 'txn' || prepared.kind === 'nothing') {
      const { passedOver } = prepared;
      if (passedOver !== undefined) this.#takeDown(request, context, passedOver);
    }
    if (prepared.kind !== 'txn') return this.#withoutTxn(prepared);
    const encoded = codec.encode(prepared.txn);
    this.proposalBytes.add(encoded.length);
    const proposed = zab.propose(encoded);
    if (!zxidEquals(proposed, zxid)) {
      const details = { prepared: formatZxid(zxid), proposed: formatZxid(proposed) };
      throw broken('a txn is proposed under the zxid it was prepared for', details);
    }
    applier.expectOwn();
    this.#parts.metrics.count('proposals');
    return { kind: 'proposed', zxid };
  }

  /**
   * A transaction that was refused for want of rights, and had something else to do: whoever asked is told of that alone,
   * so it is recorded here, where it is known, and not at the peer that he asked.
   */
  #takeDown(request: WriteRequest, { identities }: RequestContext, refusal: Refusal): void {
    if (refusal.code !== 'noAuth' || request.kind !== 'multi') return;
    const { code, failedIndex = 0 } = refusal;
    const failed = request.ops[failedIndex];
    this.#parts.audit.record({
      event: 'refused',
      who: identities,
      op: failed?.op ?? 'multi',
      path: refusal.path ?? failed?.path,
      code,
      detail: 'and orElse was done in its place',
    });
  }

  #at(zxid: Zxid, { kind }: WriteRequest): PrepareAt {
    const { time, ages, steady } = this.#parts;
    const at = this.#preparedAt;
    at.zxid = zxid;
    at.wallMs = time.wall();
    at.agedUpTo = ages.agedUpTo;
    at.reapTime = kind === 'reap' ? steady.reapTime() : undefined;
    return at;
  }

  /** No matter of the state. */
  #decideMembership(request: ReconfigureRequest | RaiseLevelRequest): Verdict {
    if (!this.canDecide) return refusedUnseen(this.#whyNot());
    const decision: MembershipDecision =
      request.kind === 'reconfigure'
        ? decideMembership(this.#parts, request)
        : decideLevel(this.#parts, request);
    const basis = this.#parts.applier.applied;
    switch (decision.kind) {
      case 'proposed':
        return decision;
      case 'nothing':
        return { kind: 'nothing', basis, branch: 'ops' };
      case 'refusal':
        return decision.isUnseen
          ? refusedUnseen(decision.refusal)
          : { kind: 'refusal', basis, refusal: decision.refusal };
    }
  }

  /** What frees space may be done on a full disk too: the end of sessions, and what is reaped. */
  #hasSpaceFor({ kind }: WriteRequest): boolean {
    const { space } = this.#parts;
    if (space.isEnough) return true;
    if (kind === 'createSession' || kind === 'moveSession') return space.isEnoughForSessions;
    return kind !== 'multi' && kind !== 'acquireLock';
  }

  #withoutTxn(prepared: Exclude<Prepared, { kind: 'txn' }>): Verdict {
    // It rests on what is applied here as well, which the asking peer may not have yet.
    const basis = maxZxid(prepared.basis, this.#parts.applier.applied);
    switch (prepared.kind) {
      case 'replay':
        return { kind: 'replay', basis };
      case 'nothing':
        return { kind: 'nothing', basis, branch: prepared.branch };
      case 'refused':
        return { kind: 'refusal', basis, refusal: prepared };
    }
  }

  #whyNot(): Refusal {
    return this.canDecide
      ? refused(
          'throttled',
          'Too many writes are under way in the ensemble. Send the request again a little later.',
        )
      : refused(
          'noQuorum',
          'This peer does not lead. Send the request again: a leader is being elected.',
        );
  }
}
