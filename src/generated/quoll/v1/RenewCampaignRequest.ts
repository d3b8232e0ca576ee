// Original file: proto/quoll/v1/election.proto


/**
 * See `ElectionService.RenewCampaign`.
 */
export interface RenewCampaignRequest {
  /**
   * As in `CampaignRequest`.
   */
  'name'?: (string);
  /**
   * As it was answered.
   */
  'lockId'?: (string);
}

/**
 * See `ElectionService.RenewCampaign`.
 */
export interface RenewCampaignRequest__Output {
  /**
   * As in `CampaignRequest`.
   */
  'name': (string);
  /**
   * As it was answered.
   */
  'lockId': (string);
}
