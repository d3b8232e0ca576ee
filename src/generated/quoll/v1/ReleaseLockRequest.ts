// Original file: proto/quoll/v1/lock.proto

import type { Long } from '@grpc/proto-loader';

/**
 * See `LockService.ReleaseLock`.
 */
export interface ReleaseLockRequest {
  /**
   * As in `AcquireLockRequest`.
   */
  'name'?: (string);
  /**
   * As it was answered.
   */
  'lockId'?: (string);
  /**
   * As it was granted: another one is refused as `FENCED`. 0: not looked at.
   */
  'fencingToken'?: (number | string | Long);
}

/**
 * See `LockService.ReleaseLock`.
 */
export interface ReleaseLockRequest__Output {
  /**
   * As in `AcquireLockRequest`.
   */
  'name': (string);
  /**
   * As it was answered.
   */
  'lockId': (string);
  /**
   * As it was granted: another one is refused as `FENCED`. 0: not looked at.
   */
  'fencingToken': (Long);
}
