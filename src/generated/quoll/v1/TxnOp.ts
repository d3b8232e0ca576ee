// Original file: proto/quoll/v1/znode.proto

import type { CreateOp as _quoll_v1_CreateOp, CreateOp__Output as _quoll_v1_CreateOp__Output } from '../../quoll/v1/CreateOp.ts';
import type { SetOp as _quoll_v1_SetOp, SetOp__Output as _quoll_v1_SetOp__Output } from '../../quoll/v1/SetOp.ts';
import type { DeleteOp as _quoll_v1_DeleteOp, DeleteOp__Output as _quoll_v1_DeleteOp__Output } from '../../quoll/v1/DeleteOp.ts';
import type { SetAclOp as _quoll_v1_SetAclOp, SetAclOp__Output as _quoll_v1_SetAclOp__Output } from '../../quoll/v1/SetAclOp.ts';
import type { CheckOp as _quoll_v1_CheckOp, CheckOp__Output as _quoll_v1_CheckOp__Output } from '../../quoll/v1/CheckOp.ts';
import type { CheckAbsentOp as _quoll_v1_CheckAbsentOp, CheckAbsentOp__Output as _quoll_v1_CheckAbsentOp__Output } from '../../quoll/v1/CheckAbsentOp.ts';
import type { CheckLockOp as _quoll_v1_CheckLockOp, CheckLockOp__Output as _quoll_v1_CheckLockOp__Output } from '../../quoll/v1/CheckLockOp.ts';
import type { CheckSessionOp as _quoll_v1_CheckSessionOp, CheckSessionOp__Output as _quoll_v1_CheckSessionOp__Output } from '../../quoll/v1/CheckSessionOp.ts';

/**
 * One operation of a transaction. Later ones see the earlier ones.
 */
export interface TxnOp {
  /**
   * Makes a znode.
   */
  'create'?: (_quoll_v1_CreateOp | null);
  /**
   * Sets data.
   */
  'set'?: (_quoll_v1_SetOp | null);
  /**
   * Deletes.
   */
  'delete'?: (_quoll_v1_DeleteOp | null);
  /**
   * Sets an ACL.
   */
  'setAcl'?: (_quoll_v1_SetAclOp | null);
  /**
   * Needs a znode.
   */
  'check'?: (_quoll_v1_CheckOp | null);
  /**
   * Needs there to be no znode.
   */
  'checkAbsent'?: (_quoll_v1_CheckAbsentOp | null);
  /**
   * Needs a holder's token.
   */
  'checkLock'?: (_quoll_v1_CheckLockOp | null);
  /**
   * Needs a live session.
   */
  'checkSession'?: (_quoll_v1_CheckSessionOp | null);
  /**
   * Which one.
   */
  'op'?: "create"|"set"|"delete"|"setAcl"|"check"|"checkAbsent"|"checkLock"|"checkSession";
}

/**
 * One operation of a transaction. Later ones see the earlier ones.
 */
export interface TxnOp__Output {
  /**
   * Makes a znode.
   */
  'create'?: (_quoll_v1_CreateOp__Output | null);
  /**
   * Sets data.
   */
  'set'?: (_quoll_v1_SetOp__Output | null);
  /**
   * Deletes.
   */
  'delete'?: (_quoll_v1_DeleteOp__Output | null);
  /**
   * Sets an ACL.
   */
  'setAcl'?: (_quoll_v1_SetAclOp__Output | null);
  /**
   * Needs a znode.
   */
  'check'?: (_quoll_v1_CheckOp__Output | null);
  /**
   * Needs there to be no znode.
   */
  'checkAbsent'?: (_quoll_v1_CheckAbsentOp__Output | null);
  /**
   * Needs a holder's token.
   */
  'checkLock'?: (_quoll_v1_CheckLockOp__Output | null);
  /**
   * Needs a live session.
   */
  'checkSession'?: (_quoll_v1_CheckSessionOp__Output | null);
  /**
   * Which one.
   */
  'op'?: "create"|"set"|"delete"|"setAcl"|"check"|"checkAbsent"|"checkLock"|"checkSession";
}
