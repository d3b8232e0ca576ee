// Original file: proto/quoll/v1/session.proto


/**
 * Answers `cancel_wait`; the request that waited is answered on its own.
 */
export interface CancelWaitResponse {
  /**
   * False when nothing waited (any more) under that id.
   */
  'wasWaiting'?: (boolean);
}

/**
 * Answers `cancel_wait`; the request that waited is answered on its own.
 */
export interface CancelWaitResponse__Output {
  /**
   * False when nothing waited (any more) under that id.
   */
  'wasWaiting': (boolean);
}
