// Original file: proto/quoll/v1/lock.proto


/**
 * See `LockService.GetLock`.
 */
export interface GetLockRequest {
  /**
   * As in `AcquireLockRequest`.
   */
  'name'?: (string);
}

/**
 * See `LockService.GetLock`.
 */
export interface GetLockRequest__Output {
  /**
   * As in `AcquireLockRequest`.
   */
  'name': (string);
}
