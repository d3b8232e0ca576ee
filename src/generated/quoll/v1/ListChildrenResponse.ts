// Original file: proto/quoll/v1/znode.proto

import type { Child as _quoll_v1_Child, Child__Output as _quoll_v1_Child__Output } from '../../quoll/v1/Child.ts';
import type { Stat as _quoll_v1_Stat, Stat__Output as _quoll_v1_Stat__Output } from '../../quoll/v1/Stat.ts';
import type { AnswerMeta as _quoll_v1_AnswerMeta, AnswerMeta__Output as _quoll_v1_AnswerMeta__Output } from '../../quoll/v1/AnswerMeta.ts';

/**
 * See `ZnodeService.ListChildren`.
 */
export interface ListChildrenResponse {
  /**
   * In the order of their names' code points.
   */
  'children'?: (_quoll_v1_Child)[];
  /**
   * More names follow the last one: ask again with `after`.
   */
  'more'?: (boolean);
  /**
   * Of the parent: another `pzxid` or `czxid` than on the page before means that the list has moved.
   */
  'stat'?: (_quoll_v1_Stat | null);
  /**
   * About the peer.
   */
  'meta'?: (_quoll_v1_AnswerMeta | null);
}

/**
 * See `ZnodeService.ListChildren`.
 */
export interface ListChildrenResponse__Output {
  /**
   * In the order of their names' code points.
   */
  'children': (_quoll_v1_Child__Output)[];
  /**
   * More names follow the last one: ask again with `after`.
   */
  'more': (boolean);
  /**
   * Of the parent: another `pzxid` or `czxid` than on the page before means that the list has moved.
   */
  'stat': (_quoll_v1_Stat__Output | null);
  /**
   * About the peer.
   */
  'meta': (_quoll_v1_AnswerMeta__Output | null);
}
