const nothing: Buffer = Buffer.alloc(0);
/** Pieces below are put together as they come: many of them would take far more memory than their bytes. */
const pieceBytesMin = 16_384;

/**
 * Cuts what comes from a socket into frames. What lies whole in one chunk is not copied; of a frame in several chunks
 * little is copied before its last byte is there. A frame above the limit is let pass by, but for its beginning.
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
    let at = this.#skipped(bytes, 0);
    let goesOn = true;
    while (goesOn && bytes.length - at >= 4) {
      const size = bytes.readInt32BE(at);
      if (size < 0 || size > skippedBytesMax) return false;
      const kept = size > this.#frameBytesMax ? Math.min(size, this.#keptOfTooLarge) : size;
      if (bytes.length - at - 4 < kept) break;
      const from = at + 4;
      const to = from + kept;
      this.#skip = size - kept;
      at = this.#skipped(bytes, to);
      goesOn = take(bytes, from, to, size);
    }
    this.#keep(bytes, at);
    return true;
  }

  /** For the next `feed`. */
  hold(chunk: Buffer): void {
    this.#keep(chunk, this.#skipped(chunk, 0));
  }

  /** Where what follows a frame too large begins. Nothing else is kept as long as there is something to skip. */
  #skipped(bytes: Buffer, at: number): number {
    const skipped = Math.min(this.#skip, bytes.length - at);
    this.#skip -= skipped;
    return at + skipped;
  }

  #keep(bytes: Buffer, from: number): void {
    const length = bytes.length - from;
    if (length === 0) return;
    this.#partBytes += length;
    let part = from === 0 ? bytes : bytes.subarray(from);
    // A small rest does not keep all of what it came with.
    if (length * 2 < part.buffer.byteLength) part = unpooled([part]);
    const parts = this.#parts;
    // Each is more than twice as long as the next, or large: there are never many.
    for (
      let last = parts.at(-1);
      last !== undefined && part.length < pieceBytesMin && last.length <= part.length * 2;
      last = parts.at(-1)
    ) {
      parts.pop();
      part = unpooled([last, part]);
    }
    parts.push(part);
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

/** In memory of their own: together with others, small ones would keep what is long gone. */
function unpooled(parts: readonly Buffer[]): Buffer {
  const whole = Buffer.allocUnsafeSlow(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A frame announced as larger is taken for nonsense. */
export const skippedBytesMax = 67_108_864;
