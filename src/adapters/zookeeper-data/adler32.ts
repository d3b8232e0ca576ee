const prime = 65_521;
/** So many bytes can be summed up before a sum must be reduced to stay exact. */
const bytesAtOnce = 5_552;

/** Adler-32 as zlib has it, over what comes piece by piece: ZooKeeper's checksum of snapshots and of log records. */
export class Adler32 {
  #low = 1;
  #high = 0;

  add(bytes: Uint8Array, from = 0, to = bytes.length): this {
    let low = this.#low;
    let high = this.#high;
    for (let start = from; start < to; start += bytesAtOnce) {
      const end = Math.min(to, start + bytesAtOnce);
      for (let at = start; at < end; at++) {
        low += bytes[at] as number;
        high += low;
      }
      low %= prime;
      high %= prime;
    }
    this.#low = low;
    this.#high = high;
    return this;
  }

  /** Unsigned, of all so far. */
  get value(): number {
    return this.#high * 0x1_0000 + this.#low;
  }
}
