import type { Clock, Timer } from '../../src/ports/clock.ts';

interface Beat {
  readonly everyMs: number;
  dueMs: number;
  readonly run: () => void;
}

/** A clock that stands still until the test moves it. */
export class HandClock implements Clock {
  /** May be set, for code that has no timers. */
  ms = 0;
  wallOffsetMs = 0;
  readonly #soon: (() => void)[] = [];
  readonly #beats = new Set<Beat>();

  now(): number {
    return this.ms;
  }

  recent(): number {
    return this.ms;
  }

  wall(): number {
    return this.ms + this.wallOffsetMs;
  }

  after(ms: number, run: () => void): Timer {
    const timer = this.every(ms, () => {
      timer.cancel();
      run();
    });
    return timer;
  }

  every(everyMs: number, run: () => void): Timer {
    const beat = { everyMs, dueMs: this.ms + everyMs, run };
    this.#beats.add(beat);
    return { cancel: () => void this.#beats.delete(beat) };
  }

  soon(run: () => void): void {
    this.#soon.push(run);
  }

  /** Runs what is due soon; false when nothing was. */
  turn(): boolean {
    const due = this.#soon.splice(0);
    for (const run of due) run();
    return due.length > 0;
  }

  /** Moves the clock on, and runs what is due every so often on the way. */
  pass(ms: number): void {
    const endMs = this.ms + ms;
    for (;;) {
      const due = [...this.#beats].filter(({ dueMs }) => dueMs <= endMs);
      const next = due.sort((left, right) => left.dueMs - right.dueMs)[0];
      if (next === undefined) break;
      this.ms = next.dueMs;
      next.dueMs += next.everyMs;
      next.run();
    }
    this.ms = endMs;
  }
}
