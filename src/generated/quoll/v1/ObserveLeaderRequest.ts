// Original file: proto/quoll/v1/election.proto


/**
 * See `ElectionService.ObserveLeader`.
 */
export interface ObserveLeaderRequest {
  /**
   * As in `CampaignRequest`.
   */
  'name'?: (string);
}

/**
 * See `ElectionService.ObserveLeader`.
 */
export interface ObserveLeaderRequest__Output {
  /**
   * As in `CampaignRequest`.
   */
  'name': (string);
}
