// Original file: proto/quoll/v1/session.proto

import type { AnswerMeta as _quoll_v1_AnswerMeta, AnswerMeta__Output as _quoll_v1_AnswerMeta__Output } from '../../quoll/v1/AnswerMeta.ts';

/**
 * See `SessionService.CloseSession`.
 */
export interface CloseSessionResponse {
  /**
   * About the peer.
   */
  'meta'?: (_quoll_v1_AnswerMeta | null);
}

/**
 * See `SessionService.CloseSession`.
 */
export interface CloseSessionResponse__Output {
  /**
   * About the peer.
   */
  'meta': (_quoll_v1_AnswerMeta__Output | null);
}
