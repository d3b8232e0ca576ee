import type { Caller, ConnectionId, Nonce, ServerId } from '../model/ids.ts';
import type { CloseReason } from '../model/peer-message.ts';
import {
  isForwarding,
  newProgress,
  type LearnerInfo,
  type LearnerProgress,
} from './learner-progress.ts';
import type { PeerState } from './peer-state.ts';

/** Says how far a learner lies behind what was proposed. */
export interface LearnerDebts {
  /** Proposals. */
  unacked(learner: LearnerProgress): number;
  /** Of proposals, overhead included; infinite when it is more than anybody may owe. */
  unappliedBytes(learner: LearnerProgress): number;
}

/** The learners that dialled a leader: who they are, who of them counts, and when one is given up. */
export class Learners {
  readonly byConnection = new Map<ConnectionId, LearnerProgress>();
  readonly #peer: PeerState;
  readonly #sinceTick: number;
  /** When voters whose connection is gone were last heard on it. */
  readonly #heardTick = new Map<ServerId, number>();

  constructor(peer: PeerState) {
    this.#peer = peer;
    this.#sinceTick = peer.now;
  }

  [Symbol.iterator](): IterableIterator<LearnerProgress> {
    return this.byConnection.values();
  }

  get(connection: ConnectionId): LearnerProgress | undefined {
    return this.byConnection.get(connection);
  }

