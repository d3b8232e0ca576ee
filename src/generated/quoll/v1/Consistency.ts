// Original file: proto/quoll/v1/common.proto

/**
 * Which state a read may see.
 */
export const Consistency = {
  /**
   * Linearizable.
   */
  CONSISTENCY_UNSPECIFIED: 'CONSISTENCY_UNSPECIFIED',
  /**
   * At least as new as anything acknowledged anywhere before the read began.
   */
  CONSISTENCY_LINEARIZABLE: 'CONSISTENCY_LINEARIZABLE',
  /**
   * At least as new as anything that this session has seen. Needs a session.
   */
  CONSISTENCY_SESSION: 'CONSISTENCY_SESSION',
  /**
   * What this peer has, also without a quorum; may be stale.
   */
  CONSISTENCY_LOCAL: 'CONSISTENCY_LOCAL',
} as const;

/**
 * Which state a read may see.
 */
export type Consistency =
  /**
   * Linearizable.
   */
  | 'CONSISTENCY_UNSPECIFIED'
  | 0
  /**
   * At least as new as anything acknowledged anywhere before the read began.
   */
  | 'CONSISTENCY_LINEARIZABLE'
  | 1
  /**
   * At least as new as anything that this session has seen. Needs a session.
   */
  | 'CONSISTENCY_SESSION'
  | 2
  /**
   * What this peer has, also without a quorum; may be stale.
   */
  | 'CONSISTENCY_LOCAL'
  | 3

/**
 * Which state a read may see.
 */
export type Consistency__Output = typeof Consistency[keyof typeof Consistency]
