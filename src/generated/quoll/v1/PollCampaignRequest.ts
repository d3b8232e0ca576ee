// Original file: proto/quoll/v1/election.proto


/**
 * See `ElectionService.PollCampaign`.
 */
export interface PollCampaignRequest {
  /**
   * As in `CampaignRequest`.
   */
  'name'?: (string);
  /**
   * As it was answered.
   */
  'lockId'?: (string);
  /**
   * How long to wait to be elected; 0: not at all.
   */
  'waitMs'?: (number);
}

/**
 * See `ElectionService.PollCampaign`.
 */
export interface PollCampaignRequest__Output {
  /**
   * As in `CampaignRequest`.
   */
  'name': (string);
  /**
   * As it was answered.
   */
  'lockId': (string);
  /**
   * How long to wait to be elected; 0: not at all.
   */
  'waitMs': (number);
}
