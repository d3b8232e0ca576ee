import type { Clock } from '../../ports/clock.ts';

interface Flushed {
  flush(): void;
}

/** Connections that are written to before other work has its turn. */
const perSlice = 256;

/** Sends what connections have gathered in a turn, once it is over, and many of them in slices. */
export class Flushes {
  readonly #clock: Clock;
  #waiting: Flushed[] = [];
  #isScheduled = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(connection: Flushed): void {
    this.#waiting.push(connection);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#run();
    });
  }

  #run(): void {
    const slice = this.#waiting;
    this.#waiting = slice.length > perSlice ? slice.splice(perSlice) : [];
    this.#isScheduled = false;
    for (const connection of slice) connection.flush();
    if (this.#waiting.length === 0 || this.#hasNext()) return;
    this.#isScheduled = true;
    this.#clock.soon(() => {
      this.#run();
    });
  }

  /** Whoever flushed may have been added to meanwhile. */
  #hasNext(): boolean {
    return this.#isScheduled;
  }
}
