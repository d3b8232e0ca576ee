// Original file: proto/quoll/v1/session.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CloseSessionRequest as _quoll_v1_CloseSessionRequest, CloseSessionRequest__Output as _quoll_v1_CloseSessionRequest__Output } from '../../quoll/v1/CloseSessionRequest.ts';
import type { CloseSessionResponse as _quoll_v1_CloseSessionResponse, CloseSessionResponse__Output as _quoll_v1_CloseSessionResponse__Output } from '../../quoll/v1/CloseSessionResponse.ts';
import type { OpenSessionRequest as _quoll_v1_OpenSessionRequest, OpenSessionRequest__Output as _quoll_v1_OpenSessionRequest__Output } from '../../quoll/v1/OpenSessionRequest.ts';
import type { OpenSessionResponse as _quoll_v1_OpenSessionResponse, OpenSessionResponse__Output as _quoll_v1_OpenSessionResponse__Output } from '../../quoll/v1/OpenSessionResponse.ts';
import type { SessionRequest as _quoll_v1_SessionRequest, SessionRequest__Output as _quoll_v1_SessionRequest__Output } from '../../quoll/v1/SessionRequest.ts';
import type { SessionResponse as _quoll_v1_SessionResponse, SessionResponse__Output as _quoll_v1_SessionResponse__Output } from '../../quoll/v1/SessionResponse.ts';
import type { TouchSessionRequest as _quoll_v1_TouchSessionRequest, TouchSessionRequest__Output as _quoll_v1_TouchSessionRequest__Output } from '../../quoll/v1/TouchSessionRequest.ts';
import type { TouchSessionResponse as _quoll_v1_TouchSessionResponse, TouchSessionResponse__Output as _quoll_v1_TouchSessionResponse__Output } from '../../quoll/v1/TouchSessionResponse.ts';

/**
 * A session is used in one of two ways. As a credential in the metadata of unary calls (`x-session-id`, a decimal number;
 * `x-session-secret`, base64url without padding): order comes from awaiting the answers. Or carried by a `Session` stream,
 * which owns its order.
 */
