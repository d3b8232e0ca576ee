// Original file: proto/quoll/v1/lock.proto

import type { LockMode as _quoll_v1_LockMode, LockMode__Output as _quoll_v1_LockMode__Output } from '../../quoll/v1/LockMode.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * A contender as everybody may see it.
 */
export interface Contender {
  /**
   * Of its znode.
   */
  'path'?: (string);
  /**
   * The session that it lives in.
   */
  'sessionId'?: (number | string | Long);
  /**
   * How it shares.
   */
  'mode'?: (_quoll_v1_LockMode);
  /**
   * A fencing token if it holds.
   */
  'token'?: (number | string | Long);
  /**
   * It holds the lock.
   */
  'holds'?: (boolean);
}

/**
 * A contender as everybody may see it.
 */
export interface Contender__Output {
  /**
   * Of its znode.
   */
  'path': (string);
  /**
   * The session that it lives in.
   */
  'sessionId': (Long);
  /**
   * How it shares.
   */
  'mode': (_quoll_v1_LockMode__Output);
  /**
   * A fencing token if it holds.
   */
  'token': (Long);
  /**
   * It holds the lock.
   */
  'holds': (boolean);
}
