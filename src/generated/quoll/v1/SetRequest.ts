// Original file: proto/quoll/v1/znode.proto

import type { Expected as _quoll_v1_Expected, Expected__Output as _quoll_v1_Expected__Output } from '../../quoll/v1/Expected.ts';
import type { AclEntry as _quoll_v1_AclEntry, AclEntry__Output as _quoll_v1_AclEntry__Output } from '../../quoll/v1/AclEntry.ts';

/**
 * See `ZnodeService.Set`.
 */
export interface SetRequest {
  /**
   * The znode.
   */
  'path'?: (string);
  /**
   * At most `limits.data_bytes_max`.
   */
  'data'?: (Buffer | Uint8Array | string);
  /**
   * True for null, which ZooKeeper tells from empty; then `data` must be empty.
   */
  'nullData'?: (boolean);
  /**
   * By default any znode and version will do.
   */
  'expected'?: (_quoll_v1_Expected | null);
  /**
   * Makes a persistent znode when there is none.
   */
  'create'?: (boolean);
  /**
   * With `create`: makes missing parents too.
   */
  'parents'?: (boolean);
  /**
   * With `create`: of what is made. By default everyone may do everything.
   */
  'acl'?: (_quoll_v1_AclEntry)[];
  /**
   * See `CreateRequest`.
   */
  'idempotencyKey'?: (string);
}

/**
 * See `ZnodeService.Set`.
 */
export interface SetRequest__Output {
  /**
   * The znode.
   */
  'path': (string);
  /**
   * At most `limits.data_bytes_max`.
   */
  'data': (Buffer);
  /**
   * True for null, which ZooKeeper tells from empty; then `data` must be empty.
   */
  'nullData': (boolean);
  /**
   * By default any znode and version will do.
   */
  'expected': (_quoll_v1_Expected__Output | null);
  /**
   * Makes a persistent znode when there is none.
   */
  'create': (boolean);
  /**
   * With `create`: makes missing parents too.
   */
  'parents': (boolean);
  /**
   * With `create`: of what is made. By default everyone may do everything.
   */
  'acl': (_quoll_v1_AclEntry__Output)[];
  /**
   * See `CreateRequest`.
   */
  'idempotencyKey': (string);
}
