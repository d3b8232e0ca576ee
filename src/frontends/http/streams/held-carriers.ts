/**
 * Connections that are held open without a request to answer: event streams and WebSockets. There are fewer of them than
 * connections at all, so that requests still get in.
 */
export class HeldCarriers {
  readonly #max: number;
  readonly #ends = new Set<() => void>();

  constructor(max: number) {
    this.#max = max;
  }

  /** `end` is called when this peer stops. Undefined when there are too many; else what gives the place back. */
  add(end: () => void): (() => void) | undefined {
    if (this.#ends.size >= this.#max) return undefined;
    this.#ends.add(end);
    return () => {
      this.#ends.delete(end);
    };
  }

  endAll(): void {
    for (const end of [...this.#ends]) end();
  }
}
