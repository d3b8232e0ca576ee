// Original file: proto/quoll/v1/znode.proto

import type { TxnResultKind as _quoll_v1_TxnResultKind, TxnResultKind__Output as _quoll_v1_TxnResultKind__Output } from '../../quoll/v1/TxnResultKind.ts';
import type { Stat as _quoll_v1_Stat, Stat__Output as _quoll_v1_Stat__Output } from '../../quoll/v1/Stat.ts';

/**
 * The result of one operation.
 */
export interface TxnResult {
  /**
   * What it did.
   */
  'kind'?: (_quoll_v1_TxnResultKind);
  /**
   * To which znode, with its sequence number.
   */
  'path'?: (string);
  /**
   * After it; absent for `DELETE` and `CHECK`.
   */
  'stat'?: (_quoll_v1_Stat | null);
  /**
   * Of `DELETE`: how many znodes.
   */
  'deleted'?: (number);
}

/**
 * The result of one operation.
 */
export interface TxnResult__Output {
  /**
   * What it did.
   */
  'kind': (_quoll_v1_TxnResultKind__Output);
  /**
   * To which znode, with its sequence number.
   */
  'path': (string);
  /**
   * After it; absent for `DELETE` and `CHECK`.
   */
  'stat': (_quoll_v1_Stat__Output | null);
  /**
   * Of `DELETE`: how many znodes.
   */
  'deleted': (number);
}
