// Original file: proto/quoll/v1/watch.proto

import type { WatchEvent as _quoll_v1_WatchEvent, WatchEvent__Output as _quoll_v1_WatchEvent__Output } from '../../quoll/v1/WatchEvent.ts';
import type { Long } from '@grpc/proto-loader';

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
  'events'?: (_quoll_v1_WatchEvent)[];
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
  'events': (_quoll_v1_WatchEvent__Output)[];
}
