import { Fifo } from '../../base/fifo.ts';
import { OnceSoon } from '../../base/once-soon.ts';
import type { Clock } from '../../ports/clock.ts';
import { Turn } from './turn.ts';

/**
 * Does a piece of some long work: a millisecond's worth or less, where it can be cut so. True when that was the last. One that
 * throws is not called again.
 */
export type Step = () => boolean;

/**
 * The long work of doors (answers of megabytes made, lists encoded) is cut after this, a quarter of a slice of
 * the server's, since both may fall into one turn.
 */
export const workSliceMs = 2;

/**
 * Does the long work of the doors in slices, a piece of each holder's in turn, and of one holder's works a piece of each:
 * whoever asks for much waits for himself. Small requests are done as they come while `turn` has time, and only then come
 * here. How much waits is bounded by what may be asked for at a time: by the requests in flight of each connection, and by
 * `owedBytes`.
 */
export class Work {
  /** What is small is done as it comes in, as long as this has time. */
  readonly turn: Turn;
  readonly #clock: Clock;
  readonly #sliceMs: number;
  /** By holder: an address, say. In the order of their turns. */
  readonly #queues = new Map<string, Fifo<Step>>();
  readonly #slice: OnceSoon;
  /** Is told what a step threw: it ends no work but its own. */
  failed: (cause: unknown) => void = (cause) => {
    throw cause;
  };

  constructor(clock: Clock, sliceMs = workSliceMs) {
    this.turn = new Turn(clock);
    this.#clock = clock;
    this.#sliceMs = sliceMs;
    this.#slice = new OnceSoon(clock, () => {
      this.#run();
    });
  }

  /** Has a work done, beginning after this turn. `step` is called until it is true. */
  add(holder: string, step: Step): void {
    const queue = this.#queues.get(holder);
    if (queue === undefined) this.#queues.set(holder, new Fifo([step]));
    else queue.push(step);
    this.#slice.schedule();
  }

  /** Does what is small: within the call when this turn has time for it, and otherwise in slices. It must not throw. */
  take(holder: string, run: () => void): void {
    if (this.turn.hasTime()) {
      run();
      return;
    }
    this.add(holder, () => {
      run();
      return true;
    });
  }

  #run(): void {
    const until = this.#clock.now() + this.#sliceMs;
    for (const [holder, queue] of this.#queues) {
      const step = queue.shift();
      // Behind the others of its holder: who asks for little may share an address with who asks for much.
      if (step !== undefined && !this.#isDone(step)) queue.push(step);
      this.#queues.delete(holder);
      // At the end: the others have their turn first.
      if (queue.length > 0) this.#queues.set(holder, queue);
      if (this.#clock.now() >= until) break;
    }
    if (this.#queues.size > 0) this.#slice.schedule();
  }

  #isDone(step: Step): boolean {
    try {
      return step();
    } catch (cause) {
      this.failed(cause);
      return true;
    }
  }
}
