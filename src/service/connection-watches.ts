import type { Refusal } from '../model/error-code.ts';
import type { ZnodePath } from '../model/path.ts';
import type { WatchEvent } from '../model/watch-event.ts';
import type { Zxid } from '../model/zxid.ts';
import type { Asker } from './call.ts';

/**
 * Names ZooKeeper's kinds of watch. `data` (left by exists and getData) and `children` go when they fire; `persistent`
 * hears of the znode and of its children's coming and going, `recursive` of the znode and all below it, but of no
 * `childrenChanged` (ZOOKEEPER-4475).
 */
export type WatchKind = 'data' | 'children' | 'persistent' | 'recursive';

/**
 * Holds what a client had when it lost its connection, and up to where it had seen: ZooKeeper's SetWatches2. The paths,
 * which may be very many, are taken one by one.
 */
export interface RegisteredWatches {
  readonly since: Zxid;
  readonly data: Iterable<ZnodePath>;
  /** Data watches on znodes that were not there. */
  readonly exists: Iterable<ZnodePath>;
  readonly children: Iterable<ZnodePath>;
  readonly persistent: Iterable<ZnodePath>;
  readonly recursive: Iterable<ZnodePath>;
}

export interface ConnectionWatchesSink {
  /**
   * Once per event, however many watches it fires, and ahead of all that could show the change: a door sends no answer but
   * by `whenPassed`. Only puts it with what is to be sent. `zxid` is undefined for what `resume` found.
   */
  notify(event: Pick<WatchEvent, 'type' | 'path'>, zxid: Zxid | undefined): void;
  /** Changes may have been missed and all watches are gone: the client has to come back with what it registered. */
  lost(): void;
}

/**
 * Keeps all that one connection of ZooKeeper's protocol watches: at most one watch of each kind at a path. Without
 * values, bounded by its watches rather than by a queue: what waits for a slow reader is the door's to bound.
 */
export interface ConnectionWatches {
  /** Who may hear of what, from now on. At first nobody was proved. */
  identify(asker: Asker): void;
  /** Leaves a watch, from what is applied on; again is no error. Refused when there are too many. */
  add(path: ZnodePath, kind: WatchKind): Refusal | undefined;
  has(path: ZnodePath, kind: WatchKind): boolean;
  /** False when there was none. */
  remove(path: ZnodePath, kind: WatchKind): boolean;
  /**
   * Notifies of what has changed since, and leaves watches on the rest, in ZooKeeper's order. Many of them in slices, so
   * `done` is called at once or later; never after `close`. Nothing else is to be asked of the watches until then.
   */
  resume(registered: RegisteredWatches, done: (refusal: Refusal | undefined) => void): void;
  /** It may be owed events of what is applied: no answer may leave before `whenPassed`. */
  readonly isBehind: boolean;
  /**
   * Notifies of what it is owed and calls back: at once as a rule, later when a leader's snapshot has hidden events that
   * are still on their way; never after `close`.
   */
  whenPassed(run: () => void): void;
  /** Those that are watched, in no order. */
  paths(): Iterable<ZnodePath>;
  /** Open watches of all kinds. */
  readonly size: number;
  close(): void;
}
