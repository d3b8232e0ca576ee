// Original file: proto/quoll/v1/election.proto


/**
 * See `ElectionService.GetLeader`.
 */
export interface GetLeaderRequest {
  /**
   * As in `CampaignRequest`.
   */
  'name'?: (string);
}

/**
 * See `ElectionService.GetLeader`.
 */
export interface GetLeaderRequest__Output {
  /**
   * As in `CampaignRequest`.
   */
  'name': (string);
}
