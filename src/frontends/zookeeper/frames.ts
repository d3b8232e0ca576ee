const nothing: Buffer = Buffer.alloc(0);

/**
 * Cuts what comes from a socket into frames. What lies whole in one chunk is not copied; of a frame in several chunks
 * nothing is copied before its last byte is there. A frame above the limit is let pass by, but for its beginning.
 */
export class Frames {
  readonly #frameBytesMax: number;
  /** What is to be kept of a frame that is too large. */
  readonly #keptOfTooLarge: number;
  #parts: Buffer[] = [];
  #partBytes = 0;
  /** Of a frame too large: bytes still to come that nobody wants. */
  #skip = 0;

  constructor(frameBytesMax: number, keptOfTooLarge: number) {
    this.#frameBytesMax = frameBytesMax;
    this.#keptOfTooLarge = keptOfTooLarge;
  }

  /** Held until the rest of a frame is there. */
  get waitingBytes(): number {
    return this.#partBytes;
  }

  /**
   * Calls `take` with each frame that is whole now: `bytes` from `from` to `to`. `size` is its length as announced, more
   * than what is given for one that is too large. The answer false stops it: what is left waits for the next call.
   * Gives false when a length is impossible: nothing that follows makes sense.
   */
  feed(
    chunk: Buffer,
    take: (bytes: Buffer, from: number, to: number, size: number) => boolean,
  ): boolean {
    let bytes = chunk;
    if (this.#partBytes > 0) {
      this.hold(chunk);
      if (this.#partBytes < this.#wanted()) return true;
      bytes = this.#joined();
    }
    let at = 0;
    let goesOn = true;
    while (goesOn) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, bytes.length - at);
        at += skipped;
        this.#skip -= skipped;
      }
      if (bytes.length - at < 4) break;
      const size = bytes.readInt32BE(at);
      if (size < 0 || size > skippedBytesMax) return false;
      const kept = size > this.#frameBytesMax ? Math.min(size, this.#keptOfTooLarge) : size;
      if (bytes.length - at - 4 < kept) break;
      const from = at + 4;
      at = from + kept;
      this.#skip = size - kept;
      goesOn = take(bytes, from, at, size);
    }
    if (at < bytes.length) this.#keep(at === 0 ? bytes : bytes.subarray(at));
    return true;
  }

  /** For the next `feed`. */
  hold(chunk: Buffer): void {
    if (chunk.length > 0) this.#keep(chunk);
  }

  #keep(part: Buffer): void {
    this.#parts.push(part);
    this.#partBytes += part.length;
  }

  #joined(): Buffer {
    const joined = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#partBytes = 0;
    return joined ?? nothing;
  }

  /** Bytes that make it worth a look. */
  #wanted(): number {
    const [first = nothing] = this.#parts;
    if (first.length < 4) {
      if (this.#partBytes < 4) return 4;
      this.#parts = [Buffer.concat(this.#parts)];
    }
    const size = (this.#parts[0] ?? nothing).readInt32BE(0);
    return size > this.#frameBytesMax ? 4 + Math.min(size, this.#keptOfTooLarge) : 4 + size;
  }
}

/** A frame announced as larger is taken for nonsense. */
export const skippedBytesMax = 67_108_864;
