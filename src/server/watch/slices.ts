import { Fifo } from '../../base/fifo.ts';
import { OnceSoon } from '../../base/once-soon.ts';
import type { Clock } from '../../ports/clock.ts';

/** Work that may be left off and gone on with between any two steps. Each says what it cost, one being a microsecond or so. */
export type Steps = Generator<number, void>;

/** The clock is looked at after so much, which is cheap, so that one look is never much too late. */
const costPerLook = 8;
/** So much of one work before the next has its turn. */
const costPerTurn = 32;

interface SlicesParts {
  readonly clock: Clock;
  readonly tuning: { readonly sliceMs: number };
}

interface Job {
  readonly steps: Steps;
}

/** Does long work of the watches in slices of at most `sliceMs`, a little of each in turn. */
export class Slices {
  readonly #parts: SlicesParts;
  readonly #jobs = new Fifo<Job>();
  readonly #slice: OnceSoon;

  constructor(parts: SlicesParts) {
    this.#parts = parts;
    this.#slice = new OnceSoon(parts.clock, () => {
      this.#run();
    });
  }

  /** The first `atOnce` of it, by cost, within the call: whatever is small is done when this returns. */
  begin(steps: Steps, atOnce: number): void {
    if (takeSteps(steps, atOnce)) return;
    this.#jobs.push({ steps });
    this.#slice.schedule();
  }

  #run(): void {
    const { clock, tuning } = this.#parts;
    const untilMs = clock.now() + tuning.sliceMs;
    for (let job = this.#jobs.shift(); job !== undefined; job = this.#jobs.shift()) {
      // To the end: the others have their turn first.
      if (!takeSteps(job.steps, costPerTurn)) this.#jobs.push(job);
      if (clock.now() >= untilMs) break;
    }
    if (this.#jobs.length > 0) this.#slice.schedule();
  }
}

/** Steps of so much in all; true when there are no more. */
function takeSteps(steps: Steps, costMax: number): boolean {
  for (let left = costMax; left > 0;) {
    const { done, value } = steps.next();
    if (done === true) return true;
    left -= value;
  }
  return false;
}

/** As many as there is time for; true when there are no more. */
export function takeStepsUntil(steps: Steps, clock: Clock, untilMs: number): boolean {
  while (!takeSteps(steps, costPerLook)) if (clock.now() >= untilMs) return false;
  return true;
}
