// Original file: proto/quoll/v1/session.proto


/**
 * Answers `unwatch`.
 */
export interface UnwatchResponse {
  /**
   * False when there was no such watch (any more).
   */
  'wasThere'?: (boolean);
}

/**
 * Answers `unwatch`.
 */
export interface UnwatchResponse__Output {
  /**
   * False when there was no such watch (any more).
   */
  'wasThere': (boolean);
}
