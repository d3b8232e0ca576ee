import { MalformedBytes } from '../../base/bytes.ts';

// A stream is cut into frames: u32 length, then that many bytes.

export const frameHeadBytes = 4;

/** Chunks of a frame that is not whole yet are joined with their neighbours below this. */
const joinedBelowBytes = 16_384;

/**
 * Finds the frames in what a socket brings. Memory is what has arrived, in however small pieces: the announced length is
 * checked against the limit and allocates nothing.
 */
export class FrameReader {
  /** May be raised between two frames: strangers get less than peers. */
  frameBytesMax: number;

  #chunks: Uint8Array[] = [];
  /** Of the first chunk: what was handed out already. */
  #consumed = 0;
  #available = 0;
  #frameLength: number | undefined;

  constructor(frameBytesMax: number) {
    this.frameBytesMax = frameBytesMax;
  }

  add(chunk: Uint8Array): void {
    this.#chunks.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length));
    this.#available += chunk.length;
    if (this.#chunks.length > 1) this.#joinSmall();
  }

  /**
   * A frame that drips in must not cost a buffer per byte: two neighbours that are small, the later not the smaller one,
   * become one. So a byte is copied once for each time that its buffer about doubles, and large chunks never are.
   */
  #joinSmall(): void {
    for (;;) {
      const last = this.#chunks.at(-1);
      const before = this.#chunks.at(-2);
      if (last === undefined || before === undefined) return;
      const isFirst = this.#chunks.length === 2;
      const rest = isFirst ? before.subarray(this.#consumed) : before;
      if (rest.length > last.length || last.length >= joinedBelowBytes) return;
      const joined = new Uint8Array(rest.length + last.length);
      joined.set(rest);
      joined.set(last, rest.length);
      if (isFirst) this.#consumed = 0;
      this.#chunks.splice(-2, 2, joined);
    }
  }

  /** Buffers that hold what no whole frame was made of yet. */
  get buffers(): number {
    return this.#chunks.length;
  }

  /**
   * The next whole frame, without its length; undefined until more has come. A frame that came in one chunk is a view of
   * it. Throws `MalformedBytes` when one is announced that is too large.
   */
  next(): Uint8Array | undefined {
    if (this.#frameLength === undefined) {
      if (this.#available < frameHeadBytes) return undefined;
      const head = this.#take(frameHeadBytes);
      this.#frameLength = new DataView(head.buffer, head.byteOffset).getUint32(0);
    }
    if (this.#frameLength > this.frameBytesMax) {
      throw new MalformedBytes(
        `a frame of ${String(this.#frameLength)} bytes, at most ${String(this.frameBytesMax)} are allowed`,
      );
    }
    if (this.#available < this.#frameLength) return undefined;
    const frame = this.#take(this.#frameLength);
    this.#frameLength = undefined;
    return frame;
  }

  #take(length: number): Uint8Array {
    this.#available -= length;
    const first = this.#chunks[0];
    if (first !== undefined && first.length - this.#consumed > length) {
      this.#consumed += length;
      return first.subarray(this.#consumed - length, this.#consumed);
    }
    const taken = new Uint8Array(length);
    let filled = 0;
    let whole = 0;
    while (filled < length) {
      const chunk = this.#chunks[whole];
      if (chunk === undefined) break;
      const part = chunk.subarray(this.#consumed, this.#consumed + length - filled);
      taken.set(part, filled);
      filled += part.length;
      this.#consumed += part.length;
      if (this.#consumed < chunk.length) break;
      whole += 1;
      this.#consumed = 0;
    }
    this.#chunks.splice(0, whole);
    return taken;
  }
}
