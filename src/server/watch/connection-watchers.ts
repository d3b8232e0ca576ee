import type { Identity } from '../../model/acl.ts';
import type { Refusal } from '../../model/error-code.ts';
import { parentOf, type ZnodePath } from '../../model/path.ts';
import type { TxnEvents, WatchEvent, WatchEventType } from '../../model/watch-event.ts';
import { compareZxid, zeroZxid, type Zxid } from '../../model/zxid.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { ConnectionWatchesSink, WatchKind } from '../../service/connection-watches.ts';
import type { Hearing } from './hearing.ts';
import type { WatchTuning } from '../tuning.ts';
import type { Slices, Steps } from './slices.ts';
import type { WatchTotal } from './watch-total.ts';

const bit = { data: 1, children: 2, persistent: 4, recursive: 8 } as const satisfies Record<
  WatchKind,
  number
>;
const kinds = ['data', 'children', 'persistent', 'recursive'] as const;
const spentWhenFired = bit.data | bit.children;
const atItsPath = bit.data | bit.children | bit.persistent;

/** As ZooKeeper: a child watch also hears of the end of its znode, a data watch of its creation. */
const firedBy = {
  created: bit.data | bit.persistent,
  dataChanged: bit.data | bit.persistent,
  deleted: bit.data | bit.children | bit.persistent,
  childrenChanged: bit.children | bit.persistent,
} as const satisfies Record<WatchEventType, number>;

/** Holds one connection, and all that it watches. */
export class ConnectionWatcher {
  readonly sink: ConnectionWatchesSink;
  identities: readonly Identity[] = [];
  /** Whose share of watches they count in. */
  address = '';
  /** A sum of bits per path. */
  readonly kinds = new Map<ZnodePath, number>();
  count = 0;
  /** Of `recursive` ones. */
  recursives = 0;
  /** Nothing comes to it any more, though its watches may not all be taken away yet. */
  isOver = false;
  /** It was told of this event, the one of this txn at this place, and is not told of any before it. */
  toldOf: Zxid = zeroZxid;
  toldIndex = 0;
  /** Watches that were left while what had been applied was not published yet: up to where events do not concern them. */
  late: Map<ZnodePath, Partial<Record<WatchKind, Zxid>>> | undefined;
  /** All up to there is older than any of its watches. */
  watchesSince: Zxid = zeroZxid;

  constructor(sink: ConnectionWatchesSink) {
    this.sink = sink;
  }
}

interface WatchersParts {
  readonly hearing: Hearing;
  readonly tuning: WatchTuning;
  readonly metrics: Metrics;
  readonly slices: Pick<Slices, 'begin'>;
  /** Of all kinds, of this peer. */
  readonly total: WatchTotal;
}

/**
 * Keeps the watches of all connections of ZooKeeper's protocol: its WatchManager. An event fires every watch that it
 * concerns and is told once to each connection.
 */
export class ConnectionWatchers {
  readonly #parts: WatchersParts;
  readonly #atPath = new Map<ZnodePath, Set<ConnectionWatcher>>();
  readonly #recursive = new Map<ZnodePath, Set<ConnectionWatcher>>();
  /** Those that have watches. */
  readonly #watchers = new Set<ConnectionWatcher>();
  #size = 0;

  constructor(parts: WatchersParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#size;
  }

  has(watcher: ConnectionWatcher, path: ZnodePath, kind: WatchKind): boolean {
    return !watcher.isOver && ((watcher.kinds.get(path) ?? 0) & bit[kind]) !== 0;
  }

