// The fixed part of every znode: rows of 32-bit words in pages, so that a million znodes are a thousand objects to the
// garbage collector, growing copies nothing, and changing a znode allocates nothing that survives.

/** Words of a row. Everything up to and including `dataHash` is replicated; the rest is this process's bookkeeping. */
export const field = {
  czxidHigh: 0,
  czxidLow: 1,
  mzxidHigh: 2,
  mzxidLow: 3,
  pzxidHigh: 4,
  pzxidLow: 5,
  ctimeHigh: 6,
  ctimeLow: 7,
  mtimeHigh: 8,
  mtimeLow: 9,
  version: 10,
  /** Child creates, ever; saturates at 2^31 - 1. */
  creates: 11,
  aversion: 12,
  /** The session of an ephemeral, the TTL of a TTL znode. */
  ownerHigh: 13,
  ownerLow: 14,
  numChildren: 15,
  /** Bytes, or `nullData`. */
  dataLength: 16,
  dataHash: 17,
  acl: 18,
  /** Name bytes in the lower 24 bits, then `wideName`, then the kind in the top 3 bits. */
  nameAndKind: 19,
  nameHash: 20,
  parent: 21,
  firstChild: 22,
  nextSibling: 23,
  previousSibling: 24,
  nextInBucket: 25,
  block: 26,
  /** How many znodes are below, and the bytes of their data: kept up all ancestors as the tree changes. */
  below: 27,
  bytesBelowHigh: 28,
  bytesBelowLow: 29,
} as const;

export type Field = (typeof field)[keyof typeof field];

export const nullData = 0xffff_ffff;

const rowWords = 30;
const pageBits = 9;
const rowsPerPage = 2 ** pageBits;

/** An id is a row number; 0 is no znode. A free row has no kind and links to the next free one by `nextSibling`. */
export class ZnodeRecords {
  readonly #pages: Uint32Array[] = [];
  #rows = 1;

  /** The end of the ids: all are below this. */
  get idEnd(): number {
    return this.#rows;
  }

  /** Adds a row that was never used: all zeros. */
  addRow(): number {
    const id = this.#rows++;
    this.#cover(id);
    return id;
  }

  /** Makes all rows below `idEnd` exist. */
  extendTo(idEnd: number): void {
    this.#cover(idEnd - 1);
    if (idEnd > this.#rows) this.#rows = idEnd;
  }

  get(id: number, column: Field): number {
    const page = this.#pages[id >>> pageBits] as Uint32Array;
    return page[(id & (rowsPerPage - 1)) * rowWords + column] as number;
  }

  /** The words that a row stands among, from `startOf` on: for who looks at many of them. */
  pageOf(id: number): Uint32Array {
    return this.#pages[id >>> pageBits] as Uint32Array;
  }

  /** Where the words of a row begin on its page. */
  startOf(id: number): number {
    return (id & (rowsPerPage - 1)) * rowWords;
  }

  /** Sets a word to the lower 32 bits of `value`. */
  set(id: number, column: Field, value: number): void {
    const page = this.#pages[id >>> pageBits] as Uint32Array;
    page[(id & (rowsPerPage - 1)) * rowWords + column] = value;
  }

  /** Gives a number of up to 53 bits out of two words. */
  getWide(id: number, high: Field, low: Field): number {
    return this.get(id, high) * 0x1_0000_0000 + this.get(id, low);
  }

  setWide(id: number, high: Field, low: Field, value: number): void {
    this.set(id, high, Math.floor(value / 0x1_0000_0000));
    this.set(id, low, value);
  }

  /** Adds to what is counted below: one look at the page for all three words, as this is done for every ancestor. */
  addBelow(id: number, znodes: number, bytes: number): void {
    const page = this.#pages[id >>> pageBits] as Uint32Array;
    const row = (id & (rowsPerPage - 1)) * rowWords;
    page[row + field.below] = (page[row + field.below] as number) + znodes;
    const high = row + field.bytesBelowHigh;
    const low = row + field.bytesBelowLow;
    const sum = (page[low] as number) + bytes;
    page[low] = sum;
    // `sum` is exact, and the carry -1, 0 or 1: a znode's data is below 2^32 bytes.
    page[high] = (page[high] as number) + Math.floor(sum / 0x1_0000_0000);
  }

  clear(id: number): void {
    const start = (id & (rowsPerPage - 1)) * rowWords;
    (this.#pages[id >>> pageBits] as Uint32Array).fill(0, start, start + rowWords);
  }

  #cover(id: number): void {
    while (this.#pages.length <= id >>> pageBits) {
      this.#pages.push(new Uint32Array(rowsPerPage * rowWords));
    }
  }
}
