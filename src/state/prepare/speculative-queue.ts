import type { ZnodePath } from '../../model/path.ts';
import { zxidEquals, type Zxid } from '../../model/zxid.ts';
import {
  areMixed,
  compareContenders,
  holdsBehind,
  isOwned,
  traitOf,
  type Contender,
  type LockQueue,
} from '../replicated/lock-queues.ts';

/**
 * A queue as the leader must see it: the applied one, with the places that proposals in flight and a draft have touched
 * laid over it. Costs what is in flight there and what has to be looked at, not the length of the queue.
 */
export class SpeculativeQueue {
  readonly #applied: LockQueue | undefined;
  /** What stands there now; undefined for nothing. */
  readonly #touched: ReadonlyMap<ZnodePath, Contender | undefined>;
  /** Of those, the ones that stand there, in order. */
  readonly #standing: readonly Contender[];
  #wasAsked = false;
  /** Of the holders, for whoever asks again: thousands may read at a time, and a transaction has as many guards. */
  #tokens: ReadonlySet<string> | undefined;

  constructor(
    applied: LockQueue | undefined,
    touched: ReadonlyMap<ZnodePath, Contender | undefined>,
  ) {
    this.#applied = applied;
    this.#touched = touched;
    this.#standing = [...touched.values()]
      .filter((contender) => contender !== undefined)
      .sort(compareContenders);
  }

  get length(): number {
    let length = this.#applied?.contenders.length ?? 0;
    for (const [path, now] of this.#touched) {
      length += (now === undefined ? 0 : 1) - (this.#hasApplied(path) ? 1 : 0);
    }
    return length;
  }

  byKey(key: string): Contender | undefined {
    const made = this.#standing.find((contender) => contender.key === key && isOwned(contender));
    if (made !== undefined) return made;
    const applied = this.#applied?.byKey(key);
    return applied === undefined || this.#touched.has(applied.path) ? undefined : applied;
  }

  /** What the contenders are like; see `traitOf`. */
  traits(): ReadonlySet<string> {
    const counts = new Map(this.#applied?.traits);
    const add = (contender: Contender, by: number): void => {
      const trait = traitOf(contender);
      counts.set(trait, (counts.get(trait) ?? 0) + by);
    };
    for (const [path, now] of this.#touched) {
      const before = this.#appliedAt(path);
      if (before !== undefined) add(before, -1);
      if (now !== undefined) add(now, 1);
    }
    return new Set([...counts].filter(([, count]) => count > 0).map(([trait]) => trait));
  }

  get isMixed(): boolean {
    return areMixed(this.traits());
  }

  isHeldWith(token: Zxid): boolean {
    if (!this.#wasAsked) {
      this.#wasAsked = true;
      for (const { czxid } of this.#holders()) if (zxidEquals(czxid, token)) return true;
      return false;
    }
    this.#tokens ??= new Set(Array.from(this.#holders(), ({ czxid }) => tokenOf(czxid)));
    return this.#tokens.has(tokenOf(token));
  }

  /** Gives the holder that has this token. */
  holderWith(token: Zxid): Contender | undefined {
    for (const holder of this.#holders()) if (zxidEquals(holder.czxid, token)) return holder;
    return undefined;
  }

  /** Says whether one more would hold at once, behind all that are there. */
  hasRoomFor(contender: Parameters<typeof holdsBehind>[0]): boolean {
    let holders = 0;
    let first: Contender | undefined;
    for (const holder of this.#holders()) {
      first ??= holder;
      holders++;
    }
    return holders === this.length && holdsBehind(contender, holders, first);
  }

  *#holders(): Generator<Contender> {
    let first: Contender | undefined;
    let ahead = 0;
    for (const contender of this.#inOrder()) {
      first ??= contender;
      if (!holdsBehind(contender, ahead, first)) return;
      ahead++;
      yield contender;
    }
  }

  *#inOrder(): Generator<Contender> {
    let next = 0;
    for (const contender of this.#applied?.contenders ?? []) {
      if (this.#touched.has(contender.path)) continue;
      for (;;) {
        const made = this.#standing[next];
        if (made === undefined || compareContenders(made, contender) > 0) break;
        next++;
        yield made;
      }
      yield contender;
    }
    yield* this.#standing.slice(next);
  }

  #hasApplied(path: ZnodePath): boolean {
    return this.#appliedAt(path) !== undefined;
  }

  #appliedAt(path: ZnodePath): Contender | undefined {
    return this.#applied?.at(path);
  }
}

function tokenOf({ epoch, counter }: Zxid): string {
  return `${String(epoch)} ${String(counter)}`;
}