  /** `since`: when events up to there are still to be published. */
  add(
    watcher: ConnectionWatcher,
    { path, kind }: { readonly path: ZnodePath; readonly kind: WatchKind },
    since: Zxid | undefined,
  ): Refusal | undefined {
    if (watcher.isOver || this.has(watcher, path, kind)) return undefined;
    const { total, tuning } = this.#parts;
    const refusal = total.whyNoMore(watcher.address, watcher.count, tuning.watchesPerConnectionMax);
    if (refusal !== undefined) return refusal;
    if (watcher.count === 0) {
      this.#watchers.add(watcher);
      watcher.watchesSince = since ?? zeroZxid;
      if (since !== undefined && compareZxid(since, watcher.toldOf) > 0) {
        watcher.toldOf = since;
        watcher.toldIndex = Number.POSITIVE_INFINITY;
      }
    }
    watcher.kinds.set(path, (watcher.kinds.get(path) ?? 0) | bit[kind]);
    watcher.count++;
    if (kind === 'recursive') watcher.recursives++;
    this.#size++;
    total.add(watcher.address);
    const index = kind === 'recursive' ? this.#recursive : this.#atPath;
    const there = index.get(path);
    if (there === undefined) index.set(path, new Set([watcher]));
    else there.add(watcher);
    noteLate(watcher, path, kind, since);
    return undefined;
  }

  remove(watcher: ConnectionWatcher, path: ZnodePath, kind: WatchKind): boolean {
    if (!this.has(watcher, path, kind)) return false;
    this.#take(watcher, path, bit[kind]);
    return true;
  }

  /** All of them, without a word; many of them later, in slices, and no event comes to them any more. */
  close(watcher: ConnectionWatcher): void {
    if (watcher.isOver) return;
    watcher.isOver = true;
    watcher.count = 0;
    watcher.late = undefined;
    this.#watchers.delete(watcher);
    this.#parts.slices.begin(this.#leave(watcher), leavingAtOnce);
  }

  /** Tells whom the events of a txn concern, one after the other, but for those who were told by `tell`. */
  *publish({ zxid, events }: TxnEvents): Steps {
    for (const [index, event] of events.entries()) {
      const { type, path } = event;
      for (const watcher of this.#atPath.get(path) ?? []) {
        this.#fireAtPath(watcher, { zxid, index, event });
        yield 1;
      }
      yield 1;
      if (this.#recursive.size === 0 || type === 'childrenChanged') continue;
      for (let at = path; ; at = parentOf(at)) {
        for (const watcher of this.#recursive.get(at) ?? []) {
          this.#fireAbove(watcher, at, { zxid, index, event });
          yield 1;
        }
        if (at === '/') break;
      }
    }
  }

  /** Tells one of them of a txn that `publish` may not have come to, or be in the midst of. */
  tell(watcher: ConnectionWatcher, { zxid, events }: TxnEvents): void {
    if (watcher.isOver) return;
    for (const [index, event] of events.entries()) {
      const placed = { zxid, index, event };
      this.#fireAtPath(watcher, placed);
      if (watcher.recursives === 0 || event.type === 'childrenChanged') continue;
      for (let at = event.path; ; at = parentOf(at)) {
        this.#fireAbove(watcher, at, placed);
        if (at === '/') break;
      }
    }
    watcher.toldOf = zxid;
    watcher.toldIndex = Number.POSITIVE_INFINITY;
  }

  /** Nobody knows what those that were there before `zxid` have missed. */
  *lose(zxid: Zxid): Steps {
    for (const watcher of this.#watchers) {
      this.loseOne(watcher, zxid);
      yield leavingAtOnce / 8;
    }
  }

  loseOne(watcher: ConnectionWatcher, zxid: Zxid): void {
    if (watcher.isOver || watcher.count === 0) return;
    if (compareZxid(watcher.watchesSince, zxid) >= 0) return;
    this.close(watcher);
    watcher.sink.lost();
  }

  *#leave(watcher: ConnectionWatcher): Steps {
    for (const [path, bits] of watcher.kinds) {
      this.#fewer(watcher, countBits(bits));
      if ((bits & bit.recursive) !== 0) forget(this.#recursive, path, watcher);
      if ((bits & atItsPath) !== 0) forget(this.#atPath, path, watcher);
      yield 1;
    }
    watcher.kinds.clear();
  }

  #fireAtPath(watcher: ConnectionWatcher, { zxid, index, event }: Firing): void {
    if (watcher.isOver || wasTold(watcher, zxid, index)) return;
    const { type, path } = event;
    const fired = firedBy[type] & bitsAt(watcher, path, zxid);
    // Who may not know of it keeps the watch: for them nothing has happened.
    if (fired === 0 || !this.#mayHear(event, watcher)) return;
    this.#take(watcher, path, fired & spentWhenFired);
    this.#notify(watcher, { zxid, index, event });
  }

  #fireAbove(watcher: ConnectionWatcher, at: ZnodePath, { zxid, index, event }: Firing): void {
    if (watcher.isOver || wasTold(watcher, zxid, index)) return;
    if ((bitsAt(watcher, at, zxid) & bit.recursive) === 0) return;
    if (this.#mayHear(event, watcher)) this.#notify(watcher, { zxid, index, event });
  }

  #mayHear(event: WatchEvent, { identities }: ConnectionWatcher): boolean {
    return this.#parts.hearing.mayHear(event, identities);
  }

  #notify(watcher: ConnectionWatcher, { zxid, index, event }: Firing): void {
    watcher.toldOf = zxid;
    watcher.toldIndex = index;
    this.#parts.metrics.count('watch_events');
    watcher.sink.notify(event, zxid);
  }

