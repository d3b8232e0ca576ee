// Original file: proto/quoll/v1/watch.proto

import type { WatchEventType as _quoll_v1_WatchEventType, WatchEventType__Output as _quoll_v1_WatchEventType__Output } from '../../quoll/v1/WatchEventType.ts';
import type { Stat as _quoll_v1_Stat, Stat__Output as _quoll_v1_Stat__Output } from '../../quoll/v1/Stat.ts';

/**
 * What one txn did to one znode.
 */
export interface WatchEvent {
  /**
   * What.
   */
  'type'?: (_quoll_v1_WatchEventType);
  /**
   * To which znode.
   */
  'path'?: (string);
  /**
   * Just after the change, of a deleted znode just before; absent for `CHILDREN_CHANGED`.
   */
  'stat'?: (_quoll_v1_Stat | null);
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
  'type': (_quoll_v1_WatchEventType__Output);
  /**
   * To which znode.
   */
  'path': (string);
  /**
   * Just after the change, of a deleted znode just before; absent for `CHILDREN_CHANGED`.
   */
  'stat': (_quoll_v1_Stat__Output | null);
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
