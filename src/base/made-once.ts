/**
 * Gives the same parts to everybody who walks over it, and makes each once: when the first who gets so far asks for it.
 * All that was made is kept as long as this is.
 */
export class MadeOnce<Part> implements Iterable<Part> {
  readonly #made: Part[] = [];
  #source: Iterator<Part> | undefined;

  constructor(source: Iterable<Part>) {
    this.#source = source[Symbol.iterator]();
  }

  *[Symbol.iterator](): Generator<Part, void, undefined> {
    for (let index = 0; ; index++) {
      if (index === this.#made.length && !this.#makeNext()) return;
      yield this.#made[index] as Part;
    }
  }

  /** False when there is no more to be made. */
  #makeNext(): boolean {
    const next = this.#source?.next();
    if (next === undefined || next.done === true) {
      this.#source = undefined;
      return false;
    }
    this.#made.push(next.value);
    return true;
  }
}
