import { assert } from '../../base/assert.ts';
import { noSession, type SessionId } from '../../model/ids.ts';
import { parseContenderName, queueOf, type ContenderName } from '../../model/lock.ts';
import { compareText, nameOf, type ZnodePath } from '../../model/path.ts';
import type { OwnedKind } from '../../model/txn.ts';
import type { Zxid } from '../../model/zxid.ts';

/** A child of a queue's directory whose name has a sequence number: ephemeral or not, as ZooKeeper's recipes count. */
export interface Contender extends ContenderName {
  readonly path: ZnodePath;
  readonly czxid: Zxid;
  /** `noSession` when it is not ephemeral. */
  readonly owner: SessionId;
}

/** Gives what a znode is in its queue; undefined for one that contends for nothing. */
export function contenderAt(
  path: ZnodePath,
  znode: { readonly czxid: Zxid; readonly owned: OwnedKind },
): Contender | undefined {
  const name = parseContenderName(nameOf(path));
  if (name === undefined) return undefined;
  const { czxid, owned } = znode;
  const owner = owned.kind === 'ephemeral' ? owned.owner : noSession;
  // Its own fields first: V8 gives a copy with more fields behind it a hidden class of its own.
  return { path, czxid, owner, ...name };
}

/**
 * Orders contenders as their queue does. Two of one number (names that were not given by the leader) stand in order of
 * their paths.
 */
export function compareContenders(left: Contender, right: Contender): number {
  return left.sequence - right.sequence || compareText(left.path, right.path);
}

/**
 * Does the contender hold that has `ahead` others before it, all of them holders, of whom `first` is the first? Holders
 * are always the beginning of the queue, and all of one mode: one exclusive, or readers, or as many as a semaphore lets
 * in.
 */
export function holdsBehind(
  contender: Pick<ContenderName, 'mode' | 'permits'>,
  ahead: number,
  first: Pick<ContenderName, 'mode'> | undefined,
): boolean {
  if (ahead === 0 || first === undefined) return true;
  const { mode, permits = 1 } = contender;
  if (mode === 'exclusive' || mode !== first.mode) return false;
  return mode === 'read' || ahead < permits;
}

export function isOwned({ owner }: Contender): boolean {
  return owner !== noSession;
}

/** What all contenders of a queue must agree on; locks and reads of one dialect do. */
export function traitOf({
  dialect,
  mode,
  permits,
}: Pick<ContenderName, 'dialect' | 'mode'> & { readonly permits?: number | undefined }): string {
  if (mode !== 'semaphore') return dialect;
  return `${dialect}, a semaphore of ${String(permits ?? 1)}`;
}

/** Says whether contenders with these traits can't wait for each other: nobody is granted anything. */
export function areMixed(traits: Iterable<string>): boolean {
  let count = 0;
  for (const trait of traits) if (++count > 1 || trait === 'foreign') return true;
  return false;
}

/** The contenders of one directory, in order. */
export class LockQueue {
  readonly #contenders: Contender[] = [];
  readonly #byPath = new Map<ZnodePath, Contender>();
  readonly #byKey = new Map<string, Contender[]>();
  readonly #traits = new Map<string, number>();
  #holders = 0;

  get contenders(): readonly Contender[] {
    return this.#contenders;
  }

  /** How many from the front hold. */
  get holders(): number {
    return this.#holders;
  }

  /** How many contenders have each trait. */
  get traits(): ReadonlyMap<string, number> {
    return this.#traits;
  }

  get isMixed(): boolean {
    return areMixed(this.#traits.keys());
  }

  at(path: ZnodePath): Contender | undefined {
    return this.#byPath.get(path);
  }

  /** Gives the first with this key, if it is ephemeral: one that is not can't be ours, whatever its name. */
  byKey(key: string): Contender | undefined {
    return this.#byKey.get(key)?.[0];
  }

  /** Says how many are ahead of one that is there. */
  placeOf(contender: Contender): number {
    return placeIn(this.#contenders, contender);
  }

  isHolder(contender: Contender): boolean {
    return this.placeOf(contender) < this.#holders;
  }

  add(contender: Contender): void {
    const place = placeIn(this.#contenders, contender);
    this.#contenders.splice(place, 0, contender);
    this.#byPath.set(contender.path, contender);
    this.#count(contender, 1);
    if (contender.key !== undefined && isOwned(contender)) {
      const same = this.#byKey.get(contender.key);
      if (same === undefined) this.#byKey.set(contender.key, [contender]);
      else same.splice(placeIn(same, contender), 0, contender);
    }
    // Only a name that the leader did not give can come in before a holder.
    if (place < this.#holders) this.#holders = 0;
    this.#extendHolders();
  }

  remove(path: ZnodePath): void {
    const contender = this.#byPath.get(path);
    assert(contender !== undefined, 'a contender that goes was there', { path });
    const place = this.placeOf(contender);
    this.#contenders.splice(place, 1);
    this.#byPath.delete(path);
    this.#count(contender, -1);
    if (contender.key !== undefined && isOwned(contender)) {
      const same = this.#byKey.get(contender.key) ?? [];
      same.splice(placeIn(same, contender), 1);
      if (same.length === 0) this.#byKey.delete(contender.key);
    }
    if (place < this.#holders) this.#holders--;
    this.#extendHolders();
  }

  #extendHolders(): void {
    const [first] = this.#contenders;
    for (;;) {
      const next = this.#contenders[this.#holders];
      if (next === undefined || !holdsBehind(next, this.#holders, first)) return;
      this.#holders++;
    }
  }

  #count(contender: Contender, by: 1 | -1): void {
    const trait = traitOf(contender);
    const count = (this.#traits.get(trait) ?? 0) + by;
    if (count === 0) this.#traits.delete(trait);
    else this.#traits.set(trait, count);
  }
}

/** Where it is, or would be; nearly always at one of the ends. */
function placeIn(contenders: readonly Contender[], contender: Contender): number {
  let low = 0;
  let high = contenders.length;
  const last = contenders[high - 1];
  if (last === undefined || compareContenders(last, contender) < 0) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = contenders[middle];
    if (at !== undefined && compareContenders(at, contender) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Who contends for what, worked out from the tree as it changes: the znodes are the only record, this is a view of
 * them. No part of the digest or of snapshots; a restored state builds its own.
 */
export class LockQueues {
  readonly #queues = new Map<ZnodePath, LockQueue>();

  /** Gives a queue; undefined while nobody contends. */
  get(queue: ZnodePath): LockQueue | undefined {
    return this.#queues.get(queue);
  }

  created(path: ZnodePath, znode: { readonly czxid: Zxid; readonly owned: OwnedKind }): void {
    const at = queueOf(path);
    const contender = at === undefined ? undefined : contenderAt(path, znode);
    if (at === undefined || contender === undefined) return;
    const queue = this.#queues.get(at) ?? new LockQueue();
    this.#queues.set(at, queue);
    queue.add(contender);
  }

  deleted(path: ZnodePath): void {
    const at = queueOf(path);
    const queue = at === undefined ? undefined : this.#queues.get(at);
    if (at === undefined || queue?.at(path) === undefined) return;
    queue.remove(path);
    if (queue.contenders.length === 0) this.#queues.delete(at);
  }
}
