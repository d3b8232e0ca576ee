// Original file: proto/quoll/v1/common.proto

import type { PeerRole as _quoll_v1_PeerRole, PeerRole__Output as _quoll_v1_PeerRole__Output } from '../../quoll/v1/PeerRole.ts';
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
  'role'?: (_quoll_v1_PeerRole);
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
  'role': (_quoll_v1_PeerRole__Output);
  /**
   * Milliseconds since this peer last heard its leader; 0 on the leader, -1 when it never did.
   */
  'leaderContactMs': (number);
}
