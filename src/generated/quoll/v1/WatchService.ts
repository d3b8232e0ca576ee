// Original file: proto/quoll/v1/watch.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { WatchRequest as _quoll_v1_WatchRequest, WatchRequest__Output as _quoll_v1_WatchRequest__Output } from '../../quoll/v1/WatchRequest.ts';
import type { WatchResponse as _quoll_v1_WatchResponse, WatchResponse__Output as _quoll_v1_WatchResponse__Output } from '../../quoll/v1/WatchResponse.ts';

/**
 * What happens to znodes.
 */
export interface WatchServiceClient extends grpc.Client {
  /**
   * Streams the events of a znode, or of it and everything below, that the caller may read.
   */
  Watch(argument: _quoll_v1_WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_quoll_v1_WatchResponse__Output>;
  Watch(argument: _quoll_v1_WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_quoll_v1_WatchResponse__Output>;
  /**
   * Streams the events of a znode, or of it and everything below, that the caller may read.
   */
  watch(argument: _quoll_v1_WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_quoll_v1_WatchResponse__Output>;
  watch(argument: _quoll_v1_WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_quoll_v1_WatchResponse__Output>;
  
}

/**
 * What happens to znodes.
 */
export interface WatchServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Streams the events of a znode, or of it and everything below, that the caller may read.
   */
  Watch: grpc.handleServerStreamingCall<_quoll_v1_WatchRequest__Output, _quoll_v1_WatchResponse>;
  
}

export interface WatchServiceDefinition extends grpc.ServiceDefinition {
  Watch: MethodDefinition<_quoll_v1_WatchRequest, _quoll_v1_WatchResponse, _quoll_v1_WatchRequest__Output, _quoll_v1_WatchResponse__Output>
}
