// Original file: proto/quoll/v1/common.proto

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
