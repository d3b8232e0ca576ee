/** What an entry costs besides its payload while it waits to be applied. */
export const entryOverheadBytes = 256;

/** The exactness of the sums: so many marks within what anybody may lie behind. */
const marksMax = 4_096;

/** What was proposed up to a counter, that one included, came to so many bytes. */
interface Mark {
  readonly counter: number;
  readonly bytes: number;
}

/**
 * The bytes of what was proposed in one epoch, as sums at marks: tells how much there is after any counter, and so how
 * much waits at a peer that has applied up to there. Never too little, and too much by one mark at most. Remembers as far
 * back as anybody may lie behind.
 */
export class Backlog {
  readonly #bytesMax: number;
  readonly #bytesPerMark: number;
  readonly #marks: Mark[] = [{ counter: 0, bytes: 0 }];
  #bytes = 0;

  /** Above `bytesMax` nobody needs to know how much it is. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#bytesPerMark = bytesMax / marksMax;
  }

  /** Of all that was proposed. */
  get bytes(): number {
    return this.#bytes;
  }

  proposed(counter: number, payloadBytes: number): void {
    this.#bytes += payloadBytes + entryOverheadBytes;
    const newest = this.#marks.at(-1);
    if (newest !== undefined && this.#bytes - newest.bytes < this.#bytesPerMark) return;
    this.#marks.push({ counter, bytes: this.#bytes });
    this.#forget();
  }

  /** Of all that was proposed up to `counter`, rounded down; below what is remembered, minus infinity. */
  bytesUpTo(counter: number): number {
    let low = 0;
    let high = this.#marks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#marks[middle]?.counter ?? 0) <= counter) low = middle + 1;
      else high = middle;
    }
    return this.#marks[low - 1]?.bytes ?? Number.NEGATIVE_INFINITY;
  }

  #forget(): void {
    let gone = 0;
    while (this.#bytes - (this.#marks[gone + 1]?.bytes ?? this.#bytes) > this.#bytesMax) gone++;
    // All at once, when it is worth it: each place is moved about once.
    if (gone * 2 > this.#marks.length) this.#marks.splice(0, gone);
  }
}
