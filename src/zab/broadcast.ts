import { assert } from '../base/assert.ts';
import type { ConnectionId, Nonce } from '../model/ids.ts';
import type { EntryKind, LogEntry } from '../model/log-entry.ts';
import { encodeMembership } from '../model/membership.ts';
import { compareZxid, counterMax, maxZxid, zxid, type Zxid } from '../model/zxid.ts';
import { Backlog } from './backlog.ts';
import { isForwarding, type LearnerProgress } from './learner-progress.ts';
import type { LearnerDebts } from './learners.ts';
import type { PeerState } from './peer-state.ts';
import { quorumReached, type Progress } from './quorum.ts';

/**
 * Phase 3 on the leader (brief A8): numbers proposals, sends them to the learners in order, counts acks, commits what a
 * quorum has. Proposals of one turn go out as one message per learner.
 */
export class Broadcast implements LearnerDebts {
  readonly #peer: PeerState;
  readonly #learners: ReadonlyMap<ConnectionId, LearnerProgress>;
  #epoch = 0;
  #counter = 0;
  /** Of the next proposal, once somebody has asked: what is prepared for it and its entry have one zxid together. */
  #next: Zxid | undefined;
  #bytesInFlight = 0;
  readonly #backlog: Backlog;
  /** Of what was applied by this peer and a quorum when that was last worked out: it may be more by now. */
  #appliedBytes = 0;
  /** Proposed in this turn, not sent yet. */
  #proposed: LogEntry[] = [];
  /** Committed in this turn: for observers. */
  #committed: LogEntry[] = [];
  #mustSayCommit = false;
  /** What each identity ever acked in this epoch, also on connections that are gone (brief A17). */
  readonly #ackedByNonce = new Map<Nonce, number>();

  constructor(peer: PeerState, learners: ReadonlyMap<ConnectionId, LearnerProgress>) {
    this.#peer = peer;
    this.#learners = learners;
    this.#backlog = new Backlog(peer.options.limits.unappliedPerLearnerBytesMax);
  }

  /** The initial history is committed. The first proposal says so in the log: a mark of the epoch (brief A7). */
  begin(epoch: number): Zxid {
    this.#epoch = epoch;
    this.#next = undefined;
    const { membership } = this.#peer.history;
    assert(membership !== null, 'a leader knows its voters');
    return this.propose('epochStart', encodeMembership(membership));
  }

