// Original file: proto/quoll/v1/watch.proto

import type { WatchEvent as _quoll_v1_WatchEvent, WatchEvent__Output as _quoll_v1_WatchEvent__Output } from '../../quoll/v1/WatchEvent.ts';
import type { Long } from '@grpc/proto-loader';

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
  'events'?: (_quoll_v1_WatchEvent)[];
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
  'events': (_quoll_v1_WatchEvent__Output)[];
}
