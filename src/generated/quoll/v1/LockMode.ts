// Original file: proto/quoll/v1/lock.proto

/**
 * How a lock is shared.
 */
export const LockMode = {
  /**
   * Exclusive.
   */
  LOCK_MODE_UNSPECIFIED: 'LOCK_MODE_UNSPECIFIED',
  /**
   * Nobody else.
   */
  LOCK_MODE_EXCLUSIVE: 'LOCK_MODE_EXCLUSIVE',
  /**
   * With other readers.
   */
  LOCK_MODE_READ: 'LOCK_MODE_READ',
  /**
   * Exclusive, by another name.
   */
  LOCK_MODE_WRITE: 'LOCK_MODE_WRITE',
  /**
   * With others up to a number.
   */
  LOCK_MODE_SEMAPHORE: 'LOCK_MODE_SEMAPHORE',
} as const;

/**
 * How a lock is shared.
 */
export type LockMode =
  /**
   * Exclusive.
   */
  | 'LOCK_MODE_UNSPECIFIED'
  | 0
  /**
   * Nobody else.
   */
  | 'LOCK_MODE_EXCLUSIVE'
  | 1
  /**
   * With other readers.
   */
  | 'LOCK_MODE_READ'
  | 2
  /**
   * Exclusive, by another name.
   */
  | 'LOCK_MODE_WRITE'
  | 3
  /**
   * With others up to a number.
   */
  | 'LOCK_MODE_SEMAPHORE'
  | 4

/**
 * How a lock is shared.
 */
export type LockMode__Output = typeof LockMode[keyof typeof LockMode]
