// Original file: proto/quoll/v1/lock.proto

import type { LockMode as _quoll_v1_LockMode, LockMode__Output as _quoll_v1_LockMode__Output } from '../../quoll/v1/LockMode.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Where a contender stands.
 */
export interface LockStatus {
  /**
   * It holds the lock. Said only after a barrier that began after the grant was seen.
   */
  'granted'?: (boolean);
  /**
   * The capability to poll, renew and release.
   */
  'lockId'?: (string);
  /**
   * The session that the contender lives in.
   */
  'sessionId'?: (number | string | Long);
  /**
   * Of the contender's znode.
   */
  'path'?: (string);
  /**
   * As it was asked for.
   */
  'mode'?: (_quoll_v1_LockMode);
  /**
   * Once granted: grows with every grant of an exclusive lock, for ever.
   */
  'fencingToken'?: (number | string | Long);
  /**
   * Contenders that it waits for.
   */
  'ahead'?: (number);
  /**
   * Milliseconds until it ends unless it is renewed, from the last touch that the leader confirmed.
   */
  'expiresInMs'?: (number);
}

/**
 * Where a contender stands.
 */
export interface LockStatus__Output {
  /**
   * It holds the lock. Said only after a barrier that began after the grant was seen.
   */
  'granted': (boolean);
  /**
   * The capability to poll, renew and release.
   */
  'lockId': (string);
  /**
   * The session that the contender lives in.
   */
  'sessionId': (Long);
  /**
   * Of the contender's znode.
   */
  'path': (string);
  /**
   * As it was asked for.
   */
  'mode': (_quoll_v1_LockMode__Output);
  /**
   * Once granted: grows with every grant of an exclusive lock, for ever.
   */
  'fencingToken': (Long);
  /**
   * Contenders that it waits for.
   */
  'ahead': (number);
  /**
   * Milliseconds until it ends unless it is renewed, from the last touch that the leader confirmed.
   */
  'expiresInMs': (number);
}
