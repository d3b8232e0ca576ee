import { Fifo } from '../../base/fifo.ts';

/** Holds the bytes that wait for a socket, in order, and gives them out in pieces of a size. Nothing is copied. */
export class Outgoing {
  readonly #parts = new Fifo<Uint8Array>();
  /** Of the first part: what was given out already. */
  #given = 0;
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  push(part: Uint8Array): void {
    this.#parts.push(part);
    this.#bytes += part.length;
  }

  /** Takes the next of them, `bytesMax` at most. */
  take(bytesMax: number): Uint8Array[] {
    const taken: Uint8Array[] = [];
    let left = bytesMax;
    for (
      let first = this.#parts.first;
      first !== undefined && left > 0;
      first = this.#parts.first
    ) {
      const part = first.subarray(this.#given, this.#given + left);
      taken.push(part);
      left -= part.length;
      this.#given += part.length;
      if (this.#given < first.length) break;
      this.#parts.shift();
      this.#given = 0;
    }
    this.#bytes -= bytesMax - left;
    return taken;
  }
}
