// Original file: proto/quoll/v1/session.proto

import type { WatchEventType as _quoll_v1_WatchEventType, WatchEventType__Output as _quoll_v1_WatchEventType__Output } from '../../quoll/v1/WatchEventType.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * A one-shot watch has fired, and is gone.
 */
export interface FiredWatch {
  /**
   * Of the txn.
   */
  'zxid'?: (number | string | Long);
  /**
   * What happened.
   */
  'type'?: (_quoll_v1_WatchEventType);
  /**
   * To which znode.
   */
  'path'?: (string);
}

/**
 * A one-shot watch has fired, and is gone.
 */
export interface FiredWatch__Output {
  /**
   * Of the txn.
   */
  'zxid': (Long);
  /**
   * What happened.
   */
  'type': (_quoll_v1_WatchEventType__Output);
  /**
   * To which znode.
   */
  'path': (string);
}
