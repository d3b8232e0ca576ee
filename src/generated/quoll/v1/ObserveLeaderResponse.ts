// Original file: proto/quoll/v1/election.proto

import type { Leadership as _quoll_v1_Leadership, Leadership__Output as _quoll_v1_Leadership__Output } from '../../quoll/v1/Leadership.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * See `ElectionService.ObserveLeader`.
 */
export interface ObserveLeaderResponse {
  /**
   * Absent while nobody leads.
   */
  'leader'?: (_quoll_v1_Leadership | null);
  /**
   * Of the change.
   */
  'zxid'?: (number | string | Long);
}

/**
 * See `ElectionService.ObserveLeader`.
 */
export interface ObserveLeaderResponse__Output {
  /**
   * Absent while nobody leads.
   */
  'leader': (_quoll_v1_Leadership__Output | null);
  /**
   * Of the change.
   */
  'zxid': (Long);
}
