import type { ServerId } from '../model/ids.ts';
import { handOverProtocol } from '../model/level.ts';
import { compareZxid, type Zxid } from '../model/zxid.ts';
import type { LearnerProgress } from './learner-progress.ts';
import type { Learners } from './learners.ts';
import type { PeerState } from './peer-state.ts';
import type { HandOverRefusal } from './ready.ts';
import type { Appointment } from './step.ts';

/**
 * A leader on its way out by its own will: it proposes no more, and waits until its successor has acked all that it ever
 * proposed and all of that is committed. Decides nothing about safety: whoever leads next goes through discovery.
 */
export class HandOver {
  readonly to: ServerId;
  readonly #peer: PeerState;
  readonly #sinceTick: number;
  #isSettled = false;

  constructor(peer: PeerState, to: ServerId) {
    this.#peer = peer;
    this.to = to;
    this.#sinceTick = peer.now;
  }

  /** The shell owes nobody a verdict that it has come to. */
  settled(): void {
    this.#isSettled = true;
  }

  /** The successor has all that there is, and nobody's proposal is left open. */
  isComplete(learners: Learners): boolean {
    if (!this.#isSettled) return false;
    const { history } = this.#peer;
    const last = history.last.zxid;
    const successor = synchronised(learners).find(({ id }) => id === this.to);
    return (
      successor !== undefined &&
      compareZxid(history.committed, last) === 0 &&
      hasAcked(successor, last)
    );
  }

  /** Why it will not come to its end; undefined while it still may. */
  whyAbandoned(learners: Learners): string | undefined {
    if (synchronised(learners).every(({ id }) => id !== this.to)) return 'its connection was lost';
    const isLate = this.#peer.now - this.#sinceTick > this.#peer.options.timers.handOverWait;
    return isLate ? 'it did not ack everything in time' : undefined;
  }
}

/** Names who is to lead next: the voter that was asked for, or else the one that has acked most. */
export function successorOf(
  peer: PeerState,
  learners: Learners,
  wanted: ServerId | undefined,
): ServerId | { readonly refused: HandOverRefusal } {
  const voters = peer.history.membershipsInForce().flatMap(({ voters }) => voters);
  if (wanted === peer.self) return { refused: 'self' };
  if (voters.every(({ id }) => id === peer.self)) return { refused: 'alone' };
  if (wanted !== undefined && voters.every(({ id }) => id !== wanted)) {
    return { refused: 'notVoter' };
  }
  const candidates = synchronised(learners).filter(
    ({ id }) => wanted === undefined || id === wanted,
  );
  const able = candidates.filter(({ protocol }) => protocol >= handOverProtocol);
  const [best] = able.sort((left, right) => right.acked - left.acked || left.id - right.id);
  return best?.id ?? { refused: candidates.length > 0 ? 'olderVersion' : 'notSynchronised' };
}

/** The last word, to the successor first: whoever else hears it dials that peer at once. Who knows no such word looks. */
export function sayLead(
  { outputs, history }: PeerState,
  learners: Learners,
  { epoch, leader, round }: Appointment & { readonly epoch: number },
): void {
  const last = history.last.zxid;
  const told = [...learners].filter(
    ({ phase, protocol }) => phase === 'ready' && protocol >= handOverProtocol,
  );
  told.sort((left, right) => Number(right.id === leader) - Number(left.id === leader));
  for (const { connection } of told) {
    outputs.send(connection, { kind: 'lead', epoch, leader, last, round });
  }
  outputs.event({ event: 'handedOver', to: leader, last });
}

function synchronised(learners: Learners): LearnerProgress[] {
  return [...learners].filter((learner) => learner.phase === 'ready' && learners.counts(learner));
}

function hasAcked({ acked }: LearnerProgress, last: Zxid): boolean {
  return acked >= last.counter;
}
