import type { ByteRange } from '../../service/monitoring.ts';

/** Keeps the last, the smallest and the largest of sizes that came along. */
export class ByteSizes {
  #last = -1;
  #min = Number.POSITIVE_INFINITY;
  #max = -1;

  add(bytes: number): void {
    this.#last = bytes;
    if (bytes < this.#min) this.#min = bytes;
    if (bytes > this.#max) this.#max = bytes;
  }

  /** Undefined before the first. */
  get range(): ByteRange | undefined {
    return this.#max < 0 ? undefined : { last: this.#last, min: this.#min, max: this.#max };
  }

  reset(): void {
    this.#last = -1;
    this.#min = Number.POSITIVE_INFINITY;
    this.#max = -1;
  }
}
