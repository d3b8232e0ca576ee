// Original file: proto/quoll/v1/znode.proto

import type { Expected as _quoll_v1_Expected, Expected__Output as _quoll_v1_Expected__Output } from '../../quoll/v1/Expected.ts';

/**
 * See `ZnodeService.Delete`.
 */
export interface DeleteRequest {
  /**
   * The znode.
   */
  'path'?: (string);
  /**
   * By default any znode and version will do.
   */
  'expected'?: (_quoll_v1_Expected | null);
  /**
   * With everything below it, at most `limits.recursive_delete_max` znodes, all or none.
   */
  'recursive'?: (boolean);
  /**
   * See `CreateRequest`.
   */
  'idempotencyKey'?: (string);
}

/**
 * See `ZnodeService.Delete`.
 */
export interface DeleteRequest__Output {
  /**
   * The znode.
   */
  'path': (string);
  /**
   * By default any znode and version will do.
   */
  'expected': (_quoll_v1_Expected__Output | null);
  /**
   * With everything below it, at most `limits.recursive_delete_max` znodes, all or none.
   */
  'recursive': (boolean);
  /**
   * See `CreateRequest`.
   */
  'idempotencyKey': (string);
}
