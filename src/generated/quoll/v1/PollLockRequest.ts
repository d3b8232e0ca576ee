// Original file: proto/quoll/v1/lock.proto


/**
 * See `LockService.PollLock`.
 */
export interface PollLockRequest {
  /**
   * As in `AcquireLockRequest`.
   */
  'name'?: (string);
  /**
   * As it was answered.
   */
  'lockId'?: (string);
  /**
   * How long to wait for the grant; 0: not at all.
   */
  'waitMs'?: (number);
}

/**
 * See `LockService.PollLock`.
 */
export interface PollLockRequest__Output {
  /**
   * As in `AcquireLockRequest`.
   */
  'name': (string);
  /**
   * As it was answered.
   */
  'lockId': (string);
  /**
   * How long to wait for the grant; 0: not at all.
   */
  'waitMs': (number);
}
