// Original file: proto/quoll/v1/watch.proto

import type { WatchLostReason as _quoll_v1_WatchLostReason, WatchLostReason__Output as _quoll_v1_WatchLostReason__Output } from '../../quoll/v1/WatchLostReason.ts';
import type { Long } from '@grpc/proto-loader';

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
  'reason'?: (_quoll_v1_WatchLostReason);
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
  'reason': (_quoll_v1_WatchLostReason__Output);
}
