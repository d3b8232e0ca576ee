// Original file: proto/quoll/v1/session.proto

/**
 * Why a stream carries its session no longer.
 */
export const SessionLeftReason = {
  /**
   * Not known.
   */
  SESSION_LEFT_REASON_UNSPECIFIED: 'SESSION_LEFT_REASON_UNSPECIFIED',
  /**
   * The session has ended: expired, or closed by somebody.
   */
  SESSION_LEFT_REASON_ENDED: 'SESSION_LEFT_REASON_ENDED',
  /**
   * Another carrier has taken it over.
   */
  SESSION_LEFT_REASON_MOVED: 'SESSION_LEFT_REASON_MOVED',
} as const;

/**
 * Why a stream carries its session no longer.
 */
export type SessionLeftReason =
  /**
   * Not known.
   */
  | 'SESSION_LEFT_REASON_UNSPECIFIED'
  | 0
  /**
   * The session has ended: expired, or closed by somebody.
   */
  | 'SESSION_LEFT_REASON_ENDED'
  | 1
  /**
   * Another carrier has taken it over.
   */
  | 'SESSION_LEFT_REASON_MOVED'
  | 2

/**
 * Why a stream carries its session no longer.
 */
export type SessionLeftReason__Output = typeof SessionLeftReason[keyof typeof SessionLeftReason]
