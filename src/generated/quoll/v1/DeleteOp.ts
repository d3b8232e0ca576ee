// Original file: proto/quoll/v1/znode.proto

import type { Expected as _quoll_v1_Expected, Expected__Output as _quoll_v1_Expected__Output } from '../../quoll/v1/Expected.ts';

/**
 * Deletes; the fields are those of `DeleteRequest`.
 */
export interface DeleteOp {
  /**
   * The znode.
   */
  'path'?: (string);
  /**
   * By default any.
   */
  'expected'?: (_quoll_v1_Expected | null);
  /**
   * With everything below it.
   */
  'recursive'?: (boolean);
}

/**
 * Deletes; the fields are those of `DeleteRequest`.
 */
export interface DeleteOp__Output {
  /**
   * The znode.
   */
  'path': (string);
  /**
   * By default any.
   */
  'expected': (_quoll_v1_Expected__Output | null);
  /**
   * With everything below it.
   */
  'recursive': (boolean);
}
