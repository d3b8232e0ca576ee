// Original file: proto/quoll/v1/znode.proto

import type { TxnOp as _quoll_v1_TxnOp, TxnOp__Output as _quoll_v1_TxnOp__Output } from '../../quoll/v1/TxnOp.ts';

/**
 * What is done when an operation of the first branch fails.
 */
export interface TxnBranch {
  /**
   * May be empty: then such a transaction succeeds and does nothing.
   */
  'ops'?: (_quoll_v1_TxnOp)[];
}

/**
 * What is done when an operation of the first branch fails.
 */
export interface TxnBranch__Output {
  /**
   * May be empty: then such a transaction succeeds and does nothing.
   */
  'ops': (_quoll_v1_TxnOp__Output)[];
}
