// Original file: proto/quoll/v1/session.proto

import type { AnswerMeta as _quoll_v1_AnswerMeta, AnswerMeta__Output as _quoll_v1_AnswerMeta__Output } from '../../quoll/v1/AnswerMeta.ts';

/**
 * See `SessionService.TouchSession`.
 */
export interface TouchSessionResponse {
  /**
   * As negotiated.
   */
  'timeoutMs'?: (number);
  /**
   * Milliseconds, from the last touch that the leader confirmed.
   */
  'expiresInMs'?: (number);
  /**
   * About the peer.
   */
  'meta'?: (_quoll_v1_AnswerMeta | null);
}

/**
 * See `SessionService.TouchSession`.
 */
export interface TouchSessionResponse__Output {
  /**
   * As negotiated.
   */
  'timeoutMs': (number);
  /**
   * Milliseconds, from the last touch that the leader confirmed.
   */
  'expiresInMs': (number);
  /**
   * About the peer.
   */
  'meta': (_quoll_v1_AnswerMeta__Output | null);
}
