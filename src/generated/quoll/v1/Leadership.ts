// Original file: proto/quoll/v1/election.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Who leads.
 */
export interface Leadership {
  /**
   * Of the candidate's znode.
   */
  'path'?: (string);
  /**
   * The session that it lives in.
   */
  'sessionId'?: (number | string | Long);
  /**
   * Grows with every leader.
   */
  'fencingToken'?: (number | string | Long);
  /**
   * What it proclaims.
   */
  'data'?: (Buffer | Uint8Array | string);
}

/**
 * Who leads.
 */
export interface Leadership__Output {
  /**
   * Of the candidate's znode.
   */
  'path': (string);
  /**
   * The session that it lives in.
   */
  'sessionId': (Long);
  /**
   * Grows with every leader.
   */
  'fencingToken': (Long);
  /**
   * What it proclaims.
   */
  'data': (Buffer);
}
