// Original file: proto/quoll/v1/lock.proto

import type { Long } from '@grpc/proto-loader';

/**
 * See `LockService.CheckLock`.
 */
export interface CheckLockRequest {
  /**
   * As in `AcquireLockRequest`.
   */
  'name'?: (string);
  /**
   * To be checked.
   */
  'fencingToken'?: (number | string | Long);
}

/**
 * See `LockService.CheckLock`.
 */
export interface CheckLockRequest__Output {
  /**
   * As in `AcquireLockRequest`.
   */
  'name': (string);
  /**
   * To be checked.
   */
  'fencingToken': (Long);
}
