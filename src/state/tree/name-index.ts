import { finish } from '../digest/mixing.ts';
import { field, type ZnodeRecords } from './znode-records.ts';

const headsPerPage = 4_096;

/**
 * From (parent, name) to the znode: one hash table for the whole tree, its chains running through the records. Linear
 * hashing (Litwin 1980): every insert above the load splits one bucket, so there is never a pause to grow.
 * Compares hashes only; who asks compares the names.
 */
export class NameIndex {
  readonly #records: ZnodeRecords;
  readonly #heads: Uint32Array[] = [];
  /** Buckets before this round of splitting: a power of two. */
  #base = headsPerPage;
  /** Buckets of this round that were split already. */
  #split = 0;
  #count = 0;

  constructor(records: ZnodeRecords) {
    this.#records = records;
    this.#heads.push(new Uint32Array(headsPerPage));
  }

  /** Gives the first candidate; go on with `next`. 0 at the end. */
  first(parent: number, nameHash: number): number {
    return this.#match(this.#head(this.#bucket(parent, nameHash)), parent, nameHash);
  }

  next(id: number, parent: number, nameHash: number): number {
    return this.#match(this.#records.get(id, field.nextInBucket), parent, nameHash);
  }

  /** Puts a znode in; its record's `parent` and `nameHash` must be set. */
  insert(id: number): void {
    this.#push(this.#bucketOf(id), id);
    this.#count++;
    if (this.#count > this.#base + this.#split) this.#splitBucket();
  }

  remove(id: number): void {
    const bucket = this.#bucketOf(id);
    const after = this.#records.get(id, field.nextInBucket);
    let at = this.#head(bucket);
    if (at === id) {
      this.#setHead(bucket, after);
    } else {
      for (let next = this.#nextOf(at); next !== id; next = this.#nextOf(at)) at = next;
      this.#records.set(at, field.nextInBucket, after);
    }
    this.#count--;
  }

  #match(from: number, parent: number, nameHash: number): number {
    let id = from;
    while (id !== 0) {
      const records = this.#records;
      if (
        records.get(id, field.nameHash) === nameHash &&
        records.get(id, field.parent) === parent
      ) {
        return id;
      }
      id = records.get(id, field.nextInBucket);
    }
    return 0;
  }

  #splitBucket(): void {
    const source = this.#split;
    const target = this.#base + source;
    if (target / headsPerPage >= this.#heads.length) {
      this.#heads.push(new Uint32Array(headsPerPage));
    }
    let id = this.#head(source);
    this.#setHead(source, 0);
    this.#split++;
    if (this.#split === this.#base) {
      this.#base *= 2;
      this.#split = 0;
    }
    while (id !== 0) {
      const next = this.#nextOf(id);
      this.#push(this.#bucketOf(id), id);
      id = next;
    }
  }

  #push(bucket: number, id: number): void {
    this.#records.set(id, field.nextInBucket, this.#head(bucket));
    this.#setHead(bucket, id);
  }

  #nextOf(id: number): number {
    return this.#records.get(id, field.nextInBucket);
  }

  #bucketOf(id: number): number {
    return this.#bucket(this.#records.get(id, field.parent), this.#records.get(id, field.nameHash));
  }

  #bucket(parent: number, nameHash: number): number {
    const hash = finish(nameHash ^ Math.imul(parent, 0x9e3779b1));
    const bucket = hash & (this.#base - 1);
    return bucket < this.#split ? hash & (this.#base * 2 - 1) : bucket;
  }

  #head(bucket: number): number {
    return (this.#heads[bucket >>> 12] as Uint32Array)[bucket & (headsPerPage - 1)] as number;
  }

  #setHead(bucket: number, id: number): void {
    (this.#heads[bucket >>> 12] as Uint32Array)[bucket & (headsPerPage - 1)] = id;
  }
}
