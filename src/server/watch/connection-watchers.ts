import type { Identity } from '../../model/acl.ts';
import { refused, type Refusal } from '../../model/error-code.ts';
import { parentOf, type ZnodePath } from '../../model/path.ts';
import type { TxnEvents, WatchEvent, WatchEventType } from '../../model/watch-event.ts';
import { compareZxid, type Zxid } from '../../model/zxid.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { ConnectionWatchesSink, WatchKind } from '../../service/connection-watches.ts';
import { mayHear } from './event-batch.ts';
import type { WatchTuning } from '../tuning.ts';

const bit = { data: 1, children: 2, persistent: 4, recursive: 8 } as const satisfies Record<
  WatchKind,
  number
>;
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
  /** A sum of bits per path. */
  readonly kinds = new Map<ZnodePath, number>();
  count = 0;
  /** Left while the hub was behind what is applied: older events are none of their business. */
  readonly late = new Map<ZnodePath, { bits: number; readonly since: Zxid }>();

  constructor(sink: ConnectionWatchesSink) {
    this.sink = sink;
  }
}

interface WatchersParts {
  readonly tuning: WatchTuning;
  readonly metrics: Metrics;
}

/**
 * Keeps the watches of all connections of ZooKeeper's protocol: its WatchManager. An event fires every watch that it
 * concerns and is told once to each connection, within the call.
 */
export class ConnectionWatchers {
  readonly #parts: WatchersParts;
  readonly #atPath = new Map<ZnodePath, Set<ConnectionWatcher>>();
  readonly #recursive = new Map<ZnodePath, Set<ConnectionWatcher>>();
  #size = 0;

  constructor(parts: WatchersParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#size;
  }

  has(watcher: ConnectionWatcher, path: ZnodePath, kind: WatchKind): boolean {
    return ((watcher.kinds.get(path) ?? 0) & bit[kind]) !== 0;
  }

  /** `since`: when events up to there are still to be published. */
  add(
    watcher: ConnectionWatcher,
    { path, kind }: { readonly path: ZnodePath; readonly kind: WatchKind },
    since: Zxid | undefined,
  ): Refusal | undefined {
    if (this.has(watcher, path, kind)) return undefined;
    const refusal = this.#whyNoMore(watcher);
    if (refusal !== undefined) return refusal;
    watcher.kinds.set(path, (watcher.kinds.get(path) ?? 0) | bit[kind]);
    watcher.count++;
    this.#size++;
    const index = kind === 'recursive' ? this.#recursive : this.#atPath;
    const there = index.get(path);
    if (there === undefined) index.set(path, new Set([watcher]));
    else there.add(watcher);
    if (since === undefined) return undefined;
    const late = watcher.late.get(path);
    if (late === undefined) watcher.late.set(path, { bits: bit[kind], since });
    else late.bits |= bit[kind];
    return undefined;
  }

  remove(watcher: ConnectionWatcher, path: ZnodePath, kind: WatchKind): boolean {
    if (!this.has(watcher, path, kind)) return false;
    this.#take(watcher, path, bit[kind]);
    return true;
  }

  /** All of them, without a word. */
  close(watcher: ConnectionWatcher): void {
    for (const [path, bits] of [...watcher.kinds]) this.#take(watcher, path, bits);
    watcher.late.clear();
  }

  publish({ zxid, events }: TxnEvents): void {
    for (const event of events) this.#fire(zxid, event);
  }

  /** The hub has published all that is applied. */
  caughtUp(): void {
    for (const watcher of this.#all()) watcher.late.clear();
  }

  /** Nobody knows what they have missed. */
  lose(): void {
    for (const watcher of this.#all()) {
      this.close(watcher);
      watcher.sink.lost();
    }
  }

  #all(): Set<ConnectionWatcher> {
    const all = new Set<ConnectionWatcher>();
    for (const index of [this.#atPath, this.#recursive]) {
      for (const there of index.values()) for (const watcher of there) all.add(watcher);
    }
    return all;
  }

  #fire(zxid: Zxid, event: WatchEvent): void {
    const { type, path } = event;
    const asksAbove = this.#recursive.size > 0 && type !== 'childrenChanged';
    const told = asksAbove ? new Set<ConnectionWatcher>() : undefined;
    for (const watcher of this.#atPath.get(path) ?? []) {
      const fired = firedBy[type] & bitsAt(watcher, path, zxid);
      // Who may not know of it keeps the watch: for them nothing has happened.
      if (fired === 0 || !mayHear(event, watcher.identities)) continue;
      this.#take(watcher, path, fired & spentWhenFired);
      told?.add(watcher);
      this.#tell(watcher, event, zxid);
    }
    if (told === undefined) return;
    for (let at = path; ; at = parentOf(at)) {
      for (const watcher of this.#recursive.get(at) ?? []) {
        if (told.has(watcher) || (bitsAt(watcher, at, zxid) & bit.recursive) === 0) continue;
        if (!mayHear(event, watcher.identities)) continue;
        told.add(watcher);
        this.#tell(watcher, event, zxid);
      }
      if (at === '/') return;
    }
  }

  #tell(watcher: ConnectionWatcher, event: WatchEvent, zxid: Zxid): void {
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
    this.#size -= gone;
    if ((before & bit.recursive) !== 0 && (after & bit.recursive) === 0) {
      forget(this.#recursive, path, watcher);
    }
    if ((before & atItsPath) !== 0 && (after & atItsPath) === 0) {
      forget(this.#atPath, path, watcher);
    }
  }

  #whyNoMore({ count }: ConnectionWatcher): Refusal | undefined {
    const { watchesPerConnectionMax, watchesMax } = this.#parts.tuning;
    if (count >= watchesPerConnectionMax) {
      return refused(
        'throttled',
        `One connection may have ${String(watchesPerConnectionMax)} watches: use a recursive one, or another connection.`,
        { limit: watchesPerConnectionMax, actual: count + 1 },
      );
    }
    if (this.#size < watchesMax) return undefined;
    return refused('throttled', 'This peer has as many watches as it may have: use another peer.');
  }
}

/** Those at the path that an event of this zxid may fire. */
function bitsAt(watcher: ConnectionWatcher, path: ZnodePath, zxid: Zxid): number {
  const bits = watcher.kinds.get(path) ?? 0;
  const late = watcher.late.size === 0 ? undefined : watcher.late.get(path);
  return late !== undefined && compareZxid(zxid, late.since) <= 0 ? bits & ~late.bits : bits;
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
