import type { Refusal } from '../model/error-code.ts';
import type { ZnodePath } from '../model/path.ts';
import type { ReadQuery, ResultOf } from '../model/read.ts';
import type { StreamPosition, WatchEvent } from '../model/watch-event.ts';
import type { Zxid } from '../model/zxid.ts';
import type { ReadAnswer, ReadOptions } from './call.ts';

/**
 * Says how far a watch sees: ZooKeeper's persistent watch (`node`) and persistent recursive watch (`recursive`, without
 * `childrenChanged`).
 */
export type WatchScope = 'node' | 'recursive';

export interface WatchOptions {
  readonly path: ZnodePath;
  readonly scope: WatchScope;
  /** Everything after this place, out of the log; absent: from now on. Excludes `initial`. */
  readonly from?: StreamPosition;
  /** First what is there now, at one zxid, as `created` events. */
  readonly initial: boolean;
  /** Events carry values. Not looked at here but to share encodings. */
  readonly withData: boolean;
  /** How long a peer that is behind `from` may take to get there. */
  readonly timeoutMs: number;
}

/** Holds one event of a batch, with its place among all events of its txn (see `StreamPosition`). */
export interface PlacedEvent {
  readonly index: number;
  readonly event: WatchEvent;
}

/**
 * Holds what one watch sees of one txn, all together. Shared by all watches that see the same: a door encodes it once, by
 * `encoded`, and sends the same bytes to thousands.
 */
export interface EventBatch {
  readonly zxid: Zxid;
  /** Never empty. */
  readonly events: readonly PlacedEvent[];
  /** Memory that it holds while it waits for a slow reader. */
  readonly bytes: number;
  /** What `encode` gave the first time for this `form`, for instance `sse+data`. */
  encoded<Encoded>(form: string, encode: (batch: EventBatch) => Encoded): Encoded;
}

export type WatchItem =
  | { readonly kind: 'events'; readonly batch: EventBatch }
  /** Part of the state at `zxid`, as `created` events without a place; `synced` follows the last part. */
  | { readonly kind: 'initial'; readonly zxid: Zxid; readonly events: readonly WatchEvent[] }
  /** All that was there up to `zxid` has been sent; from here on it is live. Once per watch. */
  | { readonly kind: 'synced'; readonly zxid: Zxid }
  /** Nothing for this watch up to `zxid`: a fresh place to resume from. */
  | { readonly kind: 'bookmark'; readonly zxid: Zxid }
  /**
   * The watch has ended: changes up to `zxid` may be missing, because no log reaches back (`oldest`: the earliest place
   * that can be resumed from) or because the reader was too slow. Read anew, then resume from `zxid`.
   */
  | {
      readonly kind: 'lost';
      readonly zxid: Zxid;
      readonly oldest: Zxid;
      readonly why: 'compacted' | 'slow';
    }
  /** The watch has ended, or never began. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** A one-shot watch fires, once; `tag` is that of its read. Only the type and path are known to ZooKeeper's clients. */
  | { readonly kind: 'fired'; readonly zxid: Zxid; readonly event: WatchEvent };

/** A door's side of an outlet. */
export interface OutletSink {
  /** In order over all watches of the outlet. False: send no more until `Outlet.drained`. */
  send(tag: number, item: WatchItem): boolean;
}

/**
 * A read that leaves ZooKeeper's one-shot watch behind: exists and getData a data watch, getChildren a child watch.
 */
export type WatchedQuery = Extract<ReadQuery, { read: 'data' | 'stat' | 'children' }>;

/**
 * Keeps all that one connection watches. Events reach the sink in order of zxid over all of its watches that are synced;
 * one that resumes is given the past first, in an order of its own. Fan-out is sliced, so before a door sends any other
 * answer on the connection it calls `flush`: the event comes before the data it announces.
 */
export interface Outlet {
  /** `tag` names the watch in the items; chosen by the door, unique among what is open. */
  watch(tag: number, options: WatchOptions): void;
  /**
   * Reads, and in the same turn leaves a one-shot watch under `tag`. As in ZooKeeper, a `stat` read of an absent znode
   * leaves one too (and is answered with `noNode`); a `data` or `children` read of one does not.
   */
  readWatched<Query extends WatchedQuery>(
    tag: number,
    query: Query,
    options: ReadOptions,
    done: (answer: ReadAnswer<ResultOf<Query>> | Refusal) => void,
  ): void;
  /** False when there was none by this tag. */
  unwatch(tag: number): boolean;
  /**
   * Hands over all that is due now, as far as the sink takes it. `passed` is called once all of it is handed over: at once
   * as a rule, later when the sink takes no more, or when a leader's snapshot has hidden events that are still on their
   * way; never when the outlet is closed. A door that waits for it never answers ahead of an event, come what may.
   */
  flush(passed?: () => void): void;
  /** The sink takes more. */
  drained(): void;
  close(): void;
}
