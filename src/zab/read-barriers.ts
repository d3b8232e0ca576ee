import type { ConnectionId } from '../model/ids.ts';
import type { Zxid } from '../model/zxid.ts';
import type { LearnerProgress } from './learner-progress.ts';
import type { PeerState } from './peer-state.ts';
import { quorumReached, type Progress } from './quorum.ts';

interface Ask {
  readonly id: number;
  readonly mode: 'barrier' | 'sync';
  /** Undefined for one of the leader's own. */
  readonly learner: ConnectionId | undefined;
}

interface WaitingRound {
  readonly round: number;
  readonly asks: readonly { readonly ask: Ask; readonly zxid: Zxid }[];
}

/**
 * Linearizable reads without a lease (brief A11): a read may go on once a quorum has answered a PING that was sent after
 * the read was asked for, so that no other leader can have been established before. What is asked for while a round is
 * under way shares the next one: more rounds at once would only be more messages.
 */
export class ReadBarriers {
  readonly #peer: PeerState;
  readonly #learners: ReadonlyMap<ConnectionId, LearnerProgress>;
  #round = 0;
  #pingIsDue = false;
  #asked: Ask[] = [];
  readonly #waiting: WaitingRound[] = [];
  #waitingCount = 0;

  constructor(peer: PeerState, learners: ReadonlyMap<ConnectionId, LearnerProgress>) {
    this.#peer = peer;
    this.#learners = learners;
  }

  ask(ask: Ask): void {
    // A learner keeps to the same limit itself; its asks are not dropped here, where nobody would answer them.
    const { barriersWaitingMax } = this.#peer.options.limits;
    if (ask.learner === undefined && this.#waitingCount >= barriersWaitingMax) {
      this.#answer(ask, undefined);
      return;
    }
    this.#waitingCount++;
    this.#asked.push(ask);
  }

  ping(): void {
    this.#pingIsDue = true;
  }

  /** The round of the next PING that is sent. */
  get nextRound(): number {
    return this.#round + 1;
  }

  /** After proposals and commits of the turn were sent: a PING must not speak of a commit that is behind it. */
  flush(): void {
    const mayAsk = this.#asked.length > 0 && this.#waiting.length === 0;
    if (this.#pingIsDue || mayAsk) this.#begin();
  }

  #begin(): void {
    const { history, outputs } = this.#peer;
    const round = ++this.#round;
    if (this.#asked.length > 0) {
      const asks = this.#asked.map((ask) => ({
        ask,
        zxid: ask.mode === 'barrier' ? history.committed : history.last.zxid,
      }));
      this.#waiting.push({ round, asks });
      this.#asked = [];
    }
    this.#pingIsDue = false;
    for (const learner of this.#learners.values()) {
      if (learner.phase === 'connected') continue;
      outputs.send(learner.connection, {
        kind: 'ping',
        round,
        lastProposed: history.last.zxid,
        commit: history.committed,
      });
    }
    this.complete();
  }

  /** Answers every round that a quorum has answered. */
  complete(): void {
    if (this.#waiting.length === 0) return;
    const { history, self, nonce } = this.#peer;
    const progress: Progress[] = [{ id: self, nonce, reached: this.#round }];
    for (const learner of this.#learners.values()) {
      if (learner.phase === 'ready' && learner.role === 'follower') {
        progress.push({ id: learner.id, nonce: learner.nonce, reached: learner.pongRound });
      }
    }
    const reached = quorumReached(history.membershipsInForce(), progress);
    while (this.#waiting[0] !== undefined && this.#waiting[0].round <= reached) {
      for (const { ask, zxid } of this.#waiting.shift()?.asks ?? []) {
        this.#waitingCount--;
        this.#answer(ask, zxid);
      }
    }
  }

  /** Leadership is over: nobody may read on the strength of it. Learners learn it from their broken connection. */
  fail(): void {
    const asks = [
      ...this.#asked,
      ...this.#waiting.flatMap((round) => round.asks.map(({ ask }) => ask)),
    ];
    for (const ask of asks) if (ask.learner === undefined) this.#answer(ask, undefined);
    this.#asked = [];
    this.#waiting.length = 0;
    this.#waitingCount = 0;
  }

  #answer(ask: Ask, zxid: Zxid | undefined): void {
    if (ask.learner === undefined) this.#peer.outputs.answer({ id: ask.id, zxid });
    else if (zxid !== undefined) {
      this.#peer.outputs.send(ask.learner, { kind: 'syncReply', id: ask.id, zxid });
    }
  }
}
