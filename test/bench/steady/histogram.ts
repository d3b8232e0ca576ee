/** Each bucket ends 1 % above the one before. */
const growth = 1.01;
const leastMs = 0.001;
const bucketCount = 2_048;
const perBucket = 1 / Math.log(growth);

/** Counts times between a microsecond and many minutes, each known to 1 %: nothing is allocated while it is filled. */
export class Histogram {
  readonly #buckets = new Uint32Array(bucketCount);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(ms: number): void {
    const bucket = ms <= leastMs ? 0 : Math.floor(Math.log(ms / leastMs) * perBucket);
    const index = Math.min(bucketCount - 1, bucket);
    this.#buckets[index] = (this.#buckets[index] ?? 0) + 1;
    this.#count++;
  }

  /** By nearest rank; the middle of its bucket, in ms. NaN when nothing was added. */
  percentile(percent: number): number {
    let left = Math.ceil((percent / 100) * this.#count);
    if (left === 0) return Number.NaN;
    for (const [index, count] of this.#buckets.entries()) {
      left -= count;
      if (left <= 0) return leastMs * growth ** (index + 0.5);
    }
    return Number.NaN;
  }
}
