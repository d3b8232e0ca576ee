import { Fifo } from '../../base/fifo.ts';
import type { WriteOutcome } from '../../model/request.ts';
import { compareZxid, zeroZxid, zxidEquals, type Zxid } from '../../model/zxid.ts';

/**
 * What became of a zxid. `vanished`: a later epoch was applied without it, so it never will be. `unknown`: a leader's
 * snapshot replaced the state, which does not tell whether it is in there.
 */
export type Fate = 'applied' | 'vanished' | 'unknown';

/** Waits for a zxid. */
export interface AppliedWaiter {
  /** Is called once; `outcome`: of the txn of this zxid, where this peer has just applied it. */
  applied(fate: Fate, outcome: WriteOutcome | undefined): void;
}

/** Who waits, and for what. */
export interface Waiting {
  readonly zxid: Zxid;
  /** Among those of one zxid: who came first. */
  readonly order: number;
  /** Undefined once it has left. */
  waiter: AppliedWaiter | undefined;
}

/** All who wait for no more than `upTo` are to be told. */
interface Release {
  readonly upTo: Zxid;
  /** What became of those of an earlier epoch. */
  readonly earlier: Fate;
  /** Of the txn at `upTo`, where it has just been applied. */
  readonly outcome: WriteOutcome | undefined;
}

/** Says whether another may be told in this turn. */
type HasTime = () => boolean;

/** So many that have left may stay in the heap before it is made anew. */
const leftMin = 1_024;

/**
 * Keeps whoever waits for a zxid to be applied here, in order of zxid; equal ones in the order they came. A heap: whoever
 * waits for a zxid far ahead costs the others nothing, and leaving costs nothing but the place, which is given back later.
 * Who never leaves and comes in order, as nearly all writes, stands in a line beside it, for which nothing is made.
 */
export class AppliedWaiters {
  #heap: Waiting[] = [];
  #left = 0;
  #orders = 0;
  /** Nobody in the heap waits for more, unless it is empty. */
  #highest = zeroZxid;
  readonly #line = new Fifo<AppliedWaiter>();
  /** What those in the line wait for, in the same places; and the last of them. */
  readonly #lineZxids = new Fifo<Zxid>();
  #lineEnd = zeroZxid;
  /** Those of whom some are not told yet. */
  readonly #untold = new Fifo<Release>();

  get size(): number {
    return this.#line.length + this.#heap.length - this.#left;
  }

  /** As `add`, for one who never leaves. */
  lineUp(zxid: Zxid, waiter: AppliedWaiter): void {
    const isBehindLine = this.#line.length === 0 || compareZxid(zxid, this.#lineEnd) >= 0;
    // Above all of the heap: of equal ones, those in the line came first.
    const isAboveHeap = this.#heap.length === 0 || compareZxid(zxid, this.#highest) > 0;
    if (!isBehindLine || !isAboveHeap) {
      this.add(zxid, waiter);
      return;
    }
    this.#line.push(waiter);
    this.#lineZxids.push(zxid);
    this.#lineEnd = zxid;
  }

