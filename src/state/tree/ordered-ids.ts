const chunkIds = 256;

interface Chunk {
  readonly ids: Uint32Array;
  length: number;
}

/**
 * The children of one large parent, in order of their names: short runs of ids, so that an insert moves a few hundred
 * words at most and a page of names is found by two binary searches.
 */
export class OrderedIds {
  /** None is empty. */
  readonly #chunks: Chunk[] = [];
  readonly #compareName: (id: number, name: string) => number;
  /** The chunk that was looked for last: what comes next is as often as not in it too. */
  #near = 0;

  /** `compareName(id, name)`: negative when the id's name comes before `name`. */
  constructor(compareName: (id: number, name: string) => number) {
    this.#compareName = compareName;
  }

  insert(id: number, name: string): void {
    if (this.#chunks.length === 0) this.#chunks.push({ ids: new Uint32Array(chunkIds), length: 0 });
    let index = this.#chunkFor(name);
    let chunk = this.#chunks[index] as Chunk;
    let at = this.#positionIn(chunk, name);
    if (chunk.length === chunkIds) {
      // Names that come in order (sequential ones) leave full chunks behind; others are split in halves.
      const isAppend = at === chunkIds && index === this.#chunks.length - 1;
      const keep = isAppend ? chunkIds : chunkIds / 2;
      const upper = { ids: new Uint32Array(chunkIds), length: chunkIds - keep };
      upper.ids.set(chunk.ids.subarray(keep));
      chunk.length = keep;
      this.#chunks.splice(index + 1, 0, upper);
      if (at > keep || isAppend) {
        index++;
        chunk = upper;
        at -= keep;
      }
    }
    chunk.ids.copyWithin(at + 1, at, chunk.length);
    chunk.ids[at] = id;
    chunk.length++;
  }

  remove(name: string): void {
    const index = this.#chunkFor(name);
    const chunk = this.#chunks[index] as Chunk;
    const at = this.#positionIn(chunk, name);
    chunk.ids.copyWithin(at, at + 1, chunk.length);
    chunk.length--;
    if (chunk.length === 0) this.#chunks.splice(index, 1);
  }

  /** Gives at most `limit` ids whose names come after `after` (all when undefined), in order. */
  page(after: string | undefined, limit: number): number[] {
    const page: number[] = [];
    let index = after === undefined ? 0 : this.#chunkFor(after);
    let at = 0;
    const start = this.#chunks[index];
    if (after !== undefined && start !== undefined) {
      at = this.#positionIn(start, after);
      const id = start.ids[at];
      if (at < start.length && id !== undefined && this.#compareName(id, after) === 0) at++;
    }
    for (; page.length < limit; index++, at = 0) {
      const chunk = this.#chunks[index];
      if (chunk === undefined) break;
      for (; at < chunk.length && page.length < limit; at++) page.push(chunk.ids[at] as number);
    }
    return page;
  }

  /** The last chunk whose first name is not after `name`. */
  #chunkFor(name: string): number {
    if (this.#chunks.length < 2) return 0;
    if (!this.#isIn(this.#near, name)) this.#near = this.#findChunk(name);
    return this.#near;
  }

  #isIn(index: number, name: string): boolean {
    const chunk = this.#chunks[index];
    if (chunk === undefined || this.#compareName(chunk.ids[0] as number, name) > 0) return false;
    const next = this.#chunks[index + 1];
    return next === undefined || this.#compareName(next.ids[0] as number, name) > 0;
  }

  #findChunk(name: string): number {
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      const first = (this.#chunks[middle] as Chunk).ids[0] as number;
      if (this.#compareName(first, name) <= 0) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** How many names of the chunk come before `name`. */
  #positionIn(chunk: Chunk, name: string): number {
    let low = 0;
    let high = chunk.length;
    // Sequential names come behind all that are there.
    if (high > 0 && this.#compareName(chunk.ids[high - 1] as number, name) < 0) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compareName(chunk.ids[middle] as number, name) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
