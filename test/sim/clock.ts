import type { Clock, Timer } from '../../src/ports/clock.ts';
import type { SimulatedProcess, TurnKind } from './process.ts';
import type { Scheduler } from './scheduler.ts';

export interface ClockOptions {
  /** Seconds of this clock per true second: 1 for a clock that does not drift. */
  readonly rate: number;
  /** What the wall clock is off by. */
  readonly wallOffsetMs: number;
}

/** What all wall clocks that are right say at the beginning. */
export const wallStartMs = 1_700_000_000_000;

/**
 * The time that one process sees: virtual, perhaps drifting, and passing while it works; its timers wait while it is
 * paused or at work.
 */
export class SimulatedClock implements Clock {
  readonly #scheduler: Scheduler;
  readonly #process: SimulatedProcess;
  readonly #rate: number;
  /** May be changed at any time: a wall clock may jump. */
  wallOffsetMs: number;

  constructor(scheduler: Scheduler, process: SimulatedProcess, options: ClockOptions) {
    this.#scheduler = scheduler;
    this.#process = process;
    this.#rate = options.rate;
    this.wallOffsetMs = options.wallOffsetMs;
  }

  now(): number {
    return this.#process.nowMs * this.#rate;
  }

  recent(): number {
    return this.now();
  }

  wall(): number {
    return Math.floor(wallStartMs + this.#process.nowMs + this.wallOffsetMs);
  }

  after(ms: number, run: () => void): Timer {
    return this.#later(Math.max(0, ms) / this.#rate, run, 'timer');
  }

  /** Counted from the begin of this turn, as Node does, whatever work was done in it. */
  #later(trueMs: number, run: () => void, kind: TurnKind): Timer {
    let isCancelled = false;
    const scheduled = this.#scheduler.after(trueMs, () => {
      this.#process.deliver(() => {
        if (!isCancelled) run();
      }, kind);
    });
    return {
      cancel: () => {
        isCancelled = true;
        scheduled.cancel();
      },
    };
  }

  /** The next run is due `ms` after the last one ran: a pause gives one late run, not many. */
  every(ms: number, run: () => void): Timer {
    let isCancelled = false;
    const again = (): Timer =>
      this.after(ms, () => {
        current = again();
        if (!isCancelled) run();
      });
    let current = again();
    return {
      cancel: () => {
        isCancelled = true;
        current.cancel();
      },
    };
  }

  soon(run: () => void): void {
    this.#later(0, run, 'soon');
  }
}
