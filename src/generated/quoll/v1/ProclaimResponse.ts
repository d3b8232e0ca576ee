// Original file: proto/quoll/v1/election.proto

import type { LockStatus as _quoll_v1_LockStatus, LockStatus__Output as _quoll_v1_LockStatus__Output } from '../../quoll/v1/LockStatus.ts';
import type { AnswerMeta as _quoll_v1_AnswerMeta, AnswerMeta__Output as _quoll_v1_AnswerMeta__Output } from '../../quoll/v1/AnswerMeta.ts';

/**
 * See `ElectionService.Proclaim`.
 */
export interface ProclaimResponse {
  /**
   * Still leading.
   */
  'status'?: (_quoll_v1_LockStatus | null);
  /**
   * About the peer.
   */
  'meta'?: (_quoll_v1_AnswerMeta | null);
}

/**
 * See `ElectionService.Proclaim`.
 */
export interface ProclaimResponse__Output {
  /**
   * Still leading.
   */
  'status': (_quoll_v1_LockStatus__Output | null);
  /**
   * About the peer.
   */
  'meta': (_quoll_v1_AnswerMeta__Output | null);
}