export interface SessionServiceClient extends grpc.Client {
  /**
   * Ends the session in the metadata. Also succeeds when it is gone already.
   */
  CloseSession(argument: _quoll_v1_CloseSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  CloseSession(argument: _quoll_v1_CloseSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  CloseSession(argument: _quoll_v1_CloseSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  CloseSession(argument: _quoll_v1_CloseSessionRequest, callback: grpc.requestCallback<_quoll_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Ends the session in the metadata. Also succeeds when it is gone already.
   */
  closeSession(argument: _quoll_v1_CloseSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  closeSession(argument: _quoll_v1_CloseSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  closeSession(argument: _quoll_v1_CloseSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  closeSession(argument: _quoll_v1_CloseSessionRequest, callback: grpc.requestCallback<_quoll_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Opens a session.
   */
  OpenSession(argument: _quoll_v1_OpenSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_OpenSessionResponse__Output>): grpc.ClientUnaryCall;
  OpenSession(argument: _quoll_v1_OpenSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_OpenSessionResponse__Output>): grpc.ClientUnaryCall;
  OpenSession(argument: _quoll_v1_OpenSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_OpenSessionResponse__Output>): grpc.ClientUnaryCall;
  OpenSession(argument: _quoll_v1_OpenSessionRequest, callback: grpc.requestCallback<_quoll_v1_OpenSessionResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Opens a session.
   */
  openSession(argument: _quoll_v1_OpenSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_OpenSessionResponse__Output>): grpc.ClientUnaryCall;
  openSession(argument: _quoll_v1_OpenSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_OpenSessionResponse__Output>): grpc.ClientUnaryCall;
  openSession(argument: _quoll_v1_OpenSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_OpenSessionResponse__Output>): grpc.ClientUnaryCall;
  openSession(argument: _quoll_v1_OpenSessionRequest, callback: grpc.requestCallback<_quoll_v1_OpenSessionResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Carries a session: requests are done in the order in which they are sent, without waiting for each other's answers, and
   * answered in that order; those that wait for a lock are begun in it, and answered when they are. An event comes before any answer that shows what it announces. The first request is `open` or
   * `attach`. An open stream keeps its session alive; its end is not the session's end.
   */
  Session(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_quoll_v1_SessionRequest, _quoll_v1_SessionResponse__Output>;
  Session(options?: grpc.CallOptions): grpc.ClientDuplexStream<_quoll_v1_SessionRequest, _quoll_v1_SessionResponse__Output>;
  /**
   * Carries a session: requests are done in the order in which they are sent, without waiting for each other's answers, and
   * answered in that order; those that wait for a lock are begun in it, and answered when they are. An event comes before any answer that shows what it announces. The first request is `open` or
   * `attach`. An open stream keeps its session alive; its end is not the session's end.
   */
  session(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_quoll_v1_SessionRequest, _quoll_v1_SessionResponse__Output>;
  session(options?: grpc.CallOptions): grpc.ClientDuplexStream<_quoll_v1_SessionRequest, _quoll_v1_SessionResponse__Output>;
  
  /**
   * A heartbeat that the leader confirms, of the session in the metadata. Any other call with it is one too.
   */
  TouchSession(argument: _quoll_v1_TouchSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_TouchSessionResponse__Output>): grpc.ClientUnaryCall;
  TouchSession(argument: _quoll_v1_TouchSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_TouchSessionResponse__Output>): grpc.ClientUnaryCall;
  TouchSession(argument: _quoll_v1_TouchSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_TouchSessionResponse__Output>): grpc.ClientUnaryCall;
  TouchSession(argument: _quoll_v1_TouchSessionRequest, callback: grpc.requestCallback<_quoll_v1_TouchSessionResponse__Output>): grpc.ClientUnaryCall;
  /**
   * A heartbeat that the leader confirms, of the session in the metadata. Any other call with it is one too.
   */
  touchSession(argument: _quoll_v1_TouchSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_TouchSessionResponse__Output>): grpc.ClientUnaryCall;
  touchSession(argument: _quoll_v1_TouchSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_TouchSessionResponse__Output>): grpc.ClientUnaryCall;
  touchSession(argument: _quoll_v1_TouchSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_TouchSessionResponse__Output>): grpc.ClientUnaryCall;
  touchSession(argument: _quoll_v1_TouchSessionRequest, callback: grpc.requestCallback<_quoll_v1_TouchSessionResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * A session is used in one of two ways. As a credential in the metadata of unary calls (`x-session-id`, a decimal number;
 * `x-session-secret`, base64url without padding): order comes from awaiting the answers. Or carried by a `Session` stream,
 * which owns its order.
 */
export interface SessionServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Ends the session in the metadata. Also succeeds when it is gone already.
   */
  CloseSession: grpc.handleUnaryCall<_quoll_v1_CloseSessionRequest__Output, _quoll_v1_CloseSessionResponse>;
  
  /**
   * Opens a session.
   */
  OpenSession: grpc.handleUnaryCall<_quoll_v1_OpenSessionRequest__Output, _quoll_v1_OpenSessionResponse>;
  
  /**
   * Carries a session: requests are done in the order in which they are sent, without waiting for each other's answers, and
   * answered in that order; those that wait for a lock are begun in it, and answered when they are. An event comes before any answer that shows what it announces. The first request is `open` or
   * `attach`. An open stream keeps its session alive; its end is not the session's end.
   */
  Session: grpc.handleBidiStreamingCall<_quoll_v1_SessionRequest__Output, _quoll_v1_SessionResponse>;
  
  /**
   * A heartbeat that the leader confirms, of the session in the metadata. Any other call with it is one too.
   */
  TouchSession: grpc.handleUnaryCall<_quoll_v1_TouchSessionRequest__Output, _quoll_v1_TouchSessionResponse>;
  
}

export interface SessionServiceDefinition extends grpc.ServiceDefinition {
  CloseSession: MethodDefinition<_quoll_v1_CloseSessionRequest, _quoll_v1_CloseSessionResponse, _quoll_v1_CloseSessionRequest__Output, _quoll_v1_CloseSessionResponse__Output>
  OpenSession: MethodDefinition<_quoll_v1_OpenSessionRequest, _quoll_v1_OpenSessionResponse, _quoll_v1_OpenSessionRequest__Output, _quoll_v1_OpenSessionResponse__Output>
  Session: MethodDefinition<_quoll_v1_SessionRequest, _quoll_v1_SessionResponse, _quoll_v1_SessionRequest__Output, _quoll_v1_SessionResponse__Output>
  TouchSession: MethodDefinition<_quoll_v1_TouchSessionRequest, _quoll_v1_TouchSessionResponse, _quoll_v1_TouchSessionRequest__Output, _quoll_v1_TouchSessionResponse__Output>
}
