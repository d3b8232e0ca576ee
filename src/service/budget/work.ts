import { OnceSoon } from '../../base/once-soon.ts';
import type { Clock } from '../../ports/clock.ts';
import { Pace, PacedSlices } from './pace.ts';
import { Rotation } from './rotation.ts';
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
 * here, with slices of their own: large work rests while others are served, and they don't. How much waits is bounded by
 * what may be asked for at a time: by the requests in flight of each connection, and by `owedBytes`.
 */
export class Work {
  /** What is small is done as it comes in, as long as this has time. */
  readonly turn: Turn;
  /** Is to be told of what is small, and tells how long the large rests for it. */
  readonly pace: Pace;
  readonly #clock: Clock;
  readonly #sliceMs: number;
  readonly #small = new Rotation<Step>();
  readonly #large = new Rotation<Step>();
  readonly #smallSlice: OnceSoon;
  readonly #largeSlices: PacedSlices;
  /** Is told what a step threw: it ends no work but its own. */
  failed: (cause: unknown) => void = (cause) => {
    throw cause;
  };

  constructor(clock: Clock, { sliceMs = workSliceMs, pace = new Pace(clock) }: WorkOptions = {}) {
    this.turn = new Turn(clock);
    this.pace = pace;
    this.#clock = clock;
    this.#sliceMs = sliceMs;
    this.#smallSlice = new OnceSoon(clock, () => {
      this.#run(this.#small);
      if (!this.#small.isEmpty) this.#smallSlice.schedule();
    });
    this.#largeSlices = new PacedSlices(pace, () => {
      this.#run(this.#large);
      return !this.#large.isEmpty;
    });
  }

  /** Has a work done, beginning after this turn: requests taken in. `step` is called until it is true. */
  add(holder: string, step: Step): void {
    this.#small.add(holder, step);
    this.#smallSlice.schedule();
  }

  /** The same for what is large: it rests while others are served. */
  addLarge(holder: string, step: Step): void {
    this.#large.add(holder, step);
    this.#largeSlices.schedule();
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

  #run(steps: Rotation<Step>): void {
    const until = this.#clock.now() + this.#sliceMs;
    steps.run(
      (step) => this.#isDone(step),
      () => this.#clock.now() >= until,
    );
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

interface WorkOptions {
  readonly sliceMs?: number;
  /** Shared with whoever else knows of small requests. */
  readonly pace?: Pace;
}
