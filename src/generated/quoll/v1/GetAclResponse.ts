// Original file: proto/quoll/v1/znode.proto

import type { AclEntry as _quoll_v1_AclEntry, AclEntry__Output as _quoll_v1_AclEntry__Output } from '../../quoll/v1/AclEntry.ts';
import type { Stat as _quoll_v1_Stat, Stat__Output as _quoll_v1_Stat__Output } from '../../quoll/v1/Stat.ts';
import type { AnswerMeta as _quoll_v1_AnswerMeta, AnswerMeta__Output as _quoll_v1_AnswerMeta__Output } from '../../quoll/v1/AnswerMeta.ts';

/**
 * See `ZnodeService.GetAcl`.
 */
export interface GetAclResponse {
  /**
   * The whole list.
   */
  'acl'?: (_quoll_v1_AclEntry)[];
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
 * See `ZnodeService.GetAcl`.
 */
export interface GetAclResponse__Output {
  /**
   * The whole list.
   */
  'acl': (_quoll_v1_AclEntry__Output)[];
  /**
   * Of the znode.
   */
  'stat': (_quoll_v1_Stat__Output | null);
  /**
   * About the peer.
   */
  'meta': (_quoll_v1_AnswerMeta__Output | null);
}
