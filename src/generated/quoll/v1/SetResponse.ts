// Original file: proto/quoll/v1/znode.proto

import type { Stat as _quoll_v1_Stat, Stat__Output as _quoll_v1_Stat__Output } from '../../quoll/v1/Stat.ts';
import type { AnswerMeta as _quoll_v1_AnswerMeta, AnswerMeta__Output as _quoll_v1_AnswerMeta__Output } from '../../quoll/v1/AnswerMeta.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * See `ZnodeService.Set`.
 */
export interface SetResponse {
  /**
   * After the change.
   */
  'stat'?: (_quoll_v1_Stat | null);
  /**
   * The znode was made by this.
   */
  'created'?: (boolean);
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
 * See `ZnodeService.Set`.
 */
export interface SetResponse__Output {
  /**
   * After the change.
   */
  'stat': (_quoll_v1_Stat__Output | null);
  /**
   * The znode was made by this.
   */
  'created': (boolean);
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
