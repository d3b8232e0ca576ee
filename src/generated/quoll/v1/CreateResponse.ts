// Original file: proto/quoll/v1/znode.proto

import type { Stat as _quoll_v1_Stat, Stat__Output as _quoll_v1_Stat__Output } from '../../quoll/v1/Stat.ts';
import type { AnswerMeta as _quoll_v1_AnswerMeta, AnswerMeta__Output as _quoll_v1_AnswerMeta__Output } from '../../quoll/v1/AnswerMeta.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * See `ZnodeService.Create`.
 */
export interface CreateResponse {
  /**
   * With its sequence number, if it got one.
   */
  'path'?: (string);
  /**
   * Of the new znode.
   */
  'stat'?: (_quoll_v1_Stat | null);
  /**
   * Of the txn.
   */
  'zxid'?: (number | string | Long);
  /**
   * An idempotency key found an earlier request: this is its answer.
   */
  'replayed'?: (boolean);
  /**
   * About the peer.
   */
  'meta'?: (_quoll_v1_AnswerMeta | null);
}

/**
 * See `ZnodeService.Create`.
 */
export interface CreateResponse__Output {
  /**
   * With its sequence number, if it got one.
   */
  'path': (string);
  /**
   * Of the new znode.
   */
  'stat': (_quoll_v1_Stat__Output | null);
  /**
   * Of the txn.
   */
  'zxid': (Long);
  /**
   * An idempotency key found an earlier request: this is its answer.
   */
  'replayed': (boolean);
  /**
   * About the peer.
   */
  'meta': (_quoll_v1_AnswerMeta__Output | null);
}
