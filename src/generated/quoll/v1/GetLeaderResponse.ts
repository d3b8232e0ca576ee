// Original file: proto/quoll/v1/election.proto

import type { Leadership as _quoll_v1_Leadership, Leadership__Output as _quoll_v1_Leadership__Output } from '../../quoll/v1/Leadership.ts';
import type { AnswerMeta as _quoll_v1_AnswerMeta, AnswerMeta__Output as _quoll_v1_AnswerMeta__Output } from '../../quoll/v1/AnswerMeta.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * See `ElectionService.GetLeader`.
 */
export interface GetLeaderResponse {
  /**
   * Absent while nobody leads.
   */
  'leader'?: (_quoll_v1_Leadership | null);
  /**
   * Of the state that this was read from.
   */
  'zxid'?: (number | string | Long);
  /**
   * About the peer.
   */
  'meta'?: (_quoll_v1_AnswerMeta | null);
}

/**
 * See `ElectionService.GetLeader`.
 */
export interface GetLeaderResponse__Output {
  /**
   * Absent while nobody leads.
   */
  'leader': (_quoll_v1_Leadership__Output | null);
  /**
   * Of the state that this was read from.
   */
  'zxid': (Long);
  /**
   * About the peer.
   */
  'meta': (_quoll_v1_AnswerMeta__Output | null);
}
