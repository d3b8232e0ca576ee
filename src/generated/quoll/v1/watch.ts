// Written by scripts/generate-proto.mjs from proto/quoll/v1/watch.proto: change that, and run it again.

import type * as grpc from '@grpc/grpc-js';
import type { Long } from '@grpc/proto-loader';
import type { MethodDefinition } from '@grpc/proto-loader';
import type {
  Stat,
  Stat__Output,
} from './znode.ts';

/**
 * A place in a stream.
 */
export interface StreamPosition {
  /**
   * A txn.
   */
  'zxid'?: (number | string | Long);
  /**
   * After so many of the txn's events, as `WatchEvent.index` counts them; 0: after all of them.
   */
  'index'?: (number);
}

/**
 * A place in a stream.
 */
export interface StreamPosition__Output {
  /**
   * A txn.
   */
  'zxid': (Long);
  /**
   * After so many of the txn's events, as `WatchEvent.index` counts them; 0: after all of them.
   */
  'index': (number);
}

/**
 * Nothing for this watch up to here.
 */
export interface WatchBookmark {
  /**
   * A fresh place to resume from.
   */
  'zxid'?: (number | string | Long);
}

/**
 * Nothing for this watch up to here.
 */
export interface WatchBookmark__Output {
  /**
   * A fresh place to resume from.
   */
  'zxid': (Long);
}

/**
 * What one txn did to one znode.
 */
export interface WatchEvent {
  /**
   * What.
   */
  'type'?: (WatchEventType);
  /**
   * To which znode.
   */
  'path'?: (string);
  /**
   * Just after the change, of a deleted znode just before; absent for `CHILDREN_CHANGED`.
   */
  'stat'?: (Stat | null);
  /**
   * With `with_data`, of `CREATED` and `DATA_CHANGED`.
   */
  'data'?: (Buffer | Uint8Array | string);
  /**
   * True when that data is null.
   */
  'nullData'?: (boolean);
  /**
   * Its place among the events of its txn, from 1 on, seen or not: the same on every peer. 0 in `WatchInitial`.
   */
  'index'?: (number);
}

/**
 * What one txn did to one znode.
 */
export interface WatchEvent__Output {
  /**
   * What.
   */
  'type': (WatchEventType__Output);
  /**
   * To which znode.
   */
  'path': (string);
  /**
   * Just after the change, of a deleted znode just before; absent for `CHILDREN_CHANGED`.
   */
  'stat': (Stat__Output | null);
  /**
   * With `with_data`, of `CREATED` and `DATA_CHANGED`.
   */
  'data': (Buffer);
  /**
   * True when that data is null.
   */
  'nullData': (boolean);
  /**
   * Its place among the events of its txn, from 1 on, seen or not: the same on every peer. 0 in `WatchInitial`.
   */
  'index': (number);
}

/**
 * ZooKeeper's four.
 */
export const WatchEventType = {
  /**
   * Not known.
   */
  WATCH_EVENT_TYPE_UNSPECIFIED: 'WATCH_EVENT_TYPE_UNSPECIFIED',
  /**
   * The znode was made.
   */
  WATCH_EVENT_TYPE_CREATED: 'WATCH_EVENT_TYPE_CREATED',
  /**
   * Its data was set.
   */
  WATCH_EVENT_TYPE_DATA_CHANGED: 'WATCH_EVENT_TYPE_DATA_CHANGED',
  /**
   * It was deleted.
   */
  WATCH_EVENT_TYPE_DELETED: 'WATCH_EVENT_TYPE_DELETED',
  /**
   * A child was made or deleted.
   */
  WATCH_EVENT_TYPE_CHILDREN_CHANGED: 'WATCH_EVENT_TYPE_CHILDREN_CHANGED',
} as const;

/**
 * ZooKeeper's four.
 */
export type WatchEventType =
  /**
   * Not known.
   */
  | 'WATCH_EVENT_TYPE_UNSPECIFIED'
  | 0
  /**
   * The znode was made.
   */
  | 'WATCH_EVENT_TYPE_CREATED'
  | 1
  /**
   * Its data was set.
   */
  | 'WATCH_EVENT_TYPE_DATA_CHANGED'
  | 2
  /**
   * It was deleted.
   */
  | 'WATCH_EVENT_TYPE_DELETED'
  | 3
  /**
   * A child was made or deleted.
   */
  | 'WATCH_EVENT_TYPE_CHILDREN_CHANGED'
  | 4

/**
 * ZooKeeper's four.
 */
export type WatchEventType__Output = typeof WatchEventType[keyof typeof WatchEventType]

/**
 * All that one watch sees of one txn, together.
 */
export interface WatchEvents {
  /**
   * Of the txn. Resume after it from `{zxid}`.
   */
  'zxid'?: (number | string | Long);
  /**
   * Never empty.
   */
  'events'?: (WatchEvent)[];
}

/**
 * All that one watch sees of one txn, together.
 */
export interface WatchEvents__Output {
  /**
   * Of the txn. Resume after it from `{zxid}`.
   */
  'zxid': (Long);
  /**
   * Never empty.
   */
  'events': (WatchEvent__Output)[];
}

/**
 * Part of the state at one zxid, as `CREATED` events; `WatchSynced` follows the last part.
 */
export interface WatchInitial {
  /**
   * Of the state.
   */
  'zxid'?: (number | string | Long);
  /**
   * Parents before their children.
   */
  'events'?: (WatchEvent)[];
}

