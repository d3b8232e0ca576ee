// Original file: proto/quoll/v1/lock.proto

import type { AnswerMeta as _quoll_v1_AnswerMeta, AnswerMeta__Output as _quoll_v1_AnswerMeta__Output } from '../../quoll/v1/AnswerMeta.ts';

/**
 * See `LockService.CheckLock`.
 */
export interface CheckLockResponse {
  /**
   * About the peer.
   */
  'meta'?: (_quoll_v1_AnswerMeta | null);
}

/**
 * See `LockService.CheckLock`.
 */
export interface CheckLockResponse__Output {
  /**
   * About the peer.
   */
  'meta': (_quoll_v1_AnswerMeta__Output | null);
}
