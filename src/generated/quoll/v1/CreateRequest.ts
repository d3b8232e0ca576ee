// Original file: proto/quoll/v1/znode.proto

import type { AclEntry as _quoll_v1_AclEntry, AclEntry__Output as _quoll_v1_AclEntry__Output } from '../../quoll/v1/AclEntry.ts';
import type { ZnodeKind as _quoll_v1_ZnodeKind, ZnodeKind__Output as _quoll_v1_ZnodeKind__Output } from '../../quoll/v1/ZnodeKind.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * See `ZnodeService.Create`.
 */
export interface CreateRequest {
  /**
   * With `sequential` a prefix, which gets ten digits appended.
   */
  'path'?: (string);
  /**
   * At most `limits.data_bytes_max`.
   */
  'data'?: (Buffer | Uint8Array | string);
  /**
   * ZooKeeper tells null from empty: true means null, and `data` must be empty.
   */
  'nullData'?: (boolean);
  /**
   * By default everyone may do everything.
   */
  'acl'?: (_quoll_v1_AclEntry)[];
  /**
   * Ephemeral znodes need a session.
   */
  'kind'?: (_quoll_v1_ZnodeKind);
  /**
   * Appends a number that counts the children ever created under the parent.
   */
  'sequential'?: (boolean);
  /**
   * Of a `ttl` znode: milliseconds.
   */
  'ttlMs'?: (number | string | Long);
  /**
   * Makes missing parents too, persistent, with the same ACL.
   */
  'parents'?: (boolean);
  /**
   * Printable ASCII, at random: a repeated request with the same key is answered as the first was.
   */
  'idempotencyKey'?: (string);
}

/**
 * See `ZnodeService.Create`.
 */
export interface CreateRequest__Output {
  /**
   * With `sequential` a prefix, which gets ten digits appended.
   */
  'path': (string);
  /**
   * At most `limits.data_bytes_max`.
   */
  'data': (Buffer);
  /**
   * ZooKeeper tells null from empty: true means null, and `data` must be empty.
   */
  'nullData': (boolean);
  /**
   * By default everyone may do everything.
   */
  'acl': (_quoll_v1_AclEntry__Output)[];
  /**
   * Ephemeral znodes need a session.
   */
  'kind': (_quoll_v1_ZnodeKind__Output);
  /**
   * Appends a number that counts the children ever created under the parent.
   */
  'sequential': (boolean);
  /**
   * Of a `ttl` znode: milliseconds.
   */
  'ttlMs': (Long);
  /**
   * Makes missing parents too, persistent, with the same ACL.
   */
  'parents': (boolean);
  /**
   * Printable ASCII, at random: a repeated request with the same key is answered as the first was.
   */
  'idempotencyKey': (string);
}
