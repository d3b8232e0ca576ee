import type { Clock } from '../../ports/clock.ts';

interface Flushed {
  flush(): void;
}

/** Connections that are written to before other work has its turn. */
const perSlice = 256;

/** Of connections that were answered while their requests were taken in: so many are waited for. */
const togetherMax = 128;

/**
 * Sends what connections have gathered: once what runs now is over, and many of them in slices; or together with what others
 * are answered while the requests of this turn are taken in. To wake a client is the dearest part of an answer, and one that
 * was woken by the first is awake when the others come.
 */
export class Flushes {
  readonly #clock: Clock;
  #waiting: Flushed[] = [];
  #isScheduled = false;
  #together: Flushed[] = [];
  readonly #runNow = (): void => {
    this.#run();
  };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(connection: Flushed): void {
    if (this.#waiting.length > 0) this.#waiting.push(connection);
    else this.#waiting = [connection];
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // Behind what peers are told in this turn, which is due at the next tick: who is answered may ask another peer at once.
    queueMicrotask(this.#runNow);
  }

  addTogether(connection: Flushed): void {
    const together = this.#together;
    together.push(connection);
    if (together.length >= togetherMax) this.#runTogether(together);
    else if (together.length === 1) {
      this.#clock.soon(() => {
        this.#runTogether(together);
      });
    }
  }

  #runTogether(together: Flushed[]): void {
    if (this.#together === together) this.#together = [];
    // None when they were enough before.
    for (const connection of together.splice(0)) connection.flush();
  }

  #run(): void {
    const slice = this.#waiting;
    this.#waiting = slice.length > perSlice ? slice.splice(perSlice) : [];
    this.#isScheduled = false;
    for (const connection of slice) connection.flush();
    if (this.#waiting.length === 0 || this.#hasNext()) return;
    this.#isScheduled = true;
    this.#clock.soon(this.#runNow);
  }

  /** Whoever flushed may have been added to meanwhile. */
  #hasNext(): boolean {
    return this.#isScheduled;
  }
}
