// Original file: proto/quoll/v1/znode.proto

import type { TxnOp as _quoll_v1_TxnOp, TxnOp__Output as _quoll_v1_TxnOp__Output } from '../../quoll/v1/TxnOp.ts';
import type { TxnBranch as _quoll_v1_TxnBranch, TxnBranch__Output as _quoll_v1_TxnBranch__Output } from '../../quoll/v1/TxnBranch.ts';

/**
 * See `ZnodeService.Txn`.
 */
export interface TxnRequest {
  /**
   * At most `limits.ops_per_multi_max` with those of `or_else`.
   */
  'ops'?: (_quoll_v1_TxnOp)[];
  /**
   * When absent, the failure of an operation is the failure of the transaction: its status is that operation's, and
   * `failedIndex` in the metadata of the ErrorInfo says which.
   */
  'orElse'?: (_quoll_v1_TxnBranch | null);
  /**
   * See `CreateRequest`.
   */
  'idempotencyKey'?: (string);
}

/**
 * See `ZnodeService.Txn`.
 */
export interface TxnRequest__Output {
  /**
   * At most `limits.ops_per_multi_max` with those of `or_else`.
   */
  'ops': (_quoll_v1_TxnOp__Output)[];
  /**
   * When absent, the failure of an operation is the failure of the transaction: its status is that operation's, and
   * `failedIndex` in the metadata of the ErrorInfo says which.
   */
  'orElse': (_quoll_v1_TxnBranch__Output | null);
  /**
   * See `CreateRequest`.
   */
  'idempotencyKey': (string);
}
