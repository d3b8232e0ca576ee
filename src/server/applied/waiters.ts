import type { WriteOutcome } from '../../model/request.ts';
import { compareZxid, zxidEquals, type Zxid } from '../../model/zxid.ts';

/**
 * Says what became of a zxid. `vanished`: a later epoch was applied without it, so it never will be. `unknown`: a
 * leader's snapshot replaced the state, which does not tell whether it is in there.
 */
export type Fate = 'applied' | 'vanished' | 'unknown';

export type AppliedCallback = (fate: Fate, outcome: WriteOutcome | undefined) => void;

interface Waiter {
  readonly zxid: Zxid;
  readonly done: AppliedCallback;
}

/** Keeps whoever waits for a zxid to be applied here, in order of zxid; equal ones in the order they came. */
export class AppliedWaiters {
  #waiters: Waiter[] = [];
  #head = 0;

  get size(): number {
    return this.#waiters.length - this.#head;
  }

  /** The answer takes the waiter out again: for one whose zxid may never come. */
  add(zxid: Zxid, done: AppliedCallback): () => void {
    // Nearly always the last place: proposals and commits rise.
    let place = this.#waiters.length;
    while (place > this.#head && compareZxid(this.#at(place - 1).zxid, zxid) > 0) place--;
    const waiter = { zxid, done };
    if (place === this.#waiters.length) this.#waiters.push(waiter);
    else this.#waiters.splice(place, 0, waiter);
    return () => {
      const found = this.#waiters.indexOf(waiter, this.#head);
      if (found >= 0) this.#waiters.splice(found, 1);
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
      const waiter = this.#waiters[this.#head];
      if (waiter === undefined || compareZxid(waiter.zxid, upTo) > 0) break;
      this.#head++;
      waiter.done(fateOf(waiter.zxid), zxidEquals(waiter.zxid, upTo) ? outcome : undefined);
    }
    if (this.#head > 1_024 && this.#head * 2 > this.#waiters.length) {
      this.#waiters = this.#waiters.slice(this.#head);
      this.#head = 0;
    } else if (this.#head === this.#waiters.length && this.#head > 0) {
      this.#waiters.length = 0;
      this.#head = 0;
    }
  }

  #at(index: number): Waiter {
    const waiter = this.#waiters[index];
    if (waiter === undefined) throw new RangeError('no such waiter');
    return waiter;
  }
}
