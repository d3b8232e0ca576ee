import { int32At } from './words.ts';

const nothing: Buffer = Buffer.alloc(0);
/** Pieces below are put together as they come: many of them would take far more memory than their bytes. */
const pieceBytesMin = 16_384;

/**
 * Cuts what comes from a socket into frames. What lies whole in one chunk is not copied; of a frame in several chunks
 * little is copied before its last byte is there.
 */
export class Frames {
  readonly #frameBytesMax: number;
  #parts: Buffer[] = [];
  #partBytes = 0;

  constructor(frameBytesMax: number) {
    this.#frameBytesMax = frameBytesMax;
  }

  /** Held until the rest of a frame is there. */
  get waitingBytes(): number {
    return this.#partBytes;
  }

  /**
   * Calls `take` with each frame that is whole now: `bytes` from `from` to `to`. The answer false stops it: what is left
   * waits for the next call. Gives false when a frame is announced that is too large, or of a negative length: nothing that
   * follows is looked at.
   */
  feed(chunk: Buffer, take: (bytes: Buffer, from: number, to: number) => boolean): boolean {
    let bytes = chunk;
    if (this.#partBytes > 0) {
      this.hold(chunk);
      if (this.#partBytes < this.#wanted()) return true;
      bytes = this.#joined();
    }
    let at = 0;
    let goesOn = true;
    while (goesOn && bytes.length - at >= 4) {
      const size = int32At(bytes, at);
      if (size < 0 || size > this.#frameBytesMax) return false;
      if (bytes.length - at - 4 < size) break;
      const from = at + 4;
      at = from + size;
      goesOn = take(bytes, from, at);
    }
    this.#keep(bytes, at);
    return true;
  }

  /** For the next `feed`. */
  hold(chunk: Buffer): void {
    this.#keep(chunk, 0);
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
    const size = int32At(this.#parts[0] ?? nothing, 0);
    // What can't be is looked at at once.
    return size > this.#frameBytesMax ? 4 : 4 + size;
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
