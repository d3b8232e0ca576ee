// Original file: proto/quoll/v1/znode.proto

import type { Expected as _quoll_v1_Expected, Expected__Output as _quoll_v1_Expected__Output } from '../../quoll/v1/Expected.ts';

/**
 * A guard: fails unless the znode exists as expected. Changes nothing.
 */
export interface CheckOp {
  /**
   * The znode.
   */
  'path'?: (string);
  /**
   * By default any.
   */
  'expected'?: (_quoll_v1_Expected | null);
}

/**
 * A guard: fails unless the znode exists as expected. Changes nothing.
 */
export interface CheckOp__Output {
  /**
   * The znode.
   */
  'path': (string);
  /**
   * By default any.
   */
  'expected': (_quoll_v1_Expected__Output | null);
}
