// Original file: proto/quoll/v1/znode.proto

import type { TxnResult as _quoll_v1_TxnResult, TxnResult__Output as _quoll_v1_TxnResult__Output } from '../../quoll/v1/TxnResult.ts';
import type { AnswerMeta as _quoll_v1_AnswerMeta, AnswerMeta__Output as _quoll_v1_AnswerMeta__Output } from '../../quoll/v1/AnswerMeta.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * See `ZnodeService.Txn`.
 */
export interface TxnResponse {
  /**
   * One for each operation of the branch that was done.
   */
  'results'?: (_quoll_v1_TxnResult)[];
  /**
   * It was `or_else`.
   */
  'isOrElse'?: (boolean);
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
 * See `ZnodeService.Txn`.
 */
export interface TxnResponse__Output {
  /**
   * One for each operation of the branch that was done.
   */
  'results': (_quoll_v1_TxnResult__Output)[];
  /**
   * It was `or_else`.
   */
  'isOrElse': (boolean);
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
