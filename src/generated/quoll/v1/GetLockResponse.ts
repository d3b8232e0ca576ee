// Original file: proto/quoll/v1/lock.proto

import type { LockDialect as _quoll_v1_LockDialect, LockDialect__Output as _quoll_v1_LockDialect__Output } from '../../quoll/v1/LockDialect.ts';
import type { Contender as _quoll_v1_Contender, Contender__Output as _quoll_v1_Contender__Output } from '../../quoll/v1/Contender.ts';
import type { AnswerMeta as _quoll_v1_AnswerMeta, AnswerMeta__Output as _quoll_v1_AnswerMeta__Output } from '../../quoll/v1/AnswerMeta.ts';

/**
 * See `LockService.GetLock`.
 */
export interface GetLockResponse {
  /**
   * The queue's znode.
   */
  'path'?: (string);
  /**
   * Unspecified while the queue is empty.
   */
  'dialect'?: (_quoll_v1_LockDialect);
  /**
   * In the order of the queue.
   */
  'contenders'?: (_quoll_v1_Contender)[];
  /**
   * About the peer.
   */
  'meta'?: (_quoll_v1_AnswerMeta | null);
}

/**
 * See `LockService.GetLock`.
 */
export interface GetLockResponse__Output {
  /**
   * The queue's znode.
   */
  'path': (string);
  /**
   * Unspecified while the queue is empty.
   */
  'dialect': (_quoll_v1_LockDialect__Output);
  /**
   * In the order of the queue.
   */
  'contenders': (_quoll_v1_Contender__Output)[];
  /**
   * About the peer.
   */
  'meta': (_quoll_v1_AnswerMeta__Output | null);
}
