import type { ServerId } from '../model/ids.ts';

/**
 * Learners that have accepted an epoch above the leader's, from a candidate that failed. They can't follow this leader;
 * after a while it gives way to an election above their epoch (brief A6.5). One without a vote counts too: it would stay
 * outside as surely, and a wiped peer would never get its vote back.
 */
export class EpochInflation {
  readonly #waitTicks: number;
  readonly #seen = new Map<ServerId, { epoch: number; sinceTick: number; lastTick: number }>();

  constructor(waitTicks: number) {
    this.#waitTicks = waitTicks;
  }

  /** The epoch that the next leadership must be above. */
  get highest(): number {
    return Math.max(0, ...[...this.#seen.values()].map(({ epoch }) => epoch));
  }

  /** A learner was refused for its epoch. True when that has lasted. */
  refused(id: ServerId, epoch: number, now: number): boolean {
    const known = this.#seen.get(id);
    const goesOn = known !== undefined && now - known.lastTick <= 2 * this.#waitTicks;
    const sinceTick = goesOn ? known.sinceTick : now;
    this.#seen.set(id, { epoch, sinceTick, lastTick: now });
    return now - sinceTick >= this.#waitTicks;
  }
}
