// Original file: proto/quoll/v1/watch.proto

import type { WatchEvents as _quoll_v1_WatchEvents, WatchEvents__Output as _quoll_v1_WatchEvents__Output } from '../../quoll/v1/WatchEvents.ts';
import type { WatchInitial as _quoll_v1_WatchInitial, WatchInitial__Output as _quoll_v1_WatchInitial__Output } from '../../quoll/v1/WatchInitial.ts';
import type { WatchSynced as _quoll_v1_WatchSynced, WatchSynced__Output as _quoll_v1_WatchSynced__Output } from '../../quoll/v1/WatchSynced.ts';
import type { WatchBookmark as _quoll_v1_WatchBookmark, WatchBookmark__Output as _quoll_v1_WatchBookmark__Output } from '../../quoll/v1/WatchBookmark.ts';
import type { WatchLost as _quoll_v1_WatchLost, WatchLost__Output as _quoll_v1_WatchLost__Output } from '../../quoll/v1/WatchLost.ts';

/**
 * See `WatchService.Watch`.
 */
export interface WatchResponse {
  /**
   * Changes.
   */
  'events'?: (_quoll_v1_WatchEvents | null);
  /**
   * Part of what was there at the beginning.
   */
  'initial'?: (_quoll_v1_WatchInitial | null);
  /**
   * From here on it is live.
   */
  'synced'?: (_quoll_v1_WatchSynced | null);
  /**
   * A fresh place.
   */
  'bookmark'?: (_quoll_v1_WatchBookmark | null);
  /**
   * Nothing more will come.
   */
  'lost'?: (_quoll_v1_WatchLost | null);
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
  'events'?: (_quoll_v1_WatchEvents__Output | null);
  /**
   * Part of what was there at the beginning.
   */
  'initial'?: (_quoll_v1_WatchInitial__Output | null);
  /**
   * From here on it is live.
   */
  'synced'?: (_quoll_v1_WatchSynced__Output | null);
  /**
   * A fresh place.
   */
  'bookmark'?: (_quoll_v1_WatchBookmark__Output | null);
  /**
   * Nothing more will come.
   */
  'lost'?: (_quoll_v1_WatchLost__Output | null);
  /**
   * What happened.
   */
  'item'?: "events"|"initial"|"synced"|"bookmark"|"lost";
}