  accept(connection: ConnectionId, caller: Caller): void {
    const { learnersMax } = this.#peer.options.limits;
    if (this.byConnection.size >= learnersMax) {
      this.#peer.outputs.close(connection, {
        code: 'refused',
        detail: `more than ${String(learnersMax)} learners`,
      });
      return;
    }
    this.byConnection.set(connection, newProgress(connection, caller, this.#peer.now));
  }

  /** Its connection is gone. */
  lost(connection: ConnectionId, why: string): void {
    const learner = this.byConnection.get(connection);
    if (learner === undefined) return;
    this.byConnection.delete(connection);
    if (this.counts(learner)) this.#heardTick.set(learner.id, learner.lastHeardTick);
    this.#peer.outputs.event({ event: 'learnerLost', learner: learner.id, why });
  }

  drop(learner: LearnerProgress, reason: CloseReason): void {
    this.#peer.outputs.close(learner.connection, reason);
    this.lost(learner.connection, reason.detail);
  }

  /** A process has one connection: the newest. What it came on before is dead, and only this side has not noticed. */
  dropEarlierOf(learner: LearnerProgress): void {
    for (const other of [...this]) {
      if (other !== learner && isSameProcess(other, learner)) {
        this.drop(other, { code: 'broken', detail: 'the peer came again on a newer connection' });
      }
    }
  }

  /** Another process that is followed under the same server id. */
  twinOf(learner: LearnerProgress): LearnerProgress | undefined {
    for (const other of this) {
      if (other.id !== learner.id || isSameProcess(other, learner)) continue;
      if (other.phase !== 'connected') return other;
    }
    return undefined;
  }

  /** Nobody who has this server's vote was heard for the sync limit: neither in time nor since this peer leads. */
  isMissed(voter: ServerId): boolean {
    const heardTick = this.#heardTick.get(voter) ?? this.#sinceTick;
    return this.#peer.now - heardTick > this.#peer.options.timers.syncLimit;
  }

  /** Those that wait for the end of another process under their server id. */
  held(): LearnerProgress[] {
    return [...this].filter(({ held }) => held !== undefined);
  }

  /** Who has no vote gives way at once to who has it: an empty directory was faster than a restart. */
  keepsItsPlace(twin: LearnerProgress, { role, nonce }: LearnerInfo): boolean {
    return this.counts(twin) || role !== 'follower' || !this.isVoter(twin.id, nonce);
  }

  /** Those that are held beside one who was heard since. */
  refuseTwins(): void {
    for (const learner of this.held()) {
      const twin = this.twinOf(learner);
      if (learner.held === undefined || twin === undefined) continue;
      if (twin.pongRound >= learner.held.proofRound) this.refuseTwin(learner, twin);
    }
  }

  /** Sends a process away for good: the other one under its server id was heard after it had come. */
  refuseTwin(learner: LearnerProgress, living: LearnerProgress): void {
    const livesAt = living.caller.address;
    const { outputs } = this.#peer;
    outputs.send(learner.connection, { kind: 'twin', livesAt });
    outputs.event({
      event: 'twinRefused',
      learner: learner.id,
      from: learner.caller.address,
      livesAt,
    });
    this.drop(learner, {
      code: 'refused',
      detail: `another process runs as server ${String(learner.id)}, at ${livesAt}`,
    });
  }

  /** Gives up who is silent, or so slow that waiting for it would cost memory (brief A8, A9). */
  dropSilentAndSlow(debts: LearnerDebts): void {
    const held = this.held();
    for (const learner of [...this]) {
      const reason = this.#reasonToDrop(learner, debts) ?? this.#reasonToGiveWay(learner, held);
      if (reason !== undefined) this.drop(learner, reason);
    }
  }

  closeAll(reason: CloseReason): void {
    for (const { connection } of this) this.#peer.outputs.close(connection, reason);
    this.byConnection.clear();
  }

  /** Not before the learner's role and nonce are known, and only for identities that the memberships know. */
  counts(learner: LearnerProgress): boolean {
    return (
      learner.phase !== 'connected' &&
      learner.role === 'follower' &&
      this.isVoter(learner.id, learner.nonce)
    );
  }

  counted(): Map<ServerId, Nonce> {
    const identities = new Map<ServerId, Nonce>();
    for (const learner of this) if (this.counts(learner)) identities.set(learner.id, learner.nonce);
    return identities;
  }

  isVoter(voter: ServerId, itsNonce: Nonce): boolean {
    return this.#peer.hasSeat(voter, itsNonce);
  }

  /** This peer, and the followers that took the leader's history over and are heard. */
  following(): Map<ServerId, Nonce> {
    const identities = new Map<ServerId, Nonce>([[this.#peer.self, this.#peer.nonce]]);
    for (const learner of this) {
      const isUp = isForwarding(learner) && learner.phase !== 'synchronizing';
      if (isUp && learner.role === 'follower') identities.set(learner.id, learner.nonce);
    }
    return identities;
  }

  /** Another process waits for its place, and it does not answer the question whether it lives. */
  #reasonToGiveWay(
    learner: LearnerProgress,
    held: readonly LearnerProgress[],
  ): CloseReason | undefined {
    if (learner.phase === 'connected') return undefined;
    const { syncLimit } = this.#peer.options.timers;
    const isGone = held.some(
      (other) =>
        other.id === learner.id &&
        this.#peer.now - Math.max(learner.lastHeardTick, other.held?.sinceTick ?? 0) > syncLimit,
    );
    if (!isGone) return undefined;
    return { code: 'timeout', detail: 'silent while another process waits for its place' };
  }

  #reasonToDrop(learner: LearnerProgress, debts: LearnerDebts): CloseReason | undefined {
    const { timers, limits } = this.#peer.options;
    const silentFor = this.#peer.now - learner.lastHeardTick;
    const limit = learner.phase === 'ready' ? timers.syncLimit : timers.initLimit;
    if (silentFor > limit) {
      return { code: 'timeout', detail: `silent for ${String(silentFor)} ticks` };
    }
    if (learner.phase !== 'ready') return undefined;
    const owesSince = learner.owesAckSinceTick;
    if (owesSince !== undefined && this.#peer.now - owesSince > timers.syncLimit) {
      return { code: 'slow', detail: 'does not ack its oldest proposal' };
    }
    if (debts.unacked(learner) > limits.unackedPerLearnerMax) {
      return { code: 'slow', detail: 'has too many proposals to ack' };
    }
    return debts.unappliedBytes(learner) > limits.unappliedPerLearnerBytesMax
      ? { code: 'slow', detail: 'has too many proposals to apply' }
      : undefined;
  }
}

function isSameProcess(left: LearnerProgress, right: LearnerProgress): boolean {
  return left.id === right.id && left.caller.start === right.caller.start;
}
