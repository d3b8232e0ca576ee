// Written by scripts/generate-proto.mjs from proto/quoll/v1/common.proto: change that, and run it again.

import type { Long } from '@grpc/proto-loader';

/**
 * What every answer says about the peer that gave it.
 */
export interface AnswerMeta {
  /**
   * Last zxid applied on this peer when it answered. Send it as `min_zxid` to another peer to read no older state there.
   */
  'zxid'?: (number | string | Long);
  /**
   * What the peer was then.
   */
  'role'?: (PeerRole);
  /**
   * Milliseconds since this peer last heard its leader; 0 on the leader, -1 when it never did.
   */
  'leaderContactMs'?: (number);
}

/**
 * What every answer says about the peer that gave it.
 */
export interface AnswerMeta__Output {
  /**
   * Last zxid applied on this peer when it answered. Send it as `min_zxid` to another peer to read no older state there.
   */
  'zxid': (Long);
  /**
   * What the peer was then.
   */
  'role': (PeerRole__Output);
  /**
   * Milliseconds since this peer last heard its leader; 0 on the leader, -1 when it never did.
   */
  'leaderContactMs': (number);
}

/**
 * Which state a read may see.
 */
export const Consistency = {
  /**
   * Linearizable.
   */
  CONSISTENCY_UNSPECIFIED: 'CONSISTENCY_UNSPECIFIED',
  /**
   * At least as new as anything acknowledged anywhere before the read began.
   */
  CONSISTENCY_LINEARIZABLE: 'CONSISTENCY_LINEARIZABLE',
  /**
   * At least as new as anything that this session has seen. Needs a session.
   */
  CONSISTENCY_SESSION: 'CONSISTENCY_SESSION',
  /**
   * What this peer has, also without a quorum; may be stale.
   */
  CONSISTENCY_LOCAL: 'CONSISTENCY_LOCAL',
} as const;

/**
 * Which state a read may see.
 */
export type Consistency =
  /**
   * Linearizable.
   */
  | 'CONSISTENCY_UNSPECIFIED'
  | 0
  /**
   * At least as new as anything acknowledged anywhere before the read began.
   */
  | 'CONSISTENCY_LINEARIZABLE'
  | 1
  /**
   * At least as new as anything that this session has seen. Needs a session.
   */
  | 'CONSISTENCY_SESSION'
  | 2
  /**
   * What this peer has, also without a quorum; may be stale.
   */
  | 'CONSISTENCY_LOCAL'
  | 3

/**
 * Which state a read may see.
 */
export type Consistency__Output = typeof Consistency[keyof typeof Consistency]

/**
 * What a peer is in its ensemble.
 */
export const PeerRole = {
  /**
   * Not known.
   */
  PEER_ROLE_UNSPECIFIED: 'PEER_ROLE_UNSPECIFIED',
  /**
   * Orders all writes.
   */
  PEER_ROLE_LEADER: 'PEER_ROLE_LEADER',
  /**
   * Votes and follows.
   */
  PEER_ROLE_FOLLOWER: 'PEER_ROLE_FOLLOWER',
  /**
   * Follows without a vote.
   */
  PEER_ROLE_OBSERVER: 'PEER_ROLE_OBSERVER',
  /**
   * Has no leader now.
   */
  PEER_ROLE_LOOKING: 'PEER_ROLE_LOOKING',
} as const;

/**
 * What a peer is in its ensemble.
 */
export type PeerRole =
  /**
   * Not known.
   */
  | 'PEER_ROLE_UNSPECIFIED'
  | 0
  /**
   * Orders all writes.
   */
  | 'PEER_ROLE_LEADER'
  | 1
  /**
   * Votes and follows.
   */
  | 'PEER_ROLE_FOLLOWER'
  | 2
  /**
   * Follows without a vote.
   */
  | 'PEER_ROLE_OBSERVER'
  | 3
  /**
   * Has no leader now.
   */
  | 'PEER_ROLE_LOOKING'
  | 4

/**
 * What a peer is in its ensemble.
 */
export type PeerRole__Output = typeof PeerRole[keyof typeof PeerRole]

/**
 * How new the answer of a read must be.
 */
export interface ReadOptions {
  /**
   * By default linearizable.
   */
  'consistency'?: (Consistency);
  /**
   * At least this new, whatever the consistency; 0: no such bound. `BEHIND` when the peer does not get there in time.
   */
  'minZxid'?: (number | string | Long);
}

/**
 * How new the answer of a read must be.
 */
export interface ReadOptions__Output {
  /**
   * By default linearizable.
   */
  'consistency': (Consistency__Output);
  /**
   * At least this new, whatever the consistency; 0: no such bound. `BEHIND` when the peer does not get there in time.
   */
  'minZxid': (Long);
}
