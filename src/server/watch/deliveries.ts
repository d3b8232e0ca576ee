import { OnceSoon } from '../../base/once-soon.ts';
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
  readonly #slice: OnceSoon;

  constructor(parts: DeliveriesParts) {
    this.#parts = parts;
    this.#slice = new OnceSoon(parts.clock, () => {
      this.#run();
    });
  }

  add(outlet: Served): void {
    this.#due.add(outlet);
    this.#slice.schedule();
  }

  remove(outlet: Served): void {
    this.#due.delete(outlet);
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
    if (this.#due.size > 0) this.#slice.schedule();
  }
}