  add(zxid: Zxid, waiter: AppliedWaiter): Waiting {
    if (this.#heap.length === 0 || compareZxid(zxid, this.#highest) > 0) this.#highest = zxid;
    const waiting: Waiting = { zxid, order: this.#orders++, waiter };
    this.#heap.push(waiting);
    this.#rise(this.#heap.length - 1);
    return waiting;
  }

  /** Takes one out again whose zxid may never come. */
  leave(waiting: Waiting): void {
    if (waiting.waiter === undefined) return;
    waiting.waiter = undefined;
    this.#left++;
    if (this.#left >= leftMin && this.#left * 2 > this.#heap.length) this.#dropLeft();
  }

  /** Some have not been told what they waited for: before anything else is applied, `tellOn` tells them. */
  get hasUntold(): boolean {
    return this.#untold.length > 0;
  }

  /**
   * `zxid` has just been applied, and all before it in its epoch earlier; nobody is untold. As `tellOn`: false when some
   * are left.
   */
  applied(zxid: Zxid, outcome: WriteOutcome | undefined, hasTime: HasTime = always): boolean {
    if (this.#release(zxid, 'vanished', outcome, hasTime)) return true;
    this.#untold.push({ upTo: zxid, earlier: 'vanished', outcome });
    return false;
  }

  /** The state was replaced by a snapshot at `zxid`. As `tellOn`. */
  replaced(zxid: Zxid, hasTime: HasTime = always): boolean {
    this.#untold.push({ upTo: zxid, earlier: 'unknown', outcome: undefined });
    return this.tellOn(hasTime);
  }

  /** Tells one at least, and others as long as there is time; false when some are left: thousands may wait for one zxid. */
  tellOn(hasTime: HasTime): boolean {
    for (let next = this.#untold.first; next !== undefined; next = this.#untold.first) {
      if (!this.#release(next.upTo, next.earlier, next.outcome, hasTime)) return false;
      this.#untold.shift();
    }
    return true;
  }

  /** `earlier`: what became of those of an earlier epoch. False when there was no time for all. */
  #release(
    upTo: Zxid,
    earlier: Fate,
    outcome: WriteOutcome | undefined,
    hasTime: HasTime,
  ): boolean {
    for (let isFirst = true; ; isFirst = false) {
      const isInLine = this.#isLineFirst();
      const zxid = isInLine ? this.#lineZxids.first : this.#heap[0]?.zxid;
      if (zxid === undefined || compareZxid(zxid, upTo) > 0) return true;
      if (!isFirst && !hasTime()) return false;
      const waiter = isInLine ? this.#takeFromLine() : this.#takeFromHeap();
      if (waiter === undefined) continue;
      const fate = zxid.epoch === upTo.epoch ? 'applied' : earlier;
      waiter.applied(fate, zxidEquals(zxid, upTo) ? outcome : undefined);
    }
  }

  /** Who has left all at once, as after a time-out, costs one pass for at least as many. */
  #dropLeft(): void {
    const waiting = this.#heap.filter(({ waiter }) => waiter !== undefined);
    // Sorted, an array is a heap.
    this.#heap = waiting.sort((a, b) => (isBefore(a, b) ? -1 : 1));
    this.#left = 0;
  }

  #isLineFirst(): boolean {
    const inLine = this.#lineZxids.first;
    const inHeap = this.#heap[0]?.zxid;
    return inLine !== undefined && (inHeap === undefined || compareZxid(inLine, inHeap) <= 0);
  }

  #takeFromLine(): AppliedWaiter | undefined {
    this.#lineZxids.shift();
    return this.#line.shift();
  }

  /** Undefined for one who has left. */
  #takeFromHeap(): AppliedWaiter | undefined {
    const first = this.#at(0);
    const { waiter } = first;
    this.#takeFirst();
    if (waiter === undefined) this.#left--;
    // It waits no more: leaving after this means nothing.
    first.waiter = undefined;
    return waiter;
  }

  #takeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink();
  }

  #rise(from: number): void {
    let index = from;
    const risen = this.#at(index);
    while (index > 0) {
      const above = (index - 1) >>> 1;
      const other = this.#at(above);
      if (!isBefore(risen, other)) break;
      this.#heap[index] = other;
      index = above;
    }
    this.#heap[index] = risen;
  }

  #sink(): void {
    const sunk = this.#at(0);
    let index = 0;
    for (;;) {
      let below = index * 2 + 1;
      if (below >= this.#heap.length) break;
      if (below + 1 < this.#heap.length && isBefore(this.#at(below + 1), this.#at(below))) below++;
      const other = this.#at(below);
      if (!isBefore(other, sunk)) break;
      this.#heap[index] = other;
      index = below;
    }
    this.#heap[index] = sunk;
  }

  #at(index: number): Waiting {
    const waiting = this.#heap[index];
    if (waiting === undefined) throw new RangeError('no such waiter');
    return waiting;
  }
}

const always: HasTime = () => true;

function isBefore(a: Waiting, b: Waiting): boolean {
  const difference = compareZxid(a.zxid, b.zxid);
  return difference === 0 ? a.order < b.order : difference < 0;
}
