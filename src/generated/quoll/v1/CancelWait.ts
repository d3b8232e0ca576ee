// Original file: proto/quoll/v1/session.proto


/**
 * Ends the wait of a request for a lock or an election, which is answered as queued.
 */
export interface CancelWait {
  /**
   * The id of that request.
   */
  'requestId'?: (number);
  /**
   * Gives the place up; otherwise it is kept.
   */
  'abandon'?: (boolean);
}

/**
 * Ends the wait of a request for a lock or an election, which is answered as queued.
 */
export interface CancelWait__Output {
  /**
   * The id of that request.
   */
  'requestId': (number);
  /**
   * Gives the place up; otherwise it is kept.
   */
  'abandon': (boolean);
}
