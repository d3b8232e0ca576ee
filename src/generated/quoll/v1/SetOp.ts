// Original file: proto/quoll/v1/znode.proto

import type { Expected as _quoll_v1_Expected, Expected__Output as _quoll_v1_Expected__Output } from '../../quoll/v1/Expected.ts';
import type { AclEntry as _quoll_v1_AclEntry, AclEntry__Output as _quoll_v1_AclEntry__Output } from '../../quoll/v1/AclEntry.ts';

/**
 * Sets data; the fields are those of `SetRequest`.
 */
export interface SetOp {
  /**
   * The znode.
   */
  'path'?: (string);
  /**
   * The data.
   */
  'data'?: (Buffer | Uint8Array | string);
  /**
   * True for null.
   */
  'nullData'?: (boolean);
  /**
   * By default any.
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
   * With `create`: of what is made.
   */
  'acl'?: (_quoll_v1_AclEntry)[];
}

/**
 * Sets data; the fields are those of `SetRequest`.
 */
export interface SetOp__Output {
  /**
   * The znode.
   */
  'path': (string);
  /**
   * The data.
   */
  'data': (Buffer);
  /**
   * True for null.
   */
  'nullData': (boolean);
  /**
   * By default any.
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
   * With `create`: of what is made.
   */
  'acl': (_quoll_v1_AclEntry__Output)[];
}