  /** No proposal waits for its commit. */
  get isIdle(): boolean {
    return compareZxid(this.#peer.history.committed, this.#peer.history.last.zxid) === 0;
  }

  /** The counter is used up: this epoch must end (D11). */
  get isExhausted(): boolean {
    return this.#counter >= counterMax;
  }

  nextZxid(): Zxid | undefined {
    const { limits } = this.#peer.options;
    const inFlight = this.#counter - this.#committedCounter;
    if (inFlight >= limits.proposalsInFlightMax || this.#bytesInFlight >= limits.bytesInFlightMax) {
      return undefined;
    }
    if (this.#isApplyingTooSlow()) return undefined;
    if (this.isExhausted) return undefined;
    return (this.#next ??= zxid(this.#epoch, this.#counter + 1));
  }

  propose(kind: EntryKind, payload: Uint8Array): Zxid {
    assert(!this.isExhausted, 'the counter stays below its end');
    const { history, options } = this.#peer;
    const at = this.#next ?? zxid(this.#epoch, this.#counter + 1);
    this.#next = undefined;
    this.#counter = at.counter;
    const chain = options.chain(history.lastChain, at, kind, payload);
    const entry: LogEntry = { zxid: at, kind, payload, chain };
    this.#peer.append(entry);
    // Who comes later is synchronised from the log.
    if (this.#learners.size > 0) {
      if (this.#proposed.length > 0) this.#proposed.push(entry);
      else this.#proposed = [entry];
    }
    this.#bytesInFlight += payload.length;
    this.#backlog.proposed(at.counter, payload.length);
    return at;
  }

  /** From here on the learner gets every proposal; first those that its synchronisation did not hold. */
  register(learner: LearnerProgress, upTo: Zxid): void {
    if (learner.role === 'observer') return;
    const entries = this.#peer.history.tailAfter(upTo);
    if (entries.length === 0) return;
    this.#peer.outputs.send(learner.connection, {
      kind: 'proposal',
      entries,
      commit: this.#peer.history.committed,
    });
  }

  acked(learner: LearnerProgress, counter: number): void {
    learner.acked = counter;
    learner.owesAckSinceTick = counter < this.#counter ? this.#peer.now : undefined;
    const before = this.#ackedByNonce.get(learner.nonce) ?? 0;
    this.#ackedByNonce.set(learner.nonce, Math.max(before, counter));
    this.commitWhatQuorumAcked();
  }

  ackedBy(nonce: Nonce): Zxid | undefined {
    const counter = this.#ackedByNonce.get(nonce);
    return counter === undefined || counter === 0 ? undefined : zxid(this.#epoch, counter);
  }

  unacked(learner: LearnerProgress): number {
    return learner.phase === 'ready' && learner.role === 'follower'
      ? this.#counter - learner.acked
      : 0;
  }

  unappliedBytes(learner: LearnerProgress): number {
    return this.#backlog.bytes - this.#backlog.bytesUpTo(this.#counterOf(learner.applied));
  }

  /** It has logged up to `last`, and so much of that is not applied that it would hardly catch up by applying it. */
  isLate(learner: LearnerProgress, last: Zxid): boolean {
    const logged = this.#backlog.bytesUpTo(this.#counterOf(last));
    const applied = this.#backlog.bytesUpTo(this.#counterOf(learner.applied));
    return logged - applied > this.#peer.options.limits.unappliedBytesMax;
  }

  /** Lowest first, in order, and only proposals of this epoch: earlier ones committed with NEWLEADER (brief A8). */
  commitWhatQuorumAcked(): void {
    for (;;) {
      const memberships = this.#peer.history.membershipsInForce();
      const reached = quorumReached(memberships, this.#acks());
      if (reached <= this.#committedCounter) return;
      this.#commit(zxid(this.#epoch, reached));
      // A committed change leaves the new quorum alone, which may have reached further.
      if (this.#peer.history.membershipsInForce().length === memberships.length) return;
    }
  }

  flush(): void {
    const entries = this.#proposed;
    const informed = this.#committed;
    if (entries.length === 0 && !this.#mustSayCommit) return;
    const commit = this.#peer.history.committed;
    for (const learner of this.#learners.values()) {
      if (!isForwarding(learner)) continue;
      if (learner.role === 'observer') this.#inform(learner, informed);
      else if (entries.length > 0) this.#forward(learner, entries, commit);
      else this.#peer.outputs.send(learner.connection, { kind: 'commit', zxid: commit });
    }
    if (entries.length > 0) this.#proposed = [];
    if (informed.length > 0) this.#committed = [];
    this.#mustSayCommit = false;
  }

  /**
   * An observer that is a participant now gets proposals from here on, and acks them. What it has is committed, so it
   * counts as acked.
   */
  promote(learner: LearnerProgress): void {
    this.flush();
    const { committed } = this.#peer.history;
    learner.role = 'follower';
    if (learner.phase !== 'synchronizing') {
      learner.acked = Math.max(learner.acked, this.#committedCounter);
    }
    this.register(learner, maxZxid(learner.syncEnd ?? committed, committed));
  }

  get #committedCounter(): number {
    return this.#counterOf(this.#peer.history.committed);
  }

  /** Of this epoch; all earlier ones were before its first. */
  #counterOf(zxid: Zxid): number {
    return zxid.epoch === this.#epoch ? zxid.counter : 0;
  }

  /**
   * What is committed must be applied by this peer and a quorum before much more is, or it would gather in memory there.
   * Who is slower than the quorum is not waited for: see `unappliedPerLearnerBytesMax`.
   */
  #isApplyingTooSlow(): boolean {
    const { unappliedBytesMax } = this.#peer.options.limits;
    // Nearly always, and without a look at anybody.
    if (this.#backlog.bytes - this.#appliedBytes <= unappliedBytesMax) return false;
    this.#lookWhatIsApplied();
    return this.#backlog.bytes - this.#appliedBytes > unappliedBytesMax;
  }

  #lookWhatIsApplied(): void {
    const own = this.#counterOf(this.#peer.applied);
    const reached = quorumReached(
      this.#peer.history.membershipsInForce(),
      this.#progress(own, ({ applied }) => this.#counterOf(applied)),
    );
    const appliedBytes = this.#backlog.bytesUpTo(Math.max(0, Math.min(own, reached)));
    this.#appliedBytes = Math.max(this.#appliedBytes, appliedBytes);
  }

  #acks(): Progress[] {
    // The own ack counts when the own fsync is done, like everyone's (etcd #14370).
    const own = this.#counterOf(this.#peer.durable.lastLogged);
    return this.#progress(own, ({ acked }) => acked);
  }

  #progress(own: number, reachedBy: (learner: LearnerProgress) => number): Progress[] {
    const { self, nonce } = this.#peer;
    const progress: Progress[] = [{ id: self, nonce, reached: own }];
    for (const learner of this.#learners.values()) {
      if (learner.role === 'follower' && learner.acked >= 0) {
        progress.push({ id: learner.id, nonce: learner.nonce, reached: reachedBy(learner) });
      }
    }
    return progress;
  }

  #commit(upTo: Zxid): void {
    const { history } = this.#peer;
    this.#bytesInFlight -= history.bytesBetween(history.committed, upTo);
    if (this.#learners.size > 0) {
      const newlyCommitted = history.tailBetween(history.committed, upTo);
      if (this.#committed.length === 0) this.#committed = newlyCommitted;
      else for (const entry of newlyCommitted) this.#committed.push(entry);
    }
    this.#peer.commit(upTo);
    this.#mustSayCommit = true;
  }

  #forward(learner: LearnerProgress, entries: readonly LogEntry[], commit: Zxid): void {
    learner.owesAckSinceTick ??= this.#peer.now;
    this.#peer.outputs.send(learner.connection, { kind: 'proposal', entries, commit });
  }

  #inform(learner: LearnerProgress, committed: readonly LogEntry[]): void {
    const { syncEnd } = learner;
    const entries = committed.filter(
      (entry) => syncEnd === undefined || compareZxid(entry.zxid, syncEnd) > 0,
    );
    if (entries.length > 0) {
      this.#peer.outputs.send(learner.connection, { kind: 'inform', entries });
    }
  }
}
