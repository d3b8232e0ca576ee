// Original file: proto/quoll/v1/watch.proto

import type { Long } from '@grpc/proto-loader';

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
