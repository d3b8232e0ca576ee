// Original file: proto/quoll/v1/session.proto

import type { SessionLeftReason as _quoll_v1_SessionLeftReason, SessionLeftReason__Output as _quoll_v1_SessionLeftReason__Output } from '../../quoll/v1/SessionLeftReason.ts';

/**
 * The last message of a stream that has lost its session. Its id is 0.
 */
export interface SessionLeft {
  /**
   * Why.
   */
  'reason'?: (_quoll_v1_SessionLeftReason);
}

/**
 * The last message of a stream that has lost its session. Its id is 0.
 */
export interface SessionLeft__Output {
  /**
   * Why.
   */
  'reason': (_quoll_v1_SessionLeftReason__Output);
}