/**
 * Part of the state at one zxid, as `CREATED` events; `WatchSynced` follows the last part.
 */
export interface WatchInitial__Output {
  /**
   * Of the state.
   */
  'zxid': (Long);
  /**
   * Parents before their children.
   */
  'events': (WatchEvent__Output)[];
}

/**
 * The watch has ended: changes up to `zxid` may be missing. Read anew, then resume from `zxid`.
 */
export interface WatchLost {
  /**
   * A fresh place to resume from.
   */
  'zxid'?: (number | string | Long);
  /**
   * The earliest place that can be resumed from.
   */
  'oldest'?: (number | string | Long);
  /**
   * Why.
   */
  'reason'?: (WatchLostReason);
}

/**
 * The watch has ended: changes up to `zxid` may be missing. Read anew, then resume from `zxid`.
 */
export interface WatchLost__Output {
  /**
   * A fresh place to resume from.
   */
  'zxid': (Long);
  /**
   * The earliest place that can be resumed from.
   */
  'oldest': (Long);
  /**
   * Why.
   */
  'reason': (WatchLostReason__Output);
}

/**
 * Why a watch was lost.
 */
export const WatchLostReason = {
  /**
   * Not known.
   */
  WATCH_LOST_REASON_UNSPECIFIED: 'WATCH_LOST_REASON_UNSPECIFIED',
  /**
   * No log reaches back to the place that was asked for.
   */
  WATCH_LOST_REASON_COMPACTED: 'WATCH_LOST_REASON_COMPACTED',
  /**
   * The reader was too slow.
   */
  WATCH_LOST_REASON_SLOW: 'WATCH_LOST_REASON_SLOW',
} as const;

/**
 * Why a watch was lost.
 */
export type WatchLostReason =
  /**
   * Not known.
   */
  | 'WATCH_LOST_REASON_UNSPECIFIED'
  | 0
  /**
   * No log reaches back to the place that was asked for.
   */
  | 'WATCH_LOST_REASON_COMPACTED'
  | 1
  /**
   * The reader was too slow.
   */
  | 'WATCH_LOST_REASON_SLOW'
  | 2

/**
 * Why a watch was lost.
 */
export type WatchLostReason__Output = typeof WatchLostReason[keyof typeof WatchLostReason]

/**
 * See `WatchService.Watch`.
 */
export interface WatchRequest {
  /**
   * The znode; it need not exist.
   */
  'path'?: (string);
  /**
   * Also everything below it; such a watch has no `CHILDREN_CHANGED`.
   */
  'recursive'?: (boolean);
  /**
   * Resumes: everything after this place, out of the log. Absent: from now on. Excludes `initial`.
   */
  'after'?: (StreamPosition | null);
  /**
   * First what is there now, as `CREATED` events.
   */
  'initial'?: (boolean);
  /**
   * Events carry data.
   */
  'withData'?: (boolean);
}

/**
 * See `WatchService.Watch`.
 */
export interface WatchRequest__Output {
  /**
   * The znode; it need not exist.
   */
  'path': (string);
  /**
   * Also everything below it; such a watch has no `CHILDREN_CHANGED`.
   */
  'recursive': (boolean);
  /**
   * Resumes: everything after this place, out of the log. Absent: from now on. Excludes `initial`.
   */
  'after': (StreamPosition__Output | null);
  /**
   * First what is there now, as `CREATED` events.
   */
  'initial': (boolean);
  /**
   * Events carry data.
   */
  'withData': (boolean);
}

/**
 * See `WatchService.Watch`.
 */
export interface WatchResponse {
  /**
   * Changes.
   */
  'events'?: (WatchEvents | null);
  /**
   * Part of what was there at the beginning.
   */
  'initial'?: (WatchInitial | null);
  /**
   * From here on it is live.
   */
  'synced'?: (WatchSynced | null);
  /**
   * A fresh place.
   */
  'bookmark'?: (WatchBookmark | null);
  /**
   * Nothing more will come.
   */
  'lost'?: (WatchLost | null);
  /**
   * What happened.
   */
  'item'?: "events"|"initial"|"synced"|"bookmark"|"lost";
}

/**
 * See `WatchService.Watch`.
 */
export interface WatchResponse__Output {
  /**
   * Changes.
   */
  'events'?: (WatchEvents__Output | null);
  /**
   * Part of what was there at the beginning.
   */
  'initial'?: (WatchInitial__Output | null);
  /**
   * From here on it is live.
   */
  'synced'?: (WatchSynced__Output | null);
  /**
   * A fresh place.
   */
  'bookmark'?: (WatchBookmark__Output | null);
  /**
   * Nothing more will come.
   */
  'lost'?: (WatchLost__Output | null);
  /**
   * What happened.
   */
  'item'?: "events"|"initial"|"synced"|"bookmark"|"lost";
}

export interface WatchServiceDefinition extends grpc.ServiceDefinition {
  Watch: MethodDefinition<WatchRequest, WatchResponse, WatchRequest__Output, WatchResponse__Output>
}

/**
 * All that was there up to this place has been sent; from here on it is live. Once per watch.
 */
export interface WatchSynced {
  /**
   * A place to resume from.
   */
  'zxid'?: (number | string | Long);
}

/**
 * All that was there up to this place has been sent; from here on it is live. Once per watch.
 */
export interface WatchSynced__Output {
  /**
   * A place to resume from.
   */
  'zxid': (Long);
}
