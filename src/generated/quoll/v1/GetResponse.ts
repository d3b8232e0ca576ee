// Original file: proto/quoll/v1/znode.proto

import type { Stat as _quoll_v1_Stat, Stat__Output as _quoll_v1_Stat__Output } from '../../quoll/v1/Stat.ts';
import type { AnswerMeta as _quoll_v1_AnswerMeta, AnswerMeta__Output as _quoll_v1_AnswerMeta__Output } from '../../quoll/v1/AnswerMeta.ts';

/**
 * See `ZnodeService.Get`.
 */
export interface GetResponse {
  /**
   * The data.
   */
  'data'?: (Buffer | Uint8Array | string);
  /**
   * True when the data is null, which ZooKeeper tells from empty.
   */
  'nullData'?: (boolean);
  /**
   * Of the znode.
   */
  'stat'?: (_quoll_v1_Stat | null);
  /**
   * About the peer.
   */
  'meta'?: (_quoll_v1_AnswerMeta | null);
}

/**
 * See `ZnodeService.Get`.
 */
export interface GetResponse__Output {
  /**
   * The data.
   */
  'data': (Buffer);
  /**
   * True when the data is null, which ZooKeeper tells from empty.
   */
  'nullData': (boolean);
  /**
   * Of the znode.
   */
  'stat': (_quoll_v1_Stat__Output | null);
  /**
   * About the peer.
   */
  'meta': (_quoll_v1_AnswerMeta__Output | null);
}
