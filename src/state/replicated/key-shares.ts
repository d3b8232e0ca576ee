import { assert } from '../../base/assert.ts';
import { compareText } from '../../model/path.ts';
import { compareZxid } from '../../model/zxid.ts';
import { bytesOf, type RecordedWrite } from './recorded-write.ts';

/** Counted for each key besides its bytes, so that many small ones weigh as much as a few large ones. */
const keyCost = 640;
/** Outcomes above this are large: a multi gives those, and they make room before an owner's small ones do. */
const largeOutcomeBytes = 1_024;

/** How many writes are young, and how much they take. */
export interface YoungWrites {
  keys: number;
  bytes: number;
}

const noYoung: Readonly<YoungWrites> = Object.freeze({ keys: 0, bytes: 0 });

/** The writes of one owner, in order of zxid. */
interface Share {
  readonly owner: string;
  readonly small: Map<string, RecordedWrite>;
  readonly large: Map<string, RecordedWrite>;
  smallBytes: number;
  largeBytes: number;
  /** Of those that may not be forgotten yet. */
  readonly young: YoungWrites;
  /** Its index in the heap. */
  place: number;
}

/**
 * Says which recorded write makes room for another: one of the owner that has the most, so that nobody loses a key by
 * what somebody with more than they have asks for. Decided by the writes alone, whatever way they came to be there: the
 * same on every peer.
 */
export class KeyShares {
  readonly #shares = new Map<string, Share>();
  /** A binary heap: the share with the most is the first. */
  readonly #heap: Share[] = [];
  readonly #young: YoungWrites = { keys: 0, bytes: 0 };

  /** Of all owners together. */
  get young(): Readonly<YoungWrites> {
    return this.#young;
  }

  youngOf(owner: string): Readonly<YoungWrites> {
    return this.#shares.get(owner)?.young ?? noYoung;
  }

  /** A new one is young. */
  add(write: RecordedWrite): void {
    let share = this.#shares.get(write.owner);
    if (share === undefined) {
      const { owner } = write;
      share = {
        owner,
        small: new Map(),
        large: new Map(),
        smallBytes: 0,
        largeBytes: 0,
        young: { keys: 0, bytes: 0 },
        place: this.#heap.length,
      };
      this.#shares.set(owner, share);
      this.#heap.push(share);
    }
    if (isLarge(write)) {
      share.large.set(write.key, write);
      share.largeBytes += bytesOf(write);
    } else {
      share.small.set(write.key, write);
      share.smallBytes += bytesOf(write);
    }
    count(share.young, write, 1);
    count(this.#young, write, 1);
    this.#rise(share);
  }

  /** It is young no more. */
  aged(write: RecordedWrite): void {
    count(this.#shareOf(write).young, write, -1);
    count(this.#young, write, -1);
  }

  remove(write: RecordedWrite, isYoung: boolean): void {
    if (isYoung) this.aged(write);
    const share = this.#shareOf(write);
    if (isLarge(write)) {
      share.large.delete(write.key);
      share.largeBytes -= bytesOf(write);
    } else {
      share.small.delete(write.key);
      share.smallBytes -= bytesOf(write);
    }
    if (share.small.size + share.large.size === 0) this.#drop(share);
    else this.#sink(share);
  }

  /**
   * Gives the write that makes room: the oldest of who has the most, and when it is bytes that are short, the oldest of
   * the large ones while those are the greater part. Undefined when there is none.
   */
  leastMissed(shortOf: 'keys' | 'bytes'): RecordedWrite | undefined {
    const [share] = this.#heap;
    if (share === undefined) return undefined;
    const small = firstOf(share.small);
    const large = firstOf(share.large);
    if (small === undefined || large === undefined) return small ?? large;
    if (shortOf === 'bytes') return share.largeBytes > share.smallBytes ? large : small;
    return compareZxid(small.zxid, large.zxid) < 0 ? small : large;
  }

  #shareOf({ owner }: RecordedWrite): Share {
    const share = this.#shares.get(owner);
    assert(share !== undefined, 'a recorded write has a share', { owner });
    return share;
  }

  #drop(share: Share): void {
    this.#shares.delete(share.owner);
    const last = this.#heap.pop();
    if (last === undefined || last === share) return;
    this.#put(last, share.place);
    this.#rise(last);
    this.#sink(last);
  }

  #rise(share: Share): void {
    while (share.place > 0) {
      const above = this.#heap[(share.place - 1) >>> 1];
      if (above === undefined || !hasMore(share, above)) return;
      this.#swap(share, above);
    }
  }

  #sink(share: Share): void {
    for (;;) {
      const left = this.#heap[share.place * 2 + 1];
      const right = this.#heap[share.place * 2 + 2];
      if (left === undefined) return;
      const larger = right !== undefined && hasMore(right, left) ? right : left;
      if (!hasMore(larger, share)) return;
      this.#swap(larger, share);
    }
  }

  #swap(left: Share, right: Share): void {
    const { place } = left;
    this.#put(left, right.place);
    this.#put(right, place);
  }

  #put(share: Share, place: number): void {
    this.#heap[place] = share;
    share.place = place;
  }
}

function count(young: YoungWrites, write: RecordedWrite, by: 1 | -1): void {
  young.keys += by;
  young.bytes += by * bytesOf(write);
}

/** Writes without an owner come from logs of before there were owners, when the oldest went first whatever it held. */
function isLarge({ owner, outcome }: RecordedWrite): boolean {
  return owner !== '' && outcome.length > largeOutcomeBytes;
}

/** No two shares are equal: the order of the heap is a function of what is in it. */
function hasMore(left: Share, right: Share): boolean {
  const more = costOf(left) - costOf(right);
  return more > 0 || (more === 0 && compareText(left.owner, right.owner) < 0);
}

function costOf({ small, large, smallBytes, largeBytes }: Share): number {
  return smallBytes + largeBytes + (small.size + large.size) * keyCost;
}

function firstOf(writes: ReadonlyMap<string, RecordedWrite>): RecordedWrite | undefined {
  for (const write of writes.values()) return write;
  return undefined;
}
