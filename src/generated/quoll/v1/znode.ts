// Written by scripts/generate-proto.mjs from proto/quoll/v1/znode.proto: change that, and run it again.

import type * as grpc from '@grpc/grpc-js';
import type { Long } from '@grpc/proto-loader';
import type { MethodDefinition } from '@grpc/proto-loader';
import type {
  AnswerMeta,
  AnswerMeta__Output,
  ReadOptions,
  ReadOptions__Output,
} from './common.ts';

/**
 * One entry of an access control list.
 */
export interface AclEntry {
  /**
   * A sum of ZooKeeper's bits: 1 read, 2 write, 4 create, 8 delete, 16 admin.
   */
  'permissions'?: (number);
  /**
   * `world`, `auth`, `digest` or `ip`.
   */
  'scheme'?: (string);
  /**
   * As the scheme has it: `anyone`, nothing, `user:base64(sha1(user:password))`, an address with or without a mask.
   */
  'id'?: (string);
}

/**
 * One entry of an access control list.
 */
export interface AclEntry__Output {
  /**
   * A sum of ZooKeeper's bits: 1 read, 2 write, 4 create, 8 delete, 16 admin.
   */
  'permissions': (number);
  /**
   * `world`, `auth`, `digest` or `ip`.
   */
  'scheme': (string);
  /**
   * As the scheme has it: `anyone`, nothing, `user:base64(sha1(user:password))`, an address with or without a mask.
   */
  'id': (string);
}

/**
 * A guard: fails when the znode exists. Changes nothing.
 */
export interface CheckAbsentOp {
  /**
   * The znode.
   */
  'path'?: (string);
}

/**
 * A guard: fails when the znode exists. Changes nothing.
 */
export interface CheckAbsentOp__Output {
  /**
   * The znode.
   */
  'path': (string);
}

/**
 * A guard: fails as `FENCED` unless the token is that of a current holder. Changes nothing.
 */
export interface CheckLockOp {
  /**
   * `/locks/<name>` or `/elections/<name>`.
   */
  'queue'?: (string);
  /**
   * As it was granted.
   */
  'fencingToken'?: (number | string | Long);
}

/**
 * A guard: fails as `FENCED` unless the token is that of a current holder. Changes nothing.
 */
export interface CheckLockOp__Output {
  /**
   * `/locks/<name>` or `/elections/<name>`.
   */
  'queue': (string);
  /**
   * As it was granted.
   */
  'fencingToken': (Long);
}

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
  'expected'?: (Expected | null);
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
  'expected': (Expected__Output | null);
}

/**
 * A guard: fails as `SESSIONEXPIRED` unless the session is alive. Changes nothing.
 */
export interface CheckSessionOp {
  /**
   * The session.
   */
  'sessionId'?: (number | string | Long);
}

/**
 * A guard: fails as `SESSIONEXPIRED` unless the session is alive. Changes nothing.
 */
export interface CheckSessionOp__Output {
  /**
   * The session.
   */
  'sessionId': (Long);
}

/**
 * A child of a znode.
 */
export interface Child {
  /**
   * One name, without the parent's path.
   */
  'name'?: (string);
  /**
   * With `with_data`, where the caller may read the child.
   */
  'data'?: (Buffer | Uint8Array | string);
  /**
   * True when the data is null.
   */
  'nullData'?: (boolean);
  /**
   * With `with_data`, where the caller may read the child.
   */
  'stat'?: (Stat | null);
}

/**
 * A child of a znode.
 */
export interface Child__Output {
  /**
   * One name, without the parent's path.
   */
  'name': (string);
  /**
   * With `with_data`, where the caller may read the child.
   */
  'data': (Buffer);
  /**
   * True when the data is null.
   */
  'nullData': (boolean);
  /**
   * With `with_data`, where the caller may read the child.
   */
  'stat': (Stat__Output | null);
}

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
  'acl'?: (AclEntry)[];
  /**
   * By default persistent.
   */
  'kind'?: (ZnodeKind);
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
  'acl': (AclEntry__Output)[];
  /**
   * By default persistent.
   */
  'kind': (ZnodeKind__Output);
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
  'acl'?: (AclEntry)[];
  /**
   * Ephemeral znodes need a session.
   */
  'kind'?: (ZnodeKind);
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
  'acl': (AclEntry__Output)[];
  /**
   * Ephemeral znodes need a session.
   */
  'kind': (ZnodeKind__Output);
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