  #take(watcher: ConnectionWatcher, path: ZnodePath, bits: number): void {
    if (bits === 0) return;
    const before = watcher.kinds.get(path) ?? 0;
    const after = before & ~bits;
    if (after === 0) watcher.kinds.delete(path);
    else watcher.kinds.set(path, after);
    const gone = countBits(before & bits);
    watcher.count -= gone;
    this.#fewer(watcher, gone);
    if (watcher.count === 0) this.#watchers.delete(watcher);
    if ((before & bit.recursive) !== 0 && (after & bit.recursive) === 0) {
      watcher.recursives--;
      forget(this.#recursive, path, watcher);
    }
    if ((before & atItsPath) !== 0 && (after & atItsPath) === 0) {
      forget(this.#atPath, path, watcher);
    }
  }

  #fewer({ address }: ConnectionWatcher, count: number): void {
    this.#size -= count;
    this.#parts.total.remove(address, count);
  }
}

/** An event, at its place in a txn. */
interface Firing {
  readonly zxid: Zxid;
  readonly index: number;
  readonly event: WatchEvent;
}

/** Watches that are taken away within the call that ends them. */
const leavingAtOnce = 1_000;

function wasTold({ toldOf, toldIndex }: ConnectionWatcher, zxid: Zxid, index: number): boolean {
  const order = compareZxid(zxid, toldOf);
  return order < 0 || (order === 0 && index <= toldIndex);
}

function noteLate(
  watcher: ConnectionWatcher,
  path: ZnodePath,
  kind: WatchKind,
  since: Zxid | undefined,
): void {
  if (since === undefined) {
    watcher.late = undefined;
    return;
  }
  const all = (watcher.late ??= new Map<ZnodePath, Partial<Record<WatchKind, Zxid>>>());
  const late = all.get(path);
  if (late === undefined) all.set(path, { [kind]: since });
  else late[kind] = since;
}

/** Those at the path that an event of this zxid may fire. */
function bitsAt(watcher: ConnectionWatcher, path: ZnodePath, zxid: Zxid): number {
  let bits = watcher.kinds.get(path) ?? 0;
  const late = watcher.late?.get(path);
  if (late === undefined) return bits;
  for (const kind of kinds) {
    const since = late[kind];
    if (since !== undefined && compareZxid(zxid, since) <= 0) bits &= ~bit[kind];
  }
  return bits;
}

function countBits(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count++;
  return count;
}

function forget(
  index: Map<ZnodePath, Set<ConnectionWatcher>>,
  path: ZnodePath,
  watcher: ConnectionWatcher,
): void {
  const there = index.get(path);
  there?.delete(watcher);
  if (there?.size === 0) index.delete(path);
}
