// Original file: proto/quoll/v1/lock.proto

import type { AnswerMeta as _quoll_v1_AnswerMeta, AnswerMeta__Output as _quoll_v1_AnswerMeta__Output } from '../../quoll/v1/AnswerMeta.ts';

/**
 * See `LockService.ReleaseLock`.
 */
export interface ReleaseLockResponse {
  /**
   * About the peer.
   */
  'meta'?: (_quoll_v1_AnswerMeta | null);
}

/**
 * See `LockService.ReleaseLock`.
 */
export interface ReleaseLockResponse__Output {
  /**
   * About the peer.
   */
  'meta': (_quoll_v1_AnswerMeta__Output | null);
}
