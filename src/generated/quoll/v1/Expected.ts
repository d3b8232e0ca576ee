// Original file: proto/quoll/v1/znode.proto

import type { Long } from '@grpc/proto-loader';

/**
 * A precondition on a znode.
 */
export interface Expected {
  /**
   * Of its data; -1: any.
   */
  'version'?: (number);
  /**
   * Tells a znode from another one that was deleted and made again under its name; 0: any.
   */
  'czxid'?: (number | string | Long);
}

/**
 * A precondition on a znode.
 */
export interface Expected__Output {
  /**
   * Of its data; -1: any.
   */
  'version': (number);
  /**
   * Tells a znode from another one that was deleted and made again under its name; 0: any.
   */
  'czxid': (Long);
}
