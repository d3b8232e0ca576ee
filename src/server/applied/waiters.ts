import type { WriteOutcome } from '../../model/request.ts';
import { compareZxid, zxidEquals, type Zxid } from '../../model/zxid.ts';

/**
 * What became of a zxid. `vanished`: a later epoch was applied without it, so it never will be. `unknown`: a leader's
 * snapshot replaced the state, which does not tell whether it is in there.
 */
export type Fate = 'applied' | 'vanished' | 'unknown';

/** Is told what became of a zxid, and the outcome of its txn where this peer has just applied it. */
export type AppliedCallback = (fate: Fate, outcome: WriteOutcome | undefined) => void;

interface Waiter {
  readonly zxid: Zxid;
  /** Among those of one zxid: who came first. */
  readonly order: number;
  /** Undefined once it has left. */
  done: AppliedCallback | undefined;
}

/** So many that have left may stay in the heap before it is made anew. */
const leftMin = 1_024;

/**
 * Keeps whoever waits for a zxid to be applied here, in order of zxid; equal ones in the order they came. A heap: whoever
 * waits for a zxid far ahead costs the others nothing, and leaving costs nothing but the place, which is given back later.
 */
export class AppliedWaiters {
  #heap: Waiter[] = [];
  #left = 0;
  #orders = 0;

  get size(): number {
    return this.#heap.length - this.#left;
  }

  /** The answer takes the waiter out again: for one whose zxid may never come. */
  add(zxid: Zxid, done: AppliedCallback): () => void {
    const waiter: Waiter = { zxid, order: this.#orders++, done };
    this.#heap.push(waiter);
    this.#rise(this.#heap.length - 1);
    return () => {
      if (waiter.done === undefined) return;
      waiter.done = undefined;
      this.#left++;
      if (this.#left >= leftMin && this.#left * 2 > this.#heap.length) this.#dropLeft();
    };
  }

  /** `zxid` has just been applied, and all before it in its epoch earlier. */
  applied(zxid: Zxid, outcome: WriteOutcome | undefined): void {
    this.#release(
      zxid,
      (waited) => {
        if (zxidEquals(waited, zxid)) return 'applied';
        return waited.epoch === zxid.epoch ? 'applied' : 'vanished';
      },
      outcome,
    );
  }

  /** The state was replaced by a snapshot at `zxid`. */
  replaced(zxid: Zxid): void {
    this.#release(
      zxid,
      (waited) => (waited.epoch === zxid.epoch ? 'applied' : 'unknown'),
      undefined,
    );
  }

  #release(upTo: Zxid, fateOf: (waited: Zxid) => Fate, outcome: WriteOutcome | undefined): void {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || compareZxid(first.zxid, upTo) > 0) break;
      this.#takeFirst();
      const { done } = first;
      if (done === undefined) {
        this.#left--;
        continue;
      }
      // It waits no more: leaving after this means nothing.
      first.done = undefined;
      done(fateOf(first.zxid), zxidEquals(first.zxid, upTo) ? outcome : undefined);
    }
  }

  /** Who has left all at once, as after a time-out, costs one pass for at least as many. */
  #dropLeft(): void {
    const waiting = this.#heap.filter(({ done }) => done !== undefined);
    // Sorted, an array is a heap.
    this.#heap = waiting.sort((a, b) => (isBefore(a, b) ? -1 : 1));
    this.#left = 0;
  }

  #takeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink();
  }

  #rise(from: number): void {
    let index = from;
    const waiter = this.#at(index);
    while (index > 0) {
      const above = (index - 1) >>> 1;
      const other = this.#at(above);
      if (!isBefore(waiter, other)) break;
      this.#heap[index] = other;
      index = above;
    }
    this.#heap[index] = waiter;
  }

  #sink(): void {
    const waiter = this.#at(0);
    let index = 0;
    for (;;) {
      let below = index * 2 + 1;
      if (below >= this.#heap.length) break;
      if (below + 1 < this.#heap.length && isBefore(this.#at(below + 1), this.#at(below))) below++;
      const other = this.#at(below);
      if (!isBefore(other, waiter)) break;
      this.#heap[index] = other;
      index = below;
    }
    this.#heap[index] = waiter;
  }

  #at(index: number): Waiter {
    const waiter = this.#heap[index];
    if (waiter === undefined) throw new RangeError('no such waiter');
    return waiter;
  }
}

function isBefore(a: Waiter, b: Waiter): boolean {
  const difference = compareZxid(a.zxid, b.zxid);
  return difference === 0 ? a.order < b.order : difference < 0;
}
