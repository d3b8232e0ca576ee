import type { Scheduler } from './scheduler.ts';

/**
 * One run of a peer's program, from start to crash. Everything that reaches the program comes through `deliver`, one turn
 * at a time: dropped once the process is dead, held back in order while it is paused.
 */
export class SimulatedProcess {
  readonly #scheduler: Scheduler;
  readonly #held: (() => void)[] = [];
  readonly #onKill: (() => void)[] = [];
  #isAlive = true;
  #pausedUntilMs = 0;
  #isResuming = false;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get isPaused(): boolean {
    return this.#isAlive && this.#scheduler.nowMs < this.#pausedUntilMs;
  }

  deliver(run: () => void): void {
    if (!this.#isAlive) return;
    if (this.isPaused || this.#isResuming || this.#held.length > 0) this.#held.push(run);
    else run();
  }

  /** As SIGSTOP and SIGCONT do. `onResume` runs before anything that was held back. */
  pause(durationMs: number, onResume: () => void): void {
    if (!this.#isAlive || this.isPaused) return;
    this.#pausedUntilMs = this.#scheduler.nowMs + durationMs;
    this.#scheduler.at(this.#pausedUntilMs, () => {
      this.#isResuming = true;
      if (this.#isAlive) onResume();
      while (this.#held.length > 0 && this.#isAlive) this.#held.shift()?.();
      this.#isResuming = false;
    });
  }

  onKill(run: () => void): void {
    this.#onKill.push(run);
  }

  /** kill -9, or the power. Everything the program does afterwards in the same turn goes nowhere. */
  kill(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#held.length = 0;
    for (const run of this.#onKill) run();
  }
}
