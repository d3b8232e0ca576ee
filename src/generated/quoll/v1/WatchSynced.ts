// Original file: proto/quoll/v1/watch.proto

import type { Long } from '@grpc/proto-loader';

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
