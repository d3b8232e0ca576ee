// Original file: proto/quoll/v1/cluster.proto

import type { Limits as _quoll_v1_Limits, Limits__Output as _quoll_v1_Limits__Output } from '../../quoll/v1/Limits.ts';
import type { AnswerMeta as _quoll_v1_AnswerMeta, AnswerMeta__Output as _quoll_v1_AnswerMeta__Output } from '../../quoll/v1/AnswerMeta.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * See `ClusterService.GetInfo`.
 */
export interface GetInfoResponse {
  /**
   * Of Quoll.
   */
  'version'?: (string);
  /**
   * Of this peer.
   */
  'serverId'?: (number);
  /**
   * Empty until the ensemble exists.
   */
  'clusterId'?: (string);
  /**
   * Unix milliseconds by this peer's clock.
   */
  'startedAtMs'?: (number | string | Long);
  /**
   * In the tree.
   */
  'znodes'?: (number | string | Long);
  /**
   * Alive.
   */
  'sessions'?: (number | string | Long);
  /**
   * The same on every peer.
   */
  'limits'?: (_quoll_v1_Limits | null);
  /**
   * About the peer.
   */
  'meta'?: (_quoll_v1_AnswerMeta | null);
}

/**
 * See `ClusterService.GetInfo`.
 */
export interface GetInfoResponse__Output {
  /**
   * Of Quoll.
   */
  'version': (string);
  /**
   * Of this peer.
   */
  'serverId': (number);
  /**
   * Empty until the ensemble exists.
   */
  'clusterId': (string);
  /**
   * Unix milliseconds by this peer's clock.
   */
  'startedAtMs': (Long);
  /**
   * In the tree.
   */
  'znodes': (Long);
  /**
   * Alive.
   */
  'sessions': (Long);
  /**
   * The same on every peer.
   */
  'limits': (_quoll_v1_Limits__Output | null);
  /**
   * About the peer.
   */
  'meta': (_quoll_v1_AnswerMeta__Output | null);
}
