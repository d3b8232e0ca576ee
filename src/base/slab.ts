/** Copies of up to so many bytes are taken out of slabs of so many. */
const pieceBytesMax = 2_048;
const slabBytes = 32_768;
const nothing = new Uint8Array(0);

/**
 * Copies bytes into memory that small copies share: what is larger than 64 bytes has memory of its own otherwise, which is
 * asked of the system, counted, swept and given back, and costs more than what is in it. For copies that live about as long
 * as their neighbours do: one of them keeps the slab.
 */
export class Slab {
  #bytes = nothing;
  #used = 0;

  copyOf(piece: Uint8Array): Uint8Array {
    const { length } = piece;
    // A Buffer's own `slice` would be a view.
    if (length > pieceBytesMax) return new Uint8Array(piece);
    if (length > this.#bytes.length - this.#used) {
      this.#bytes = new Uint8Array(slabBytes);
      this.#used = 0;
    }
    const from = this.#used;
    this.#used += length;
    this.#bytes.set(piece, from);
    return this.#bytes.subarray(from, this.#used);
  }
}
