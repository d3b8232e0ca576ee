// Original file: proto/quoll/v1/cluster.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetClusterRequest as _quoll_v1_GetClusterRequest, GetClusterRequest__Output as _quoll_v1_GetClusterRequest__Output } from '../../quoll/v1/GetClusterRequest.ts';
import type { GetClusterResponse as _quoll_v1_GetClusterResponse, GetClusterResponse__Output as _quoll_v1_GetClusterResponse__Output } from '../../quoll/v1/GetClusterResponse.ts';
import type { GetInfoRequest as _quoll_v1_GetInfoRequest, GetInfoRequest__Output as _quoll_v1_GetInfoRequest__Output } from '../../quoll/v1/GetInfoRequest.ts';
import type { GetInfoResponse as _quoll_v1_GetInfoResponse, GetInfoResponse__Output as _quoll_v1_GetInfoResponse__Output } from '../../quoll/v1/GetInfoResponse.ts';

/**
 * About the ensemble. Answered by any peer from what it knows, also without a leader.
 */
export interface ClusterServiceClient extends grpc.Client {
  /**
   * The ensemble as this peer knows it.
   */
  GetCluster(argument: _quoll_v1_GetClusterRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_GetClusterResponse__Output>): grpc.ClientUnaryCall;
  GetCluster(argument: _quoll_v1_GetClusterRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_GetClusterResponse__Output>): grpc.ClientUnaryCall;
  GetCluster(argument: _quoll_v1_GetClusterRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_GetClusterResponse__Output>): grpc.ClientUnaryCall;
  GetCluster(argument: _quoll_v1_GetClusterRequest, callback: grpc.requestCallback<_quoll_v1_GetClusterResponse__Output>): grpc.ClientUnaryCall;
  /**
   * The ensemble as this peer knows it.
   */
  getCluster(argument: _quoll_v1_GetClusterRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_GetClusterResponse__Output>): grpc.ClientUnaryCall;
  getCluster(argument: _quoll_v1_GetClusterRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_GetClusterResponse__Output>): grpc.ClientUnaryCall;
  getCluster(argument: _quoll_v1_GetClusterRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_GetClusterResponse__Output>): grpc.ClientUnaryCall;
  getCluster(argument: _quoll_v1_GetClusterRequest, callback: grpc.requestCallback<_quoll_v1_GetClusterResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * This peer, and what may be asked of it.
   */
  GetInfo(argument: _quoll_v1_GetInfoRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_GetInfoResponse__Output>): grpc.ClientUnaryCall;
  GetInfo(argument: _quoll_v1_GetInfoRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_GetInfoResponse__Output>): grpc.ClientUnaryCall;
  GetInfo(argument: _quoll_v1_GetInfoRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_GetInfoResponse__Output>): grpc.ClientUnaryCall;
  GetInfo(argument: _quoll_v1_GetInfoRequest, callback: grpc.requestCallback<_quoll_v1_GetInfoResponse__Output>): grpc.ClientUnaryCall;
  /**
   * This peer, and what may be asked of it.
   */
  getInfo(argument: _quoll_v1_GetInfoRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_GetInfoResponse__Output>): grpc.ClientUnaryCall;
  getInfo(argument: _quoll_v1_GetInfoRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_GetInfoResponse__Output>): grpc.ClientUnaryCall;
  getInfo(argument: _quoll_v1_GetInfoRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_GetInfoResponse__Output>): grpc.ClientUnaryCall;
  getInfo(argument: _quoll_v1_GetInfoRequest, callback: grpc.requestCallback<_quoll_v1_GetInfoResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * About the ensemble. Answered by any peer from what it knows, also without a leader.
 */
export interface ClusterServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * The ensemble as this peer knows it.
   */
  GetCluster: grpc.handleUnaryCall<_quoll_v1_GetClusterRequest__Output, _quoll_v1_GetClusterResponse>;
  
  /**
   * This peer, and what may be asked of it.
   */
  GetInfo: grpc.handleUnaryCall<_quoll_v1_GetInfoRequest__Output, _quoll_v1_GetInfoResponse>;
  
}

export interface ClusterServiceDefinition extends grpc.ServiceDefinition {
  GetCluster: MethodDefinition<_quoll_v1_GetClusterRequest, _quoll_v1_GetClusterResponse, _quoll_v1_GetClusterRequest__Output, _quoll_v1_GetClusterResponse__Output>
  GetInfo: MethodDefinition<_quoll_v1_GetInfoRequest, _quoll_v1_GetInfoResponse, _quoll_v1_GetInfoRequest__Output, _quoll_v1_GetInfoResponse__Output>
}
