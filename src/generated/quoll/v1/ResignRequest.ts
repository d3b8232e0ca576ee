// Original file: proto/quoll/v1/election.proto

import type { Long } from '@grpc/proto-loader';

/**
 * See `ElectionService.Resign`.
 */
export interface ResignRequest {
  /**
   * As in `CampaignRequest`.
   */
  'name'?: (string);
  /**
   * As it was answered.
   */
  'lockId'?: (string);
  /**
   * As it was granted: another one is refused as `FENCED`. 0: not looked at.
   */
  'fencingToken'?: (number | string | Long);
}

/**
 * See `ElectionService.Resign`.
 */
export interface ResignRequest__Output {
  /**
   * As in `CampaignRequest`.
   */
  'name': (string);
  /**
   * As it was answered.
   */
  'lockId': (string);
  /**
   * As it was granted: another one is refused as `FENCED`. 0: not looked at.
   */
  'fencingToken': (Long);
}
