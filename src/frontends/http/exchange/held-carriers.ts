/**
 * Counts connections that are held open without a request to answer: event streams and WebSockets. There may be fewer of
 * them than connections at all, so that requests still get in.
 */
export class HeldCarriers {
  readonly #max: number;
  #count = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Takes a place, and gives what gives it back, once; undefined when there are too many. */
  take(): (() => void) | undefined {
    if (this.#count >= this.#max) return undefined;
    this.#count++;
    let isHeld = true;
    return () => {
      if (isHeld) this.#count--;
      isHeld = false;
    };
  }
}
