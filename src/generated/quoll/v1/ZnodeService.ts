// Original file: proto/quoll/v1/znode.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CreateRequest as _quoll_v1_CreateRequest, CreateRequest__Output as _quoll_v1_CreateRequest__Output } from '../../quoll/v1/CreateRequest.ts';
import type { CreateResponse as _quoll_v1_CreateResponse, CreateResponse__Output as _quoll_v1_CreateResponse__Output } from '../../quoll/v1/CreateResponse.ts';
import type { DeleteRequest as _quoll_v1_DeleteRequest, DeleteRequest__Output as _quoll_v1_DeleteRequest__Output } from '../../quoll/v1/DeleteRequest.ts';
import type { DeleteResponse as _quoll_v1_DeleteResponse, DeleteResponse__Output as _quoll_v1_DeleteResponse__Output } from '../../quoll/v1/DeleteResponse.ts';
import type { ExistsRequest as _quoll_v1_ExistsRequest, ExistsRequest__Output as _quoll_v1_ExistsRequest__Output } from '../../quoll/v1/ExistsRequest.ts';
import type { ExistsResponse as _quoll_v1_ExistsResponse, ExistsResponse__Output as _quoll_v1_ExistsResponse__Output } from '../../quoll/v1/ExistsResponse.ts';
import type { GetAclRequest as _quoll_v1_GetAclRequest, GetAclRequest__Output as _quoll_v1_GetAclRequest__Output } from '../../quoll/v1/GetAclRequest.ts';
import type { GetAclResponse as _quoll_v1_GetAclResponse, GetAclResponse__Output as _quoll_v1_GetAclResponse__Output } from '../../quoll/v1/GetAclResponse.ts';
import type { GetRequest as _quoll_v1_GetRequest, GetRequest__Output as _quoll_v1_GetRequest__Output } from '../../quoll/v1/GetRequest.ts';
import type { GetResponse as _quoll_v1_GetResponse, GetResponse__Output as _quoll_v1_GetResponse__Output } from '../../quoll/v1/GetResponse.ts';
import type { ListChildrenRequest as _quoll_v1_ListChildrenRequest, ListChildrenRequest__Output as _quoll_v1_ListChildrenRequest__Output } from '../../quoll/v1/ListChildrenRequest.ts';
import type { ListChildrenResponse as _quoll_v1_ListChildrenResponse, ListChildrenResponse__Output as _quoll_v1_ListChildrenResponse__Output } from '../../quoll/v1/ListChildrenResponse.ts';
import type { SetAclRequest as _quoll_v1_SetAclRequest, SetAclRequest__Output as _quoll_v1_SetAclRequest__Output } from '../../quoll/v1/SetAclRequest.ts';
import type { SetAclResponse as _quoll_v1_SetAclResponse, SetAclResponse__Output as _quoll_v1_SetAclResponse__Output } from '../../quoll/v1/SetAclResponse.ts';
import type { SetRequest as _quoll_v1_SetRequest, SetRequest__Output as _quoll_v1_SetRequest__Output } from '../../quoll/v1/SetRequest.ts';
import type { SetResponse as _quoll_v1_SetResponse, SetResponse__Output as _quoll_v1_SetResponse__Output } from '../../quoll/v1/SetResponse.ts';
import type { StreamChildrenRequest as _quoll_v1_StreamChildrenRequest, StreamChildrenRequest__Output as _quoll_v1_StreamChildrenRequest__Output } from '../../quoll/v1/StreamChildrenRequest.ts';
import type { StreamChildrenResponse as _quoll_v1_StreamChildrenResponse, StreamChildrenResponse__Output as _quoll_v1_StreamChildrenResponse__Output } from '../../quoll/v1/StreamChildrenResponse.ts';
import type { SyncRequest as _quoll_v1_SyncRequest, SyncRequest__Output as _quoll_v1_SyncRequest__Output } from '../../quoll/v1/SyncRequest.ts';
import type { SyncResponse as _quoll_v1_SyncResponse, SyncResponse__Output as _quoll_v1_SyncResponse__Output } from '../../quoll/v1/SyncResponse.ts';
import type { TxnRequest as _quoll_v1_TxnRequest, TxnRequest__Output as _quoll_v1_TxnRequest__Output } from '../../quoll/v1/TxnRequest.ts';
import type { TxnResponse as _quoll_v1_TxnResponse, TxnResponse__Output as _quoll_v1_TxnResponse__Output } from '../../quoll/v1/TxnResponse.ts';

