// Original file: proto/quoll/v1/znode.proto

import type { AnswerMeta as _quoll_v1_AnswerMeta, AnswerMeta__Output as _quoll_v1_AnswerMeta__Output } from '../../quoll/v1/AnswerMeta.ts';

/**
 * See `ZnodeService.Sync`.
 */
export interface SyncResponse {
  /**
   * About the peer: its `zxid` is the point that was reached.
   */
  'meta'?: (_quoll_v1_AnswerMeta | null);
}

/**
 * See `ZnodeService.Sync`.
 */
export interface SyncResponse__Output {
  /**
   * About the peer: its `zxid` is the point that was reached.
   */
  'meta': (_quoll_v1_AnswerMeta__Output | null);
}
