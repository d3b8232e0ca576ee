// Original file: proto/quoll/v1/znode.proto

import type { AnswerMeta as _quoll_v1_AnswerMeta, AnswerMeta__Output as _quoll_v1_AnswerMeta__Output } from '../../quoll/v1/AnswerMeta.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * See `ZnodeService.Delete`.
 */
export interface DeleteResponse {
  /**
   * How many znodes.
   */
  'deleted'?: (number);
  /**
   * Of the txn.
   */
  'zxid'?: (number | string | Long);
  /**
   * See `CreateResponse`.
   */
  'replayed'?: (boolean);
  /**
   * About the peer.
   */
  'meta'?: (_quoll_v1_AnswerMeta | null);
}

/**
 * See `ZnodeService.Delete`.
 */
export interface DeleteResponse__Output {
  /**
   * How many znodes.
   */
  'deleted': (number);
  /**
   * Of the txn.
   */
  'zxid': (Long);
  /**
   * See `CreateResponse`.
   */
  'replayed': (boolean);
  /**
   * About the peer.
   */
  'meta': (_quoll_v1_AnswerMeta__Output | null);
}
