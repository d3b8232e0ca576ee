// Original file: proto/quoll/v1/watch.proto

/**
 * Why a watch was lost.
 */
export const WatchLostReason = {
  /**
   * Not known.
   */
  WATCH_LOST_REASON_UNSPECIFIED: 'WATCH_LOST_REASON_UNSPECIFIED',
  /**
   * No log reaches back to the place that was asked for.
   */
  WATCH_LOST_REASON_COMPACTED: 'WATCH_LOST_REASON_COMPACTED',
  /**
   * The reader was too slow.
   */
  WATCH_LOST_REASON_SLOW: 'WATCH_LOST_REASON_SLOW',
} as const;

/**
 * Why a watch was lost.
 */
export type WatchLostReason =
  /**
   * Not known.
   */
  | 'WATCH_LOST_REASON_UNSPECIFIED'
  | 0
  /**
   * No log reaches back to the place that was asked for.
   */
  | 'WATCH_LOST_REASON_COMPACTED'
  | 1
  /**
   * The reader was too slow.
   */
  | 'WATCH_LOST_REASON_SLOW'
  | 2

/**
 * Why a watch was lost.
 */
export type WatchLostReason__Output = typeof WatchLostReason[keyof typeof WatchLostReason]
