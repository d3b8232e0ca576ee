// Original file: proto/quoll/v1/cluster.proto

import type { Peer as _quoll_v1_Peer, Peer__Output as _quoll_v1_Peer__Output } from '../../quoll/v1/Peer.ts';
import type { AnswerMeta as _quoll_v1_AnswerMeta, AnswerMeta__Output as _quoll_v1_AnswerMeta__Output } from '../../quoll/v1/AnswerMeta.ts';

/**
 * See `ClusterService.GetCluster`.
 */
export interface GetClusterResponse {
  /**
   * Empty until the ensemble exists.
   */
  'clusterId'?: (string);
  /**
   * 0 while this peer knows of none.
   */
  'leaderId'?: (number);
  /**
   * Of that leader.
   */
  'epoch'?: (number);
  /**
   * The number of the peer that answers.
   */
  'selfId'?: (number);
  /**
   * All of them, in the order of their numbers.
   */
  'peers'?: (_quoll_v1_Peer)[];
  /**
   * About the peer.
   */
  'meta'?: (_quoll_v1_AnswerMeta | null);
}

/**
 * See `ClusterService.GetCluster`.
 */
export interface GetClusterResponse__Output {
  /**
   * Empty until the ensemble exists.
   */
  'clusterId': (string);
  /**
   * 0 while this peer knows of none.
   */
  'leaderId': (number);
  /**
   * Of that leader.
   */
  'epoch': (number);
  /**
   * The number of the peer that answers.
   */
  'selfId': (number);
  /**
   * All of them, in the order of their numbers.
   */
  'peers': (_quoll_v1_Peer__Output)[];
  /**
   * About the peer.
   */
  'meta': (_quoll_v1_AnswerMeta__Output | null);
}
