// Original file: proto/quoll/v1/session.proto

import type { AnswerMeta as _quoll_v1_AnswerMeta, AnswerMeta__Output as _quoll_v1_AnswerMeta__Output } from '../../quoll/v1/AnswerMeta.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * See `SessionService.OpenSession`.
 */
export interface OpenSessionResponse {
  /**
   * The session.
   */
  'sessionId'?: (number | string | Long);
  /**
   * What proves that it is the caller's.
   */
  'secret'?: (Buffer | Uint8Array | string);
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
 * See `SessionService.OpenSession`.
 */
export interface OpenSessionResponse__Output {
  /**
   * The session.
   */
  'sessionId': (Long);
  /**
   * What proves that it is the caller's.
   */
  'secret': (Buffer);
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
