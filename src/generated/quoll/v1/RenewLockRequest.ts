// Original file: proto/quoll/v1/lock.proto


/**
 * See `LockService.RenewLock`.
 */
export interface RenewLockRequest {
  /**
   * As in `AcquireLockRequest`.
   */
  'name'?: (string);
  /**
   * As it was answered.
   */
  'lockId'?: (string);
}

/**
 * See `LockService.RenewLock`.
 */
export interface RenewLockRequest__Output {
  /**
   * As in `AcquireLockRequest`.
   */
  'name': (string);
  /**
   * As it was answered.
   */
  'lockId': (string);
}
