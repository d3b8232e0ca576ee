// Original file: proto/quoll/v1/znode.proto

import type { Long } from '@grpc/proto-loader';

/**
 * A guard: fails as `FENCED` unless the token is that of a current holder. Changes nothing.
 */
export interface CheckLockOp {
  /**
   * `/locks/<name>` or `/elections/<name>`.
   */
  'queue'?: (string);
  /**
   * As it was granted.
   */
  'fencingToken'?: (number | string | Long);
}

/**
 * A guard: fails as `FENCED` unless the token is that of a current holder. Changes nothing.
 */
export interface CheckLockOp__Output {
  /**
   * `/locks/<name>` or `/elections/<name>`.
   */
  'queue': (string);
  /**
   * As it was granted.
   */
  'fencingToken': (Long);
}
