// Original file: proto/quoll/v1/lock.proto

import type { LockMode as _quoll_v1_LockMode, LockMode__Output as _quoll_v1_LockMode__Output } from '../../quoll/v1/LockMode.ts';
import type { LockDialect as _quoll_v1_LockDialect, LockDialect__Output as _quoll_v1_LockDialect__Output } from '../../quoll/v1/LockDialect.ts';

/**
 * See `LockService.AcquireLock`.
 */
export interface AcquireLockRequest {
  /**
   * One name, without "/": the queue is `/locks/<name>`.
   */
  'name'?: (string);
  /**
   * Chosen at random (128 bits) it makes acquiring idempotent; empty: the peer chooses, and a lost answer costs the place.
   */
  'lockId'?: (string);
  /**
   * By default exclusive.
   */
  'mode'?: (_quoll_v1_LockMode);
  /**
   * Of a semaphore: how many hold at a time.
   */
  'permits'?: (number);
  /**
   * By default what the queue speaks.
   */
  'dialect'?: (_quoll_v1_LockDialect);
  /**
   * Of a session of the lock's own; 0: the caller's session, or a default without one. Up to 24 hours.
   */
  'ttlMs'?: (number);
  /**
   * How long to wait for the grant; 0: not at all. The call's deadline should be later.
   */
  'waitMs'?: (number);
  /**
   * `LOCKHELD` unless it is granted at once; nothing is queued.
   */
  'tryOnly'?: (boolean);
  /**
   * A call that is cancelled gives its place up; otherwise it is kept.
   */
  'abandonOnCancel'?: (boolean);
}

/**
 * See `LockService.AcquireLock`.
 */
export interface AcquireLockRequest__Output {
  /**
   * One name, without "/": the queue is `/locks/<name>`.
   */
  'name': (string);
  /**
   * Chosen at random (128 bits) it makes acquiring idempotent; empty: the peer chooses, and a lost answer costs the place.
   */
  'lockId': (string);
  /**
   * By default exclusive.
   */
  'mode': (_quoll_v1_LockMode__Output);
  /**
   * Of a semaphore: how many hold at a time.
   */
  'permits': (number);
  /**
   * By default what the queue speaks.
   */
  'dialect': (_quoll_v1_LockDialect__Output);
  /**
   * Of a session of the lock's own; 0: the caller's session, or a default without one. Up to 24 hours.
   */
  'ttlMs': (number);
  /**
   * How long to wait for the grant; 0: not at all. The call's deadline should be later.
   */
  'waitMs': (number);
  /**
   * `LOCKHELD` unless it is granted at once; nothing is queued.
   */
  'tryOnly': (boolean);
  /**
   * A call that is cancelled gives its place up; otherwise it is kept.
   */
  'abandonOnCancel': (boolean);
}
