// Original file: proto/quoll/v1/znode.proto

import type { AclEntry as _quoll_v1_AclEntry, AclEntry__Output as _quoll_v1_AclEntry__Output } from '../../quoll/v1/AclEntry.ts';
import type { ExpectedAcl as _quoll_v1_ExpectedAcl, ExpectedAcl__Output as _quoll_v1_ExpectedAcl__Output } from '../../quoll/v1/ExpectedAcl.ts';

/**
 * Sets an ACL; the fields are those of `SetAclRequest`.
 */
export interface SetAclOp {
  /**
   * The znode.
   */
  'path'?: (string);
  /**
   * The whole new list.
   */
  'acl'?: (_quoll_v1_AclEntry)[];
  /**
   * By default any.
   */
  'expected'?: (_quoll_v1_ExpectedAcl | null);
}

/**
 * Sets an ACL; the fields are those of `SetAclRequest`.
 */
export interface SetAclOp__Output {
  /**
   * The znode.
   */
  'path': (string);
  /**
   * The whole new list.
   */
  'acl': (_quoll_v1_AclEntry__Output)[];
  /**
   * By default any.
   */
  'expected': (_quoll_v1_ExpectedAcl__Output | null);
}