/**
 * The tree of znodes. A session, where one is needed, comes in the metadata `x-session-id` and `x-session-secret`.
 */
export interface ZnodeServiceClient extends grpc.Client {
  /**
   * Makes a znode.
   */
  Create(argument: _quoll_v1_CreateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_CreateResponse__Output>): grpc.ClientUnaryCall;
  Create(argument: _quoll_v1_CreateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_CreateResponse__Output>): grpc.ClientUnaryCall;
  Create(argument: _quoll_v1_CreateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_CreateResponse__Output>): grpc.ClientUnaryCall;
  Create(argument: _quoll_v1_CreateRequest, callback: grpc.requestCallback<_quoll_v1_CreateResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Makes a znode.
   */
  create(argument: _quoll_v1_CreateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_CreateResponse__Output>): grpc.ClientUnaryCall;
  create(argument: _quoll_v1_CreateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_CreateResponse__Output>): grpc.ClientUnaryCall;
  create(argument: _quoll_v1_CreateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_CreateResponse__Output>): grpc.ClientUnaryCall;
  create(argument: _quoll_v1_CreateRequest, callback: grpc.requestCallback<_quoll_v1_CreateResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Deletes a znode.
   */
  Delete(argument: _quoll_v1_DeleteRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_DeleteResponse__Output>): grpc.ClientUnaryCall;
  Delete(argument: _quoll_v1_DeleteRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_DeleteResponse__Output>): grpc.ClientUnaryCall;
  Delete(argument: _quoll_v1_DeleteRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_DeleteResponse__Output>): grpc.ClientUnaryCall;
  Delete(argument: _quoll_v1_DeleteRequest, callback: grpc.requestCallback<_quoll_v1_DeleteResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Deletes a znode.
   */
  delete(argument: _quoll_v1_DeleteRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_DeleteResponse__Output>): grpc.ClientUnaryCall;
  delete(argument: _quoll_v1_DeleteRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_DeleteResponse__Output>): grpc.ClientUnaryCall;
  delete(argument: _quoll_v1_DeleteRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_DeleteResponse__Output>): grpc.ClientUnaryCall;
  delete(argument: _quoll_v1_DeleteRequest, callback: grpc.requestCallback<_quoll_v1_DeleteResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Reads a znode's stat; NOT_FOUND when there is no such znode.
   */
  Exists(argument: _quoll_v1_ExistsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_ExistsResponse__Output>): grpc.ClientUnaryCall;
  Exists(argument: _quoll_v1_ExistsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_ExistsResponse__Output>): grpc.ClientUnaryCall;
  Exists(argument: _quoll_v1_ExistsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_ExistsResponse__Output>): grpc.ClientUnaryCall;
  Exists(argument: _quoll_v1_ExistsRequest, callback: grpc.requestCallback<_quoll_v1_ExistsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Reads a znode's stat; NOT_FOUND when there is no such znode.
   */
  exists(argument: _quoll_v1_ExistsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_ExistsResponse__Output>): grpc.ClientUnaryCall;
  exists(argument: _quoll_v1_ExistsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_ExistsResponse__Output>): grpc.ClientUnaryCall;
  exists(argument: _quoll_v1_ExistsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_ExistsResponse__Output>): grpc.ClientUnaryCall;
  exists(argument: _quoll_v1_ExistsRequest, callback: grpc.requestCallback<_quoll_v1_ExistsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Reads a znode's data and stat.
   */
  Get(argument: _quoll_v1_GetRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_GetResponse__Output>): grpc.ClientUnaryCall;
  Get(argument: _quoll_v1_GetRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_GetResponse__Output>): grpc.ClientUnaryCall;
  Get(argument: _quoll_v1_GetRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_GetResponse__Output>): grpc.ClientUnaryCall;
  Get(argument: _quoll_v1_GetRequest, callback: grpc.requestCallback<_quoll_v1_GetResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Reads a znode's data and stat.
   */
  get(argument: _quoll_v1_GetRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_GetResponse__Output>): grpc.ClientUnaryCall;
  get(argument: _quoll_v1_GetRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_GetResponse__Output>): grpc.ClientUnaryCall;
  get(argument: _quoll_v1_GetRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_GetResponse__Output>): grpc.ClientUnaryCall;
  get(argument: _quoll_v1_GetRequest, callback: grpc.requestCallback<_quoll_v1_GetResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Reads a znode's ACL.
   */
  GetAcl(argument: _quoll_v1_GetAclRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_GetAclResponse__Output>): grpc.ClientUnaryCall;
  GetAcl(argument: _quoll_v1_GetAclRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_GetAclResponse__Output>): grpc.ClientUnaryCall;
  GetAcl(argument: _quoll_v1_GetAclRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_GetAclResponse__Output>): grpc.ClientUnaryCall;
  GetAcl(argument: _quoll_v1_GetAclRequest, callback: grpc.requestCallback<_quoll_v1_GetAclResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Reads a znode's ACL.
   */
  getAcl(argument: _quoll_v1_GetAclRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_GetAclResponse__Output>): grpc.ClientUnaryCall;
  getAcl(argument: _quoll_v1_GetAclRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_GetAclResponse__Output>): grpc.ClientUnaryCall;
  getAcl(argument: _quoll_v1_GetAclRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_GetAclResponse__Output>): grpc.ClientUnaryCall;
  getAcl(argument: _quoll_v1_GetAclRequest, callback: grpc.requestCallback<_quoll_v1_GetAclResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Reads one page of a znode's children, in the order of their names' code points.
   */
  ListChildren(argument: _quoll_v1_ListChildrenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_ListChildrenResponse__Output>): grpc.ClientUnaryCall;
  ListChildren(argument: _quoll_v1_ListChildrenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_ListChildrenResponse__Output>): grpc.ClientUnaryCall;
  ListChildren(argument: _quoll_v1_ListChildrenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_ListChildrenResponse__Output>): grpc.ClientUnaryCall;
  ListChildren(argument: _quoll_v1_ListChildrenRequest, callback: grpc.requestCallback<_quoll_v1_ListChildrenResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Reads one page of a znode's children, in the order of their names' code points.
   */
  listChildren(argument: _quoll_v1_ListChildrenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_ListChildrenResponse__Output>): grpc.ClientUnaryCall;
  listChildren(argument: _quoll_v1_ListChildrenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_ListChildrenResponse__Output>): grpc.ClientUnaryCall;
  listChildren(argument: _quoll_v1_ListChildrenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_ListChildrenResponse__Output>): grpc.ClientUnaryCall;
  listChildren(argument: _quoll_v1_ListChildrenRequest, callback: grpc.requestCallback<_quoll_v1_ListChildrenResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Sets a znode's data.
   */
  Set(argument: _quoll_v1_SetRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_SetResponse__Output>): grpc.ClientUnaryCall;
  Set(argument: _quoll_v1_SetRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_SetResponse__Output>): grpc.ClientUnaryCall;
  Set(argument: _quoll_v1_SetRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_SetResponse__Output>): grpc.ClientUnaryCall;
  Set(argument: _quoll_v1_SetRequest, callback: grpc.requestCallback<_quoll_v1_SetResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Sets a znode's data.
   */
  set(argument: _quoll_v1_SetRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_SetResponse__Output>): grpc.ClientUnaryCall;
  set(argument: _quoll_v1_SetRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_SetResponse__Output>): grpc.ClientUnaryCall;
  set(argument: _quoll_v1_SetRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_SetResponse__Output>): grpc.ClientUnaryCall;
  set(argument: _quoll_v1_SetRequest, callback: grpc.requestCallback<_quoll_v1_SetResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Sets a znode's ACL.
   */
  SetAcl(argument: _quoll_v1_SetAclRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_SetAclResponse__Output>): grpc.ClientUnaryCall;
  SetAcl(argument: _quoll_v1_SetAclRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_SetAclResponse__Output>): grpc.ClientUnaryCall;
  SetAcl(argument: _quoll_v1_SetAclRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_SetAclResponse__Output>): grpc.ClientUnaryCall;
  SetAcl(argument: _quoll_v1_SetAclRequest, callback: grpc.requestCallback<_quoll_v1_SetAclResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Sets a znode's ACL.
   */
  setAcl(argument: _quoll_v1_SetAclRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_SetAclResponse__Output>): grpc.ClientUnaryCall;
  setAcl(argument: _quoll_v1_SetAclRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_SetAclResponse__Output>): grpc.ClientUnaryCall;
  setAcl(argument: _quoll_v1_SetAclRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_SetAclResponse__Output>): grpc.ClientUnaryCall;
  setAcl(argument: _quoll_v1_SetAclRequest, callback: grpc.requestCallback<_quoll_v1_SetAclResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Reads all children, page after page. A child that exists throughout comes exactly once.
   */
  StreamChildren(argument: _quoll_v1_StreamChildrenRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_quoll_v1_StreamChildrenResponse__Output>;
  StreamChildren(argument: _quoll_v1_StreamChildrenRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_quoll_v1_StreamChildrenResponse__Output>;
  /**
   * Reads all children, page after page. A child that exists throughout comes exactly once.
   */
  streamChildren(argument: _quoll_v1_StreamChildrenRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_quoll_v1_StreamChildrenResponse__Output>;
  streamChildren(argument: _quoll_v1_StreamChildrenRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_quoll_v1_StreamChildrenResponse__Output>;
  
  /**
   * Answers once this peer has applied all that the leader had proposed when it was asked.
   */
  Sync(argument: _quoll_v1_SyncRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_SyncResponse__Output>): grpc.ClientUnaryCall;
  Sync(argument: _quoll_v1_SyncRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_SyncResponse__Output>): grpc.ClientUnaryCall;
  Sync(argument: _quoll_v1_SyncRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_SyncResponse__Output>): grpc.ClientUnaryCall;
  Sync(argument: _quoll_v1_SyncRequest, callback: grpc.requestCallback<_quoll_v1_SyncResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Answers once this peer has applied all that the leader had proposed when it was asked.
   */
  sync(argument: _quoll_v1_SyncRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_SyncResponse__Output>): grpc.ClientUnaryCall;
  sync(argument: _quoll_v1_SyncRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_SyncResponse__Output>): grpc.ClientUnaryCall;
  sync(argument: _quoll_v1_SyncRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_SyncResponse__Output>): grpc.ClientUnaryCall;
  sync(argument: _quoll_v1_SyncRequest, callback: grpc.requestCallback<_quoll_v1_SyncResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Does all of `ops` or none; when one of them fails and there is an `or_else`, all of that or none.
   */
  Txn(argument: _quoll_v1_TxnRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_TxnResponse__Output>): grpc.ClientUnaryCall;
  Txn(argument: _quoll_v1_TxnRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_TxnResponse__Output>): grpc.ClientUnaryCall;
  Txn(argument: _quoll_v1_TxnRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_TxnResponse__Output>): grpc.ClientUnaryCall;
  Txn(argument: _quoll_v1_TxnRequest, callback: grpc.requestCallback<_quoll_v1_TxnResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Does all of `ops` or none; when one of them fails and there is an `or_else`, all of that or none.
   */
  txn(argument: _quoll_v1_TxnRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_TxnResponse__Output>): grpc.ClientUnaryCall;
  txn(argument: _quoll_v1_TxnRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_TxnResponse__Output>): grpc.ClientUnaryCall;
  txn(argument: _quoll_v1_TxnRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_TxnResponse__Output>): grpc.ClientUnaryCall;
  txn(argument: _quoll_v1_TxnRequest, callback: grpc.requestCallback<_quoll_v1_TxnResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * The tree of znodes. A session, where one is needed, comes in the metadata `x-session-id` and `x-session-secret`.
 */
export interface ZnodeServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Makes a znode.
   */
  Create: grpc.handleUnaryCall<_quoll_v1_CreateRequest__Output, _quoll_v1_CreateResponse>;
  
  /**
   * Deletes a znode.
   */
  Delete: grpc.handleUnaryCall<_quoll_v1_DeleteRequest__Output, _quoll_v1_DeleteResponse>;
  
  /**
   * Reads a znode's stat; NOT_FOUND when there is no such znode.
   */
  Exists: grpc.handleUnaryCall<_quoll_v1_ExistsRequest__Output, _quoll_v1_ExistsResponse>;
  
  /**
   * Reads a znode's data and stat.
   */
  Get: grpc.handleUnaryCall<_quoll_v1_GetRequest__Output, _quoll_v1_GetResponse>;
  
  /**
   * Reads a znode's ACL.
   */
  GetAcl: grpc.handleUnaryCall<_quoll_v1_GetAclRequest__Output, _quoll_v1_GetAclResponse>;
  
  /**
   * Reads one page of a znode's children, in the order of their names' code points.
   */
  ListChildren: grpc.handleUnaryCall<_quoll_v1_ListChildrenRequest__Output, _quoll_v1_ListChildrenResponse>;
  
  /**
   * Sets a znode's data.
   */
  Set: grpc.handleUnaryCall<_quoll_v1_SetRequest__Output, _quoll_v1_SetResponse>;
  
  /**
   * Sets a znode's ACL.
   */
  SetAcl: grpc.handleUnaryCall<_quoll_v1_SetAclRequest__Output, _quoll_v1_SetAclResponse>;
  
  /**
   * Reads all children, page after page. A child that exists throughout comes exactly once.
   */
  StreamChildren: grpc.handleServerStreamingCall<_quoll_v1_StreamChildrenRequest__Output, _quoll_v1_StreamChildrenResponse>;
  
  /**
   * Answers once this peer has applied all that the leader had proposed when it was asked.
   */
  Sync: grpc.handleUnaryCall<_quoll_v1_SyncRequest__Output, _quoll_v1_SyncResponse>;
  
  /**
   * Does all of `ops` or none; when one of them fails and there is an `or_else`, all of that or none.
   */
  Txn: grpc.handleUnaryCall<_quoll_v1_TxnRequest__Output, _quoll_v1_TxnResponse>;
  
}

export interface ZnodeServiceDefinition extends grpc.ServiceDefinition {
  Create: MethodDefinition<_quoll_v1_CreateRequest, _quoll_v1_CreateResponse, _quoll_v1_CreateRequest__Output, _quoll_v1_CreateResponse__Output>
  Delete: MethodDefinition<_quoll_v1_DeleteRequest, _quoll_v1_DeleteResponse, _quoll_v1_DeleteRequest__Output, _quoll_v1_DeleteResponse__Output>
  Exists: MethodDefinition<_quoll_v1_ExistsRequest, _quoll_v1_ExistsResponse, _quoll_v1_ExistsRequest__Output, _quoll_v1_ExistsResponse__Output>
  Get: MethodDefinition<_quoll_v1_GetRequest, _quoll_v1_GetResponse, _quoll_v1_GetRequest__Output, _quoll_v1_GetResponse__Output>
  GetAcl: MethodDefinition<_quoll_v1_GetAclRequest, _quoll_v1_GetAclResponse, _quoll_v1_GetAclRequest__Output, _quoll_v1_GetAclResponse__Output>
  ListChildren: MethodDefinition<_quoll_v1_ListChildrenRequest, _quoll_v1_ListChildrenResponse, _quoll_v1_ListChildrenRequest__Output, _quoll_v1_ListChildrenResponse__Output>
  Set: MethodDefinition<_quoll_v1_SetRequest, _quoll_v1_SetResponse, _quoll_v1_SetRequest__Output, _quoll_v1_SetResponse__Output>
  SetAcl: MethodDefinition<_quoll_v1_SetAclRequest, _quoll_v1_SetAclResponse, _quoll_v1_SetAclRequest__Output, _quoll_v1_SetAclResponse__Output>
  StreamChildren: MethodDefinition<_quoll_v1_StreamChildrenRequest, _quoll_v1_StreamChildrenResponse, _quoll_v1_StreamChildrenRequest__Output, _quoll_v1_StreamChildrenResponse__Output>
  Sync: MethodDefinition<_quoll_v1_SyncRequest, _quoll_v1_SyncResponse, _quoll_v1_SyncRequest__Output, _quoll_v1_SyncResponse__Output>
  Txn: MethodDefinition<_quoll_v1_TxnRequest, _quoll_v1_TxnResponse, _quoll_v1_TxnRequest__Output, _quoll_v1_TxnResponse__Output>
}
