// Original file: proto/quoll/v1/session.proto


/**
 * Ends a watch, or the observation of an election.
 */
export interface Unwatch {
  /**
   * The id of the request that began it.
   */
  'watchId'?: (number);
}

/**
 * Ends a watch, or the observation of an election.
 */
export interface Unwatch__Output {
  /**
   * The id of the request that began it.
   */
  'watchId': (number);
}