/**
 * See `ZnodeService.Create`.
 */
export interface CreateResponse {
  /**
   * With its sequence number, if it got one.
   */
  'path'?: (string);
  /**
   * Of the new znode.
   */
  'stat'?: (Stat | null);
  /**
   * Of the txn.
   */
  'zxid'?: (number | string | Long);
  /**
   * An idempotency key found an earlier request: this is its answer.
   */
  'replayed'?: (boolean);
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `ZnodeService.Create`.
 */
export interface CreateResponse__Output {
  /**
   * With its sequence number, if it got one.
   */
  'path': (string);
  /**
   * Of the new znode.
   */
  'stat': (Stat__Output | null);
  /**
   * Of the txn.
   */
  'zxid': (Long);
  /**
   * An idempotency key found an earlier request: this is its answer.
   */
  'replayed': (boolean);
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

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
  'expected'?: (Expected | null);
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
  'expected': (Expected__Output | null);
  /**
   * With everything below it.
   */
  'recursive': (boolean);
}

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
  'expected'?: (Expected | null);
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
  'expected': (Expected__Output | null);
  /**
   * With everything below it, at most `limits.recursive_delete_max` znodes, all or none.
   */
  'recursive': (boolean);
  /**
   * See `CreateRequest`.
   */
  'idempotencyKey': (string);
}

/**
 * See `ZnodeService.Delete`.
 */
