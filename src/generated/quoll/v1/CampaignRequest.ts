// Original file: proto/quoll/v1/election.proto


/**
 * See `ElectionService.Campaign`.
 */
export interface CampaignRequest {
  /**
   * One name, without "/": the queue is `/elections/<name>`.
   */
  'name'?: (string);
  /**
   * See `AcquireLockRequest`.
   */
  'lockId'?: (string);
  /**
   * What the candidate proclaims once it leads.
   */
  'data'?: (Buffer | Uint8Array | string);
  /**
   * See `AcquireLockRequest`.
   */
  'ttlMs'?: (number);
  /**
   * How long to wait to be elected; 0: not at all.
   */
  'waitMs'?: (number);
  /**
   * `LOCKHELD` unless it is elected at once.
   */
  'tryOnly'?: (boolean);
  /**
   * See `AcquireLockRequest`.
   */
  'abandonOnCancel'?: (boolean);
}

/**
 * See `ElectionService.Campaign`.
 */
export interface CampaignRequest__Output {
  /**
   * One name, without "/": the queue is `/elections/<name>`.
   */
  'name': (string);
  /**
   * See `AcquireLockRequest`.
   */
  'lockId': (string);
  /**
   * What the candidate proclaims once it leads.
   */
  'data': (Buffer);
  /**
   * See `AcquireLockRequest`.
   */
  'ttlMs': (number);
  /**
   * How long to wait to be elected; 0: not at all.
   */
  'waitMs': (number);
  /**
   * `LOCKHELD` unless it is elected at once.
   */
  'tryOnly': (boolean);
  /**
   * See `AcquireLockRequest`.
   */
  'abandonOnCancel': (boolean);
}
