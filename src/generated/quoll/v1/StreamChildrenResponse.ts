// Original file: proto/quoll/v1/znode.proto

import type { Child as _quoll_v1_Child, Child__Output as _quoll_v1_Child__Output } from '../../quoll/v1/Child.ts';
import type { Stat as _quoll_v1_Stat, Stat__Output as _quoll_v1_Stat__Output } from '../../quoll/v1/Stat.ts';
import type { AnswerMeta as _quoll_v1_AnswerMeta, AnswerMeta__Output as _quoll_v1_AnswerMeta__Output } from '../../quoll/v1/AnswerMeta.ts';

/**
 * See `ZnodeService.StreamChildren`.
 */
export interface StreamChildrenResponse {
  /**
   * A page of them, in the order of their names' code points.
   */
  'children'?: (_quoll_v1_Child)[];
  /**
   * Of the parent.
   */
  'stat'?: (_quoll_v1_Stat | null);
  /**
   * The list has moved since the first page.
   */
  'moved'?: (boolean);
  /**
   * About the peer.
   */
  'meta'?: (_quoll_v1_AnswerMeta | null);
}

/**
 * See `ZnodeService.StreamChildren`.
 */
export interface StreamChildrenResponse__Output {
  /**
   * A page of them, in the order of their names' code points.
   */
  'children': (_quoll_v1_Child__Output)[];
  /**
   * Of the parent.
   */
  'stat': (_quoll_v1_Stat__Output | null);
  /**
   * The list has moved since the first page.
   */
  'moved': (boolean);
  /**
   * About the peer.
   */
  'meta': (_quoll_v1_AnswerMeta__Output | null);
}
