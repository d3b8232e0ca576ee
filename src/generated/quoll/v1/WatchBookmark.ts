// Original file: proto/quoll/v1/watch.proto

import type { Long } from '@grpc/proto-loader';

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
