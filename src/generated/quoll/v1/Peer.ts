// Original file: proto/quoll/v1/cluster.proto

import type { PeerRole as _quoll_v1_PeerRole, PeerRole__Output as _quoll_v1_PeerRole__Output } from '../../quoll/v1/PeerRole.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * A process of the ensemble.
 */
export interface Peer {
  /**
   * Its number in the configuration.
   */
  'id'?: (number);
  /**
   * As the leader last heard.
   */
  'role'?: (_quoll_v1_PeerRole);
  /**
   * As the leader last heard; the peer that answers is always up.
   */
  'isUp'?: (boolean);
  /**
   * Where clients reach its HTTP door; empty when it is closed.
   */
  'http'?: (string);
  /**
   * Where clients reach its gRPC door; empty when it is closed.
   */
  'grpc'?: (string);
  /**
   * Where clients reach its ZooKeeper door; empty when it is closed.
   */
  'zookeeper'?: (string);
  /**
   * What it has applied, as the leader last heard.
   */
  'lastZxid'?: (number | string | Long);
  /**
   * Milliseconds since the leader heard of it; -1 when it is down.
   */
  'lagMs'?: (number);
  /**
   * It has a vote.
   */
  'votes'?: (boolean);
}

/**
 * A process of the ensemble.
 */
export interface Peer__Output {
  /**
   * Its number in the configuration.
   */
  'id': (number);
  /**
   * As the leader last heard.
   */
  'role': (_quoll_v1_PeerRole__Output);
  /**
   * As the leader last heard; the peer that answers is always up.
   */
  'isUp': (boolean);
  /**
   * Where clients reach its HTTP door; empty when it is closed.
   */
  'http': (string);
  /**
   * Where clients reach its gRPC door; empty when it is closed.
   */
  'grpc': (string);
  /**
   * Where clients reach its ZooKeeper door; empty when it is closed.
   */
  'zookeeper': (string);
  /**
   * What it has applied, as the leader last heard.
   */
  'lastZxid': (Long);
  /**
   * Milliseconds since the leader heard of it; -1 when it is down.
   */
  'lagMs': (number);
  /**
   * It has a vote.
   */
  'votes': (boolean);
}
