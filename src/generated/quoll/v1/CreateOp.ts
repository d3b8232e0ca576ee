// Original file: proto/quoll/v1/znode.proto

import type { AclEntry as _quoll_v1_AclEntry, AclEntry__Output as _quoll_v1_AclEntry__Output } from '../../quoll/v1/AclEntry.ts';
import type { ZnodeKind as _quoll_v1_ZnodeKind, ZnodeKind__Output as _quoll_v1_ZnodeKind__Output } from '../../quoll/v1/ZnodeKind.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Makes a znode; the fields are those of `CreateRequest`.
 */
export interface CreateOp {
  /**
   * With `sequential` a prefix.
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
   * By default everyone may do everything.
   */
  'acl'?: (_quoll_v1_AclEntry)[];
  /**
   * By default persistent.
   */
  'kind'?: (_quoll_v1_ZnodeKind);
  /**
   * Appends a number.
   */
  'sequential'?: (boolean);
  /**
   * Of a `ttl` znode: milliseconds.
   */
  'ttlMs'?: (number | string | Long);
  /**
   * Makes missing parents too.
   */
  'parents'?: (boolean);
}

/**
 * Makes a znode; the fields are those of `CreateRequest`.
 */
export interface CreateOp__Output {
  /**
   * With `sequential` a prefix.
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
   * By default everyone may do everything.
   */
  'acl': (_quoll_v1_AclEntry__Output)[];
  /**
   * By default persistent.
   */
  'kind': (_quoll_v1_ZnodeKind__Output);
  /**
   * Appends a number.
   */
  'sequential': (boolean);
  /**
   * Of a `ttl` znode: milliseconds.
   */
  'ttlMs': (Long);
  /**
   * Makes missing parents too.
   */
  'parents': (boolean);
}
