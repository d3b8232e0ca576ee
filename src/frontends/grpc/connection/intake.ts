import { Fifo } from '../../../base/fifo.ts';
import { OnceSoon } from '../../../base/once-soon.ts';
import type { Clock } from '../../../ports/clock.ts';

/**
 * What it costs to take something in, in microseconds of a processor, rounded up: measured with whatever it sets going (a
 * call has its library's part, the service's and its answer's). For pacing alone.
 */
export const intakeCost = { begin: 30, call: 100, data: 6 } as const;

/** What all connections of the door together may have taken in within one turn. */
export const costPerTurn = 3_000;

/** A connection that has cost more within one turn is read no further until it has its turn again. */
export const costPerVisit = 1_000;

interface Waiting {
  readonly cost: number;
  readonly run: () => void;
}

/**
 * Takes in what clients send, so much in each turn of the event loop: calls that cost a tenth of a millisecond come by
 * the hundred in one read of a socket. What there is no room for waits; each address has its turn, however many
 * connections it has.
 */
export class Intake {
  readonly #waiting = new Map<string, Fifo<Waiting>>();
  #left = costPerTurn;
  /** Which turn it is, of those in which something was taken in. */
  turn = 0;
  readonly #next: OnceSoon;

  constructor(clock: Clock) {
    this.#next = new OnceSoon(clock, () => {
      this.turn++;
      this.#left = costPerTurn;
      this.#letIn();
      if (this.#waiting.size > 0) this.#next.schedule();
    });
  }

  /** Runs what costs so much: at once if this turn has room for it and nobody waits, and otherwise in its turn. */
  take(holder: string, cost: number, run: () => void): void {
    if (this.#waiting.size === 0 && this.#left > 0) {
      this.spend(cost);
      run();
    } else this.wait(holder, cost, run);
  }

  /** Counts what could not be put off. */
  spend(cost: number): void {
    this.#left -= cost;
    this.#next.schedule();
  }

  /** Runs it in a turn that is still to come. */
  wait(holder: string, cost: number, run: () => void): void {
    const queue = this.#waiting.get(holder);
    if (queue === undefined) this.#waiting.set(holder, new Fifo([{ cost, run }]));
    else queue.push({ cost, run });
    this.#next.schedule();
  }

  #letIn(): void {
    for (const [holder, queue] of this.#waiting) {
      if (this.#left <= 0) return;
      const next = queue.shift();
      this.#waiting.delete(holder);
      // At the end: the others have their turn first.
      if (queue.length > 0) this.#waiting.set(holder, queue);
      if (next === undefined) continue;
      this.#left -= next.cost;
      next.run();
    }
  }
}
