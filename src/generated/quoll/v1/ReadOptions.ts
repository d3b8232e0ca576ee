// Original file: proto/quoll/v1/common.proto

import type { Consistency as _quoll_v1_Consistency, Consistency__Output as _quoll_v1_Consistency__Output } from '../../quoll/v1/Consistency.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * How new the answer of a read must be.
 */
export interface ReadOptions {
  /**
   * By default linearizable.
   */
  'consistency'?: (_quoll_v1_Consistency);
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
  'consistency': (_quoll_v1_Consistency__Output);
  /**
   * At least this new, whatever the consistency; 0: no such bound. `BEHIND` when the peer does not get there in time.
   */
  'minZxid': (Long);
}
