import type { Clock } from '../../ports/clock.ts';

/** While the disk rests, so many proposals are reason enough to begin. */
export const firstBatchMin = 8;

/** While it is at work, so many more go behind that; what comes then waits for the end of the turn. */
export const nextBatchMin = 48;

const batchesMax = 2;

/**
 * Closes a batch of proposals before its turn is over. A turn takes in what all sockets have brought, which may last longer
 * than a commit: the disk would rest meanwhile, and this thread while the disk commits. So the first few go ahead of the
 * others, and both are at work at the same time. Not more often than pays: every batch is a message to the disk's thread
 * and a frame for each learner.
 */
export class EarlyBatch {
  readonly #clock: Pick<Clock, 'next'>;
  readonly #close: () => void;
  #proposed = 0;
  /** Batches on their way to the disk. */
  #underWay = 0;
  #isDue = false;

  constructor(clock: Pick<Clock, 'next'>, close: () => void) {
    this.#clock = clock;
    this.#close = close;
  }

  proposed(): void {
    this.#proposed++;
    const least = this.#underWay === 0 ? firstBatchMin : nextBatchMin;
    if (this.#isDue || this.#underWay >= batchesMax || this.#proposed < least) return;
    this.#isDue = true;
    this.#clock.next(() => {
      this.#isDue = false;
      // The turn may have come to its end first.
      if (this.#proposed > 0) this.#close();
    });
  }

  /** All that was proposed goes to the disk, with whatever else is to be kept. */
  begun(): void {
    this.#underWay++;
    this.#proposed = 0;
  }

  done(): void {
    this.#underWay--;
  }
}