export interface DeleteResponse {
  /**
   * How many znodes.
   */
  'deleted'?: (number);
  /**
   * Of the txn.
   */
  'zxid'?: (number | string | Long);
  /**
   * See `CreateResponse`.
   */
  'replayed'?: (boolean);
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `ZnodeService.Delete`.
 */
export interface DeleteResponse__Output {
  /**
   * How many znodes.
   */
  'deleted': (number);
  /**
   * Of the txn.
   */
  'zxid': (Long);
  /**
   * See `CreateResponse`.
   */
  'replayed': (boolean);
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * See `ZnodeService.Exists`.
 */
export interface ExistsRequest {
  /**
   * The znode.
   */
  'path'?: (string);
  /**
   * How new.
   */
  'read'?: (ReadOptions | null);
}

/**
 * See `ZnodeService.Exists`.
 */
export interface ExistsRequest__Output {
  /**
   * The znode.
   */
  'path': (string);
  /**
   * How new.
   */
  'read': (ReadOptions__Output | null);
}

/**
 * See `ZnodeService.Exists`.
 */
export interface ExistsResponse {
  /**
   * Of the znode.
   */
  'stat'?: (Stat | null);
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `ZnodeService.Exists`.
 */
export interface ExistsResponse__Output {
  /**
   * Of the znode.
   */
  'stat': (Stat__Output | null);
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * A precondition on a znode.
 */
export interface Expected {
  /**
   * Of its data; -1: any.
   */
  'version'?: (number);
  /**
   * Tells a znode from another one that was deleted and made again under its name; 0: any.
   */
  'czxid'?: (number | string | Long);
}

/**
 * A precondition on a znode.
 */
export interface Expected__Output {
  /**
   * Of its data; -1: any.
   */
  'version': (number);
  /**
   * Tells a znode from another one that was deleted and made again under its name; 0: any.
   */
  'czxid': (Long);
}

/**
 * A precondition on a znode's ACL.
 */
export interface ExpectedAcl {
  /**
   * -1: any.
   */
  'aversion'?: (number);
}

/**
 * A precondition on a znode's ACL.
 */
export interface ExpectedAcl__Output {
  /**
   * -1: any.
   */
  'aversion': (number);
}

/**
 * See `ZnodeService.GetAcl`.
 */
export interface GetAclRequest {
  /**
   * The znode.
   */
  'path'?: (string);
  /**
   * How new.
   */
  'read'?: (ReadOptions | null);
}

/**
 * See `ZnodeService.GetAcl`.
 */
export interface GetAclRequest__Output {
  /**
   * The znode.
   */
  'path': (string);
  /**
   * How new.
   */
  'read': (ReadOptions__Output | null);
}

/**
 * See `ZnodeService.GetAcl`.
 */
export interface GetAclResponse {
  /**
   * The whole list.
   */
  'acl'?: (AclEntry)[];
  /**
   * Of the znode.
   */
  'stat'?: (Stat | null);
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `ZnodeService.GetAcl`.
 */
export interface GetAclResponse__Output {
  /**
   * The whole list.
   */
  'acl': (AclEntry__Output)[];
  /**
   * Of the znode.
   */
  'stat': (Stat__Output | null);
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * See `ZnodeService.Get`.
 */
export interface GetRequest {
  /**
   * The znode.
   */
  'path'?: (string);
  /**
   * How new.
   */
  'read'?: (ReadOptions | null);
}

/**
 * See `ZnodeService.Get`.
 */
export interface GetRequest__Output {
  /**
   * The znode.
   */
  'path': (string);
  /**
   * How new.
   */
  'read': (ReadOptions__Output | null);
}

/**
 * See `ZnodeService.Get`.
 */
export interface GetResponse {
  /**
   * The data.
   */
  'data'?: (Buffer | Uint8Array | string);
  /**
   * True when the data is null, which ZooKeeper tells from empty.
   */
  'nullData'?: (boolean);
  /**
   * Of the znode.
   */
  'stat'?: (Stat | null);
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `ZnodeService.Get`.
 */
export interface GetResponse__Output {
  /**
   * The data.
   */
  'data': (Buffer);
  /**
   * True when the data is null, which ZooKeeper tells from empty.
   */
  'nullData': (boolean);
  /**
   * Of the znode.
   */
  'stat': (Stat__Output | null);
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * See `ZnodeService.ListChildren`.
 */
export interface ListChildrenRequest {
  /**
   * The parent.
   */
  'path'?: (string);
  /**
   * At most so many; 0 and more than `limits.children_page_max`: that many.
   */
  'limit'?: (number);
  /**
   * Only names after this one: the last of the page before.
   */
  'after'?: (string);
  /**
   * With the children's data and stat, of those that the caller may read.
   */
  'withData'?: (boolean);
  /**
   * How new.
   */
  'read'?: (ReadOptions | null);
}

/**
 * See `ZnodeService.ListChildren`.
 */
export interface ListChildrenRequest__Output {
  /**
   * The parent.
   */
  'path': (string);
  /**
   * At most so many; 0 and more than `limits.children_page_max`: that many.
   */
  'limit': (number);
  /**
   * Only names after this one: the last of the page before.
   */
  'after': (string);
  /**
   * With the children's data and stat, of those that the caller may read.
   */
  'withData': (boolean);
  /**
   * How new.
   */
  'read': (ReadOptions__Output | null);
}

/**
 * See `ZnodeService.ListChildren`.
 */
export interface ListChildrenResponse {
  /**
   * In the order of their names' code points.
   */
  'children'?: (Child)[];
  /**
   * More names follow the last one: ask again with `after`.
   */
  'more'?: (boolean);
  /**
   * Of the parent: another `pzxid` or `czxid` than on the page before means that the list has moved.
   */
  'stat'?: (Stat | null);
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `ZnodeService.ListChildren`.
 */
export interface ListChildrenResponse__Output {
  /**
   * In the order of their names' code points.
   */
  'children': (Child__Output)[];
  /**
   * More names follow the last one: ask again with `after`.
   */
  'more': (boolean);
  /**
   * Of the parent: another `pzxid` or `czxid` than on the page before means that the list has moved.
   */
  'stat': (Stat__Output | null);
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

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
  'acl'?: (AclEntry)[];
  /**
   * By default any.
   */
  'expected'?: (ExpectedAcl | null);
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
  'acl': (AclEntry__Output)[];
  /**
   * By default any.
   */
  'expected': (ExpectedAcl__Output | null);
}

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
  'acl'?: (AclEntry)[];
  /**
   * By default any.
   */
  'expected'?: (ExpectedAcl | null);
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
  'acl': (AclEntry__Output)[];
  /**
   * By default any.
   */
  'expected': (ExpectedAcl__Output | null);
  /**
   * See `CreateRequest`.
   */
  'idempotencyKey': (string);
}

/**
 * See `ZnodeService.SetAcl`.
 */
export interface SetAclResponse {
  /**
   * After the change.
   */
  'stat'?: (Stat | null);
  /**
   * Of the txn.
   */
  'zxid'?: (number | string | Long);
  /**
   * See `CreateResponse`.
   */
  'replayed'?: (boolean);
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `ZnodeService.SetAcl`.
 */
export interface SetAclResponse__Output {
  /**
   * After the change.
   */
  'stat': (Stat__Output | null);
  /**
   * Of the txn.
   */
  'zxid': (Long);
  /**
   * See `CreateResponse`.
   */
  'replayed': (boolean);
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

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
  'expected'?: (Expected | null);
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
  'acl'?: (AclEntry)[];
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
  'expected': (Expected__Output | null);
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
  'acl': (AclEntry__Output)[];
}

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
  'expected'?: (Expected | null);
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
  'acl'?: (AclEntry)[];
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
  'expected': (Expected__Output | null);
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
  'acl': (AclEntry__Output)[];
  /**
   * See `CreateRequest`.
   */
  'idempotencyKey': (string);
}

/**
 * See `ZnodeService.Set`.
 */
export interface SetResponse {
  /**
   * After the change.
   */
  'stat'?: (Stat | null);
  /**
   * The znode was made by this.
   */
  'created'?: (boolean);
  /**
   * Of the txn.
   */
  'zxid'?: (number | string | Long);
  /**
   * See `CreateResponse`.
   */
  'replayed'?: (boolean);
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `ZnodeService.Set`.
 */
export interface SetResponse__Output {
  /**
   * After the change.
   */
  'stat': (Stat__Output | null);
  /**
   * The znode was made by this.
   */
  'created': (boolean);
  /**
   * Of the txn.
   */
  'zxid': (Long);
  /**
   * See `CreateResponse`.
   */
  'replayed': (boolean);
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * ZooKeeper's eleven fields. Times are Unix milliseconds by the leader's clock.
 */
export interface Stat {
  /**
   * Of the txn that created the znode.
   */
  'czxid'?: (number | string | Long);
  /**
   * Of the txn that last set its data.
   */
  'mzxid'?: (number | string | Long);
  /**
   * When it was created.
   */
  'ctime'?: (number | string | Long);
  /**
   * When its data was last set.
   */
  'mtime'?: (number | string | Long);
  /**
   * Changes of data.
   */
  'version'?: (number);
  /**
   * Moves with every child that is created or deleted.
   */
  'cversion'?: (number);
  /**
   * Changes of the ACL.
   */
  'aversion'?: (number);
  /**
   * The session that an ephemeral znode belongs to; 0 for others.
   */
  'ephemeralOwner'?: (number | string | Long);
  /**
   * Bytes of data.
   */
  'dataLength'?: (number);
  /**
   * How many children it has.
   */
  'numChildren'?: (number);
  /**
   * Of the last txn that created or deleted a child.
   */
  'pzxid'?: (number | string | Long);
}

/**
 * ZooKeeper's eleven fields. Times are Unix milliseconds by the leader's clock.
 */
export interface Stat__Output {
  /**
   * Of the txn that created the znode.
   */
  'czxid': (Long);
  /**
   * Of the txn that last set its data.
   */
  'mzxid': (Long);
  /**
   * When it was created.
   */
  'ctime': (Long);
  /**
   * When its data was last set.
   */
  'mtime': (Long);
  /**
   * Changes of data.
   */
  'version': (number);
  /**
   * Moves with every child that is created or deleted.
   */
  'cversion': (number);
  /**
   * Changes of the ACL.
   */
  'aversion': (number);
  /**
   * The session that an ephemeral znode belongs to; 0 for others.
   */
  'ephemeralOwner': (Long);
  /**
   * Bytes of data.
   */
  'dataLength': (number);
  /**
   * How many children it has.
   */
  'numChildren': (number);
  /**
   * Of the last txn that created or deleted a child.
   */
  'pzxid': (Long);
}

/**
 * See `ZnodeService.StreamChildren`.
 */
export interface StreamChildrenRequest {
  /**
   * The parent.
   */
  'path'?: (string);
  /**
   * At most so many in one message; 0 and more than `limits.children_page_max`: that many.
   */
  'pageSize'?: (number);
  /**
   * With the children's data and stat, of those that the caller may read.
   */
  'withData'?: (boolean);
  /**
   * How new the first page is; the others are no older.
   */
  'read'?: (ReadOptions | null);
}

/**
 * See `ZnodeService.StreamChildren`.
 */
export interface StreamChildrenRequest__Output {
  /**
   * The parent.
   */
  'path': (string);
  /**
   * At most so many in one message; 0 and more than `limits.children_page_max`: that many.
   */
  'pageSize': (number);
  /**
   * With the children's data and stat, of those that the caller may read.
   */
  'withData': (boolean);
  /**
   * How new the first page is; the others are no older.
   */
  'read': (ReadOptions__Output | null);
}

/**
 * See `ZnodeService.StreamChildren`.
 */
export interface StreamChildrenResponse {
  /**
   * A page of them, in the order of their names' code points.
   */
  'children'?: (Child)[];
  /**
   * Of the parent.
   */
  'stat'?: (Stat | null);
  /**
   * The list has moved since the first page.
   */
  'moved'?: (boolean);
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `ZnodeService.StreamChildren`.
 */
export interface StreamChildrenResponse__Output {
  /**
   * A page of them, in the order of their names' code points.
   */
  'children': (Child__Output)[];
  /**
   * Of the parent.
   */
  'stat': (Stat__Output | null);
  /**
   * The list has moved since the first page.
   */
  'moved': (boolean);
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * See `ZnodeService.Sync`.
 */
export interface SyncRequest {
}

/**
 * See `ZnodeService.Sync`.
 */
export interface SyncRequest__Output {
}

/**
 * See `ZnodeService.Sync`.
 */
export interface SyncResponse {
  /**
   * About the peer: its `zxid` is the point that was reached.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `ZnodeService.Sync`.
 */
export interface SyncResponse__Output {
  /**
   * About the peer: its `zxid` is the point that was reached.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * What is done when an operation of the first branch fails.
 */
export interface TxnBranch {
  /**
   * May be empty: then such a transaction succeeds and does nothing.
   */
  'ops'?: (TxnOp)[];
}

/**
 * What is done when an operation of the first branch fails.
 */
export interface TxnBranch__Output {
  /**
   * May be empty: then such a transaction succeeds and does nothing.
   */
  'ops': (TxnOp__Output)[];
}

/**
 * One operation of a transaction. Later ones see the earlier ones.
 */
export interface TxnOp {
  /**
   * Makes a znode.
   */
  'create'?: (CreateOp | null);
  /**
   * Sets data.
   */
  'set'?: (SetOp | null);
  /**
   * Deletes.
   */
  'delete'?: (DeleteOp | null);
  /**
   * Sets an ACL.
   */
  'setAcl'?: (SetAclOp | null);
  /**
   * Needs a znode.
   */
  'check'?: (CheckOp | null);
  /**
   * Needs there to be no znode.
   */
  'checkAbsent'?: (CheckAbsentOp | null);
  /**
   * Needs a holder's token.
   */
  'checkLock'?: (CheckLockOp | null);
  /**
   * Needs a live session.
   */
  'checkSession'?: (CheckSessionOp | null);
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
  'create'?: (CreateOp__Output | null);
  /**
   * Sets data.
   */
  'set'?: (SetOp__Output | null);
  /**
   * Deletes.
   */
  'delete'?: (DeleteOp__Output | null);
  /**
   * Sets an ACL.
   */
  'setAcl'?: (SetAclOp__Output | null);
  /**
   * Needs a znode.
   */
  'check'?: (CheckOp__Output | null);
  /**
   * Needs there to be no znode.
   */
  'checkAbsent'?: (CheckAbsentOp__Output | null);
  /**
   * Needs a holder's token.
   */
  'checkLock'?: (CheckLockOp__Output | null);
  /**
   * Needs a live session.
   */
  'checkSession'?: (CheckSessionOp__Output | null);
  /**
   * Which one.
   */
  'op'?: "create"|"set"|"delete"|"setAcl"|"check"|"checkAbsent"|"checkLock"|"checkSession";
}

/**
 * See `ZnodeService.Txn`.
 */
export interface TxnRequest {
  /**
   * At most `limits.ops_per_multi_max` with those of `or_else`.
   */
  'ops'?: (TxnOp)[];
  /**
   * When absent, the failure of an operation is the failure of the transaction: its status is that operation's, and
   * `failedIndex` in the metadata of the ErrorInfo says which.
   */
  'orElse'?: (TxnBranch | null);
  /**
   * See `CreateRequest`.
   */
  'idempotencyKey'?: (string);
}

/**
 * See `ZnodeService.Txn`.
 */
export interface TxnRequest__Output {
  /**
   * At most `limits.ops_per_multi_max` with those of `or_else`.
   */
  'ops': (TxnOp__Output)[];
  /**
   * When absent, the failure of an operation is the failure of the transaction: its status is that operation's, and
   * `failedIndex` in the metadata of the ErrorInfo says which.
   */
  'orElse': (TxnBranch__Output | null);
  /**
   * See `CreateRequest`.
   */
  'idempotencyKey': (string);
}

/**
 * See `ZnodeService.Txn`.
 */
export interface TxnResponse {
  /**
   * One for each operation of the branch that was done.
   */
  'results'?: (TxnResult)[];
  /**
   * It was `or_else`.
   */
  'isOrElse'?: (boolean);
  /**
   * Of the txn.
   */
  'zxid'?: (number | string | Long);
  /**
   * See `CreateResponse`.
   */
  'replayed'?: (boolean);
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `ZnodeService.Txn`.
 */
export interface TxnResponse__Output {
  /**
   * One for each operation of the branch that was done.
   */
  'results': (TxnResult__Output)[];
  /**
   * It was `or_else`.
   */
  'isOrElse': (boolean);
  /**
   * Of the txn.
   */
  'zxid': (Long);
  /**
   * See `CreateResponse`.
   */
  'replayed': (boolean);
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * The result of one operation.
 */
export interface TxnResult {
  /**
   * What it did.
   */
  'kind'?: (TxnResultKind);
  /**
   * To which znode, with its sequence number.
   */
  'path'?: (string);
  /**
   * After it; absent for `DELETE` and `CHECK`.
   */
  'stat'?: (Stat | null);
  /**
   * Of `DELETE`: how many znodes.
   */
  'deleted'?: (number);
}

/**
 * The result of one operation.
 */
export interface TxnResult__Output {
  /**
   * What it did.
   */
  'kind': (TxnResultKind__Output);
  /**
   * To which znode, with its sequence number.
   */
  'path': (string);
  /**
   * After it; absent for `DELETE` and `CHECK`.
   */
  'stat': (Stat__Output | null);
  /**
   * Of `DELETE`: how many znodes.
   */
  'deleted': (number);
}

/**
 * What an operation did.
 */
export const TxnResultKind = {
  /**
   * Not known.
   */
  TXN_RESULT_KIND_UNSPECIFIED: 'TXN_RESULT_KIND_UNSPECIFIED',
  /**
   * Made the znode; also a `set` with `create` that found none.
   */
  TXN_RESULT_KIND_CREATE: 'TXN_RESULT_KIND_CREATE',
  /**
   * Set the data.
   */
  TXN_RESULT_KIND_SET: 'TXN_RESULT_KIND_SET',
  /**
   * Deleted.
   */
  TXN_RESULT_KIND_DELETE: 'TXN_RESULT_KIND_DELETE',
  /**
   * Set the ACL.
   */
  TXN_RESULT_KIND_SET_ACL: 'TXN_RESULT_KIND_SET_ACL',
  /**
   * Checked: any of the guards.
   */
  TXN_RESULT_KIND_CHECK: 'TXN_RESULT_KIND_CHECK',
} as const;

/**
 * What an operation did.
 */
export type TxnResultKind =
  /**
   * Not known.
   */
  | 'TXN_RESULT_KIND_UNSPECIFIED'
  | 0
  /**
   * Made the znode; also a `set` with `create` that found none.
   */
  | 'TXN_RESULT_KIND_CREATE'
  | 1
  /**
   * Set the data.
   */
  | 'TXN_RESULT_KIND_SET'
  | 2
  /**
   * Deleted.
   */
  | 'TXN_RESULT_KIND_DELETE'
  | 3
  /**
   * Set the ACL.
   */
  | 'TXN_RESULT_KIND_SET_ACL'
  | 4
  /**
   * Checked: any of the guards.
   */
  | 'TXN_RESULT_KIND_CHECK'
  | 5

/**
 * What an operation did.
 */
export type TxnResultKind__Output = typeof TxnResultKind[keyof typeof TxnResultKind]

/**
 * What lives how long.
 */
export const ZnodeKind = {
  /**
   * Persistent; or `ttl` where a `ttl_ms` is given.
   */
  ZNODE_KIND_UNSPECIFIED: 'ZNODE_KIND_UNSPECIFIED',
  /**
   * Until it is deleted.
   */
  ZNODE_KIND_PERSISTENT: 'ZNODE_KIND_PERSISTENT',
  /**
   * Until its session ends. Has no children.
   */
  ZNODE_KIND_EPHEMERAL: 'ZNODE_KIND_EPHEMERAL',
  /**
   * Until some time after its last child is gone.
   */
  ZNODE_KIND_CONTAINER: 'ZNODE_KIND_CONTAINER',
  /**
   * Until it had neither child nor change for `ttl_ms`.
   */
  ZNODE_KIND_TTL: 'ZNODE_KIND_TTL',
} as const;

/**
 * What lives how long.
 */
export type ZnodeKind =
  /**
   * Persistent; or `ttl` where a `ttl_ms` is given.
   */
  | 'ZNODE_KIND_UNSPECIFIED'
  | 0
  /**
   * Until it is deleted.
   */
  | 'ZNODE_KIND_PERSISTENT'
  | 1
  /**
   * Until its session ends. Has no children.
   */
  | 'ZNODE_KIND_EPHEMERAL'
  | 2
  /**
   * Until some time after its last child is gone.
   */
  | 'ZNODE_KIND_CONTAINER'
  | 3
  /**
   * Until it had neither child nor change for `ttl_ms`.
   */
  | 'ZNODE_KIND_TTL'
  | 4

/**
 * What lives how long.
 */
export type ZnodeKind__Output = typeof ZnodeKind[keyof typeof ZnodeKind]

export interface ZnodeServiceDefinition extends grpc.ServiceDefinition {
  Create: MethodDefinition<CreateRequest, CreateResponse, CreateRequest__Output, CreateResponse__Output>
  Delete: MethodDefinition<DeleteRequest, DeleteResponse, DeleteRequest__Output, DeleteResponse__Output>
  Exists: MethodDefinition<ExistsRequest, ExistsResponse, ExistsRequest__Output, ExistsResponse__Output>
  Get: MethodDefinition<GetRequest, GetResponse, GetRequest__Output, GetResponse__Output>
  GetAcl: MethodDefinition<GetAclRequest, GetAclResponse, GetAclRequest__Output, GetAclResponse__Output>
  ListChildren: MethodDefinition<ListChildrenRequest, ListChildrenResponse, ListChildrenRequest__Output, ListChildrenResponse__Output>
  Set: MethodDefinition<SetRequest, SetResponse, SetRequest__Output, SetResponse__Output>
  SetAcl: MethodDefinition<SetAclRequest, SetAclResponse, SetAclRequest__Output, SetAclResponse__Output>
  StreamChildren: MethodDefinition<StreamChildrenRequest, StreamChildrenResponse, StreamChildrenRequest__Output, StreamChildrenResponse__Output>
  Sync: MethodDefinition<SyncRequest, SyncResponse, SyncRequest__Output, SyncResponse__Output>
  Txn: MethodDefinition<TxnRequest, TxnResponse, TxnRequest__Output, TxnResponse__Output>
}
