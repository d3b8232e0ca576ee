import type { ConnectionId, Nonce, ServerId } from '../model/ids.ts';
import type { CloseReason } from '../model/peer-message.ts';
import { isForwarding, newProgress, type LearnerProgress } from './learner-progress.ts';
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

  constructor(peer: PeerState) {
    this.#peer = peer;
  }

  [Symbol.iterator](): IterableIterator<LearnerProgress> {
    return this.byConnection.values();
  }

  get(connection: ConnectionId): LearnerProgress | undefined {
    return this.byConnection.get(connection);
  }

  accept(connection: ConnectionId, from: ServerId): void {
    const { learnersMax } = this.#peer.options.limits;
    if (this.byConnection.size >= learnersMax) {
      this.#peer.outputs.close(connection, {
        code: 'refused',
        detail: `more than ${String(learnersMax)} learners`,
      });
      return;
    }
    this.byConnection.set(connection, newProgress(connection, from, this.#peer.now));
  }

  /** Its connection is gone. */
  lost(connection: ConnectionId, why: string): void {
    const learner = this.byConnection.get(connection);
    if (learner === undefined) return;
    this.byConnection.delete(connection);
    this.#peer.outputs.event({ event: 'learnerLost', learner: learner.id, why });
  }

  drop(learner: LearnerProgress, reason: CloseReason): void {
    this.#peer.outputs.close(learner.connection, reason);
    this.lost(learner.connection, reason.detail);
  }

  /** A peer has one connection: the newest. */
  dropEarlierOf(learner: LearnerProgress): void {
    for (const other of [...this]) {
      if (other !== learner && other.id === learner.id) {
        this.drop(other, { code: 'broken', detail: 'the peer came again on a newer connection' });
      }
    }
  }

  /** Gives up who is silent, or so slow that waiting for it would cost memory (brief A8, A9). */
  dropSilentAndSlow(debts: LearnerDebts): void {
    for (const learner of [...this]) {
      const reason = this.#reasonToDrop(learner, debts);
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
      this.#peer.history
        .membershipsInForce()
        .some(({ voters }) =>
          voters.some(({ id, nonce }) => id === learner.id && nonce === learner.nonce),
        )
    );
  }

  /** Another process runs under the same server id, with a vote of its own. */
  hasVotingTwin(learner: LearnerProgress, nonce: Nonce): boolean {
    return [...this].some(
      (other) =>
        other !== learner &&
        other.id === learner.id &&
        other.phase === 'ready' &&
        other.nonce !== nonce &&
        this.counts(other),
    );
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
