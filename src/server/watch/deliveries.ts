import type { Clock } from '../../ports/clock.ts';

/** An outlet, or who publishes to outlets: it comes again by itself when there is more than it was allowed. */
interface Served {
  serve(itemsMax: number, untilMs: number): void;
}

interface DeliveriesParts {
  readonly clock: Clock;
  readonly tuning: {
    readonly sliceMs: number;
    readonly outletsPerSlice: number;
    readonly itemsPerServing: number;
  };
}

/** Hands over what waits in the outlets, in slices, so that a change that thousands watch never holds up other work. */
export class Deliveries {
  readonly #parts: DeliveriesParts;
  readonly #due = new Set<Served>();
  #isScheduled = false;

  constructor(parts: DeliveriesParts) {
    this.#parts = parts;
  }

  add(outlet: Served): void {
    this.#due.add(outlet);
    this.#schedule();
  }

  remove(outlet: Served): void {
    this.#due.delete(outlet);
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#parts.clock.soon(() => {
      this.#isScheduled = false;
      this.#run();
    });
  }

  #run(): void {
    const { clock, tuning } = this.#parts;
    const until = clock.now() + tuning.sliceMs;
    let left = Math.min(tuning.outletsPerSlice, this.#due.size);
    for (const outlet of this.#due) {
      this.#due.delete(outlet);
      outlet.serve(tuning.itemsPerServing, until);
      left--;
      if (left === 0 || clock.now() >= until) break;
    }
    if (this.#due.size > 0) this.#schedule();
  }
}
