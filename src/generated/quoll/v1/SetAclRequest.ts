// Original file: proto/quoll/v1/znode.proto

import type { AclEntry as _quoll_v1_AclEntry, AclEntry__Output as _quoll_v1_AclEntry__Output } from '../../quoll/v1/AclEntry.ts';
import type { ExpectedAcl as _quoll_v1_ExpectedAcl, ExpectedAcl__Output as _quoll_v1_ExpectedAcl__Output } from '../../quoll/v1/ExpectedAcl.ts';

/**
 * See `ZnodeService.SetAcl`.
 */
export interface SetAclRequest {
  /**
   * The znode.
   */
  'path'?: (string);
  /**
   * The whole new list; at least one entry.
   */
  'acl'?: (_quoll_v1_AclEntry)[];
  /**
   * By default any.
   */
  'expected'?: (_quoll_v1_ExpectedAcl | null);
  /**
   * See `CreateRequest`.
   */
  'idempotencyKey'?: (string);
}

/**
 * See `ZnodeService.SetAcl`.
 */
export interface SetAclRequest__Output {
  /**
   * The znode.
   */
  'path': (string);
  /**
   * The whole new list; at least one entry.
   */
  'acl': (_quoll_v1_AclEntry__Output)[];
  /**
   * By default any.
   */
  'expected': (_quoll_v1_ExpectedAcl__Output | null);
  /**
   * See `CreateRequest`.
   */
  'idempotencyKey': (string);
}
