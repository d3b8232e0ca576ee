/** Something that happens at a time unless it is cancelled before. */
export interface Deadline {
  cancel(): void;
}

/**
 * Deadlines of many short-lived waiters, looked at once per tick: a timer each would cost more than the request that it
 * guards. Fires up to one step late, never early.
 */
export class Deadlines {
  readonly #stepMs: number;
  readonly #steps = new Map<number, Set<() => void>>();
  #swept: number;

  constructor(stepMs: number, nowMs: number) {
    this.#stepMs = stepMs;
    this.#swept = Math.floor(nowMs / stepMs);
  }

  add(atMs: number, run: () => void): Deadline {
    const step = Math.max(Math.ceil(atMs / this.#stepMs), this.#swept + 1);
    const due = this.#steps.get(step) ?? new Set<() => void>();
    this.#steps.set(step, due);
    const unique = (): void => {
      run();
    };
    due.add(unique);
    return { cancel: () => void due.delete(unique) };
  }

  sweep(nowMs: number): void {
    const reached = Math.floor(nowMs / this.#stepMs);
    // After a long stall it is cheaper to look at the steps there are than at all that went by.
    const steps =
      reached - this.#swept > this.#steps.size
        ? [...this.#steps.keys()]
            .filter((step) => step <= reached)
            .sort((left, right) => left - right)
        : Array.from({ length: reached - this.#swept }, (_, index) => this.#swept + 1 + index);
    this.#swept = Math.max(reached, this.#swept);
    for (const step of steps) {
      const due = this.#steps.get(step);
      if (due === undefined) continue;
      this.#steps.delete(step);
      for (const run of due) run();
    }
  }
}
