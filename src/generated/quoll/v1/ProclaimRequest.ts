// Original file: proto/quoll/v1/election.proto


/**
 * See `ElectionService.Proclaim`.
 */
export interface ProclaimRequest {
  /**
   * As in `CampaignRequest`.
   */
  'name'?: (string);
  /**
   * As it was answered.
   */
  'lockId'?: (string);
  /**
   * The new proclamation.
   */
  'data'?: (Buffer | Uint8Array | string);
}

/**
 * See `ElectionService.Proclaim`.
 */
export interface ProclaimRequest__Output {
  /**
   * As in `CampaignRequest`.
   */
  'name': (string);
  /**
   * As it was answered.
   */
  'lockId': (string);
  /**
   * The new proclamation.
   */
  'data': (Buffer);
}
