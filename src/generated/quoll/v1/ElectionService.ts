// Original file: proto/quoll/v1/election.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CampaignRequest as _quoll_v1_CampaignRequest, CampaignRequest__Output as _quoll_v1_CampaignRequest__Output } from '../../quoll/v1/CampaignRequest.ts';
import type { CampaignResponse as _quoll_v1_CampaignResponse, CampaignResponse__Output as _quoll_v1_CampaignResponse__Output } from '../../quoll/v1/CampaignResponse.ts';
import type { GetLeaderRequest as _quoll_v1_GetLeaderRequest, GetLeaderRequest__Output as _quoll_v1_GetLeaderRequest__Output } from '../../quoll/v1/GetLeaderRequest.ts';
import type { GetLeaderResponse as _quoll_v1_GetLeaderResponse, GetLeaderResponse__Output as _quoll_v1_GetLeaderResponse__Output } from '../../quoll/v1/GetLeaderResponse.ts';
import type { ObserveLeaderRequest as _quoll_v1_ObserveLeaderRequest, ObserveLeaderRequest__Output as _quoll_v1_ObserveLeaderRequest__Output } from '../../quoll/v1/ObserveLeaderRequest.ts';
import type { ObserveLeaderResponse as _quoll_v1_ObserveLeaderResponse, ObserveLeaderResponse__Output as _quoll_v1_ObserveLeaderResponse__Output } from '../../quoll/v1/ObserveLeaderResponse.ts';
import type { PollCampaignRequest as _quoll_v1_PollCampaignRequest, PollCampaignRequest__Output as _quoll_v1_PollCampaignRequest__Output } from '../../quoll/v1/PollCampaignRequest.ts';
import type { PollCampaignResponse as _quoll_v1_PollCampaignResponse, PollCampaignResponse__Output as _quoll_v1_PollCampaignResponse__Output } from '../../quoll/v1/PollCampaignResponse.ts';
import type { ProclaimRequest as _quoll_v1_ProclaimRequest, ProclaimRequest__Output as _quoll_v1_ProclaimRequest__Output } from '../../quoll/v1/ProclaimRequest.ts';
import type { ProclaimResponse as _quoll_v1_ProclaimResponse, ProclaimResponse__Output as _quoll_v1_ProclaimResponse__Output } from '../../quoll/v1/ProclaimResponse.ts';
import type { RenewCampaignRequest as _quoll_v1_RenewCampaignRequest, RenewCampaignRequest__Output as _quoll_v1_RenewCampaignRequest__Output } from '../../quoll/v1/RenewCampaignRequest.ts';
import type { RenewCampaignResponse as _quoll_v1_RenewCampaignResponse, RenewCampaignResponse__Output as _quoll_v1_RenewCampaignResponse__Output } from '../../quoll/v1/RenewCampaignResponse.ts';
import type { ResignRequest as _quoll_v1_ResignRequest, ResignRequest__Output as _quoll_v1_ResignRequest__Output } from '../../quoll/v1/ResignRequest.ts';
import type { ResignResponse as _quoll_v1_ResignResponse, ResignResponse__Output as _quoll_v1_ResignResponse__Output } from '../../quoll/v1/ResignResponse.ts';

/**
 * Elections by name. A candidate lives in the caller's session, or in one of its own with a time to live.
 */
export interface ElectionServiceClient extends grpc.Client {
  /**
   * Stands for election and waits to be elected, `wait_ms` at most; the place is kept. Once per `lock_id`.
   */
  Campaign(argument: _quoll_v1_CampaignRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_CampaignResponse__Output>): grpc.ClientUnaryCall;
  Campaign(argument: _quoll_v1_CampaignRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_CampaignResponse__Output>): grpc.ClientUnaryCall;
  Campaign(argument: _quoll_v1_CampaignRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_CampaignResponse__Output>): grpc.ClientUnaryCall;
  Campaign(argument: _quoll_v1_CampaignRequest, callback: grpc.requestCallback<_quoll_v1_CampaignResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Stands for election and waits to be elected, `wait_ms` at most; the place is kept. Once per `lock_id`.
   */
  campaign(argument: _quoll_v1_CampaignRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_CampaignResponse__Output>): grpc.ClientUnaryCall;
  campaign(argument: _quoll_v1_CampaignRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_CampaignResponse__Output>): grpc.ClientUnaryCall;
  campaign(argument: _quoll_v1_CampaignRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_CampaignResponse__Output>): grpc.ClientUnaryCall;
  campaign(argument: _quoll_v1_CampaignRequest, callback: grpc.requestCallback<_quoll_v1_CampaignResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Who leads, linearizably.
   */
  GetLeader(argument: _quoll_v1_GetLeaderRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_GetLeaderResponse__Output>): grpc.ClientUnaryCall;
  GetLeader(argument: _quoll_v1_GetLeaderRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_GetLeaderResponse__Output>): grpc.ClientUnaryCall;
  GetLeader(argument: _quoll_v1_GetLeaderRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_GetLeaderResponse__Output>): grpc.ClientUnaryCall;
  GetLeader(argument: _quoll_v1_GetLeaderRequest, callback: grpc.requestCallback<_quoll_v1_GetLeaderResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Who leads, linearizably.
   */
  getLeader(argument: _quoll_v1_GetLeaderRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_GetLeaderResponse__Output>): grpc.ClientUnaryCall;
  getLeader(argument: _quoll_v1_GetLeaderRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_GetLeaderResponse__Output>): grpc.ClientUnaryCall;
  getLeader(argument: _quoll_v1_GetLeaderRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_GetLeaderResponse__Output>): grpc.ClientUnaryCall;
  getLeader(argument: _quoll_v1_GetLeaderRequest, callback: grpc.requestCallback<_quoll_v1_GetLeaderResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Who leads, now and at each change, as this peer has applied it. A slow reader is told the newest.
   */
  ObserveLeader(argument: _quoll_v1_ObserveLeaderRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_quoll_v1_ObserveLeaderResponse__Output>;
  ObserveLeader(argument: _quoll_v1_ObserveLeaderRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_quoll_v1_ObserveLeaderResponse__Output>;
  /**
   * Who leads, now and at each change, as this peer has applied it. A slow reader is told the newest.
   */
  observeLeader(argument: _quoll_v1_ObserveLeaderRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_quoll_v1_ObserveLeaderResponse__Output>;
  observeLeader(argument: _quoll_v1_ObserveLeaderRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_quoll_v1_ObserveLeaderResponse__Output>;
  
  /**
   * Waits on, at the place that is kept. `LOCKLOST` when the place is gone.
   */
  PollCampaign(argument: _quoll_v1_PollCampaignRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_PollCampaignResponse__Output>): grpc.ClientUnaryCall;
  PollCampaign(argument: _quoll_v1_PollCampaignRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_PollCampaignResponse__Output>): grpc.ClientUnaryCall;
  PollCampaign(argument: _quoll_v1_PollCampaignRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_PollCampaignResponse__Output>): grpc.ClientUnaryCall;
  PollCampaign(argument: _quoll_v1_PollCampaignRequest, callback: grpc.requestCallback<_quoll_v1_PollCampaignResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Waits on, at the place that is kept. `LOCKLOST` when the place is gone.
   */
  pollCampaign(argument: _quoll_v1_PollCampaignRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_PollCampaignResponse__Output>): grpc.ClientUnaryCall;
  pollCampaign(argument: _quoll_v1_PollCampaignRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_PollCampaignResponse__Output>): grpc.ClientUnaryCall;
  pollCampaign(argument: _quoll_v1_PollCampaignRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_PollCampaignResponse__Output>): grpc.ClientUnaryCall;
  pollCampaign(argument: _quoll_v1_PollCampaignRequest, callback: grpc.requestCallback<_quoll_v1_PollCampaignResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * The leader says something new; `FENCED` when the caller does not lead (any more).
   */
  Proclaim(argument: _quoll_v1_ProclaimRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_ProclaimResponse__Output>): grpc.ClientUnaryCall;
  Proclaim(argument: _quoll_v1_ProclaimRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_ProclaimResponse__Output>): grpc.ClientUnaryCall;
  Proclaim(argument: _quoll_v1_ProclaimRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_ProclaimResponse__Output>): grpc.ClientUnaryCall;
  Proclaim(argument: _quoll_v1_ProclaimRequest, callback: grpc.requestCallback<_quoll_v1_ProclaimResponse__Output>): grpc.ClientUnaryCall;
  /**
   * The leader says something new; `FENCED` when the caller does not lead (any more).
   */
  proclaim(argument: _quoll_v1_ProclaimRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_ProclaimResponse__Output>): grpc.ClientUnaryCall;
  proclaim(argument: _quoll_v1_ProclaimRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_ProclaimResponse__Output>): grpc.ClientUnaryCall;
  proclaim(argument: _quoll_v1_ProclaimRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_ProclaimResponse__Output>): grpc.ClientUnaryCall;
  proclaim(argument: _quoll_v1_ProclaimRequest, callback: grpc.requestCallback<_quoll_v1_ProclaimResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Keeps the candidate alive for its whole time to live.
   */
  RenewCampaign(argument: _quoll_v1_RenewCampaignRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_RenewCampaignResponse__Output>): grpc.ClientUnaryCall;
  RenewCampaign(argument: _quoll_v1_RenewCampaignRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_RenewCampaignResponse__Output>): grpc.ClientUnaryCall;
  RenewCampaign(argument: _quoll_v1_RenewCampaignRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_RenewCampaignResponse__Output>): grpc.ClientUnaryCall;
  RenewCampaign(argument: _quoll_v1_RenewCampaignRequest, callback: grpc.requestCallback<_quoll_v1_RenewCampaignResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Keeps the candidate alive for its whole time to live.
   */
  renewCampaign(argument: _quoll_v1_RenewCampaignRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_RenewCampaignResponse__Output>): grpc.ClientUnaryCall;
  renewCampaign(argument: _quoll_v1_RenewCampaignRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_RenewCampaignResponse__Output>): grpc.ClientUnaryCall;
  renewCampaign(argument: _quoll_v1_RenewCampaignRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_RenewCampaignResponse__Output>): grpc.ClientUnaryCall;
  renewCampaign(argument: _quoll_v1_RenewCampaignRequest, callback: grpc.requestCallback<_quoll_v1_RenewCampaignResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Steps down, or stands no longer.
   */
  Resign(argument: _quoll_v1_ResignRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_ResignResponse__Output>): grpc.ClientUnaryCall;
  Resign(argument: _quoll_v1_ResignRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_ResignResponse__Output>): grpc.ClientUnaryCall;
  Resign(argument: _quoll_v1_ResignRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_ResignResponse__Output>): grpc.ClientUnaryCall;
  Resign(argument: _quoll_v1_ResignRequest, callback: grpc.requestCallback<_quoll_v1_ResignResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Steps down, or stands no longer.
   */
  resign(argument: _quoll_v1_ResignRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_ResignResponse__Output>): grpc.ClientUnaryCall;
  resign(argument: _quoll_v1_ResignRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_ResignResponse__Output>): grpc.ClientUnaryCall;
  resign(argument: _quoll_v1_ResignRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_ResignResponse__Output>): grpc.ClientUnaryCall;
  resign(argument: _quoll_v1_ResignRequest, callback: grpc.requestCallback<_quoll_v1_ResignResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * Elections by name. A candidate lives in the caller's session, or in one of its own with a time to live.
 */
export interface ElectionServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Stands for election and waits to be elected, `wait_ms` at most; the place is kept. Once per `lock_id`.
   */
  Campaign: grpc.handleUnaryCall<_quoll_v1_CampaignRequest__Output, _quoll_v1_CampaignResponse>;
  
  /**
   * Who leads, linearizably.
   */
  GetLeader: grpc.handleUnaryCall<_quoll_v1_GetLeaderRequest__Output, _quoll_v1_GetLeaderResponse>;
  
  /**
   * Who leads, now and at each change, as this peer has applied it. A slow reader is told the newest.
   */
  ObserveLeader: grpc.handleServerStreamingCall<_quoll_v1_ObserveLeaderRequest__Output, _quoll_v1_ObserveLeaderResponse>;
  
  /**
   * Waits on, at the place that is kept. `LOCKLOST` when the place is gone.
   */
  PollCampaign: grpc.handleUnaryCall<_quoll_v1_PollCampaignRequest__Output, _quoll_v1_PollCampaignResponse>;
  
  /**
   * The leader says something new; `FENCED` when the caller does not lead (any more).
   */
  Proclaim: grpc.handleUnaryCall<_quoll_v1_ProclaimRequest__Output, _quoll_v1_ProclaimResponse>;
  
  /**
   * Keeps the candidate alive for its whole time to live.
   */
  RenewCampaign: grpc.handleUnaryCall<_quoll_v1_RenewCampaignRequest__Output, _quoll_v1_RenewCampaignResponse>;
  
  /**
   * Steps down, or stands no longer.
   */
  Resign: grpc.handleUnaryCall<_quoll_v1_ResignRequest__Output, _quoll_v1_ResignResponse>;
  
}

export interface ElectionServiceDefinition extends grpc.ServiceDefinition {
  Campaign: MethodDefinition<_quoll_v1_CampaignRequest, _quoll_v1_CampaignResponse, _quoll_v1_CampaignRequest__Output, _quoll_v1_CampaignResponse__Output>
  GetLeader: MethodDefinition<_quoll_v1_GetLeaderRequest, _quoll_v1_GetLeaderResponse, _quoll_v1_GetLeaderRequest__Output, _quoll_v1_GetLeaderResponse__Output>
  ObserveLeader: MethodDefinition<_quoll_v1_ObserveLeaderRequest, _quoll_v1_ObserveLeaderResponse, _quoll_v1_ObserveLeaderRequest__Output, _quoll_v1_ObserveLeaderResponse__Output>
  PollCampaign: MethodDefinition<_quoll_v1_PollCampaignRequest, _quoll_v1_PollCampaignResponse, _quoll_v1_PollCampaignRequest__Output, _quoll_v1_PollCampaignResponse__Output>
  Proclaim: MethodDefinition<_quoll_v1_ProclaimRequest, _quoll_v1_ProclaimResponse, _quoll_v1_ProclaimRequest__Output, _quoll_v1_ProclaimResponse__Output>
  RenewCampaign: MethodDefinition<_quoll_v1_RenewCampaignRequest, _quoll_v1_RenewCampaignResponse, _quoll_v1_RenewCampaignRequest__Output, _quoll_v1_RenewCampaignResponse__Output>
  Resign: MethodDefinition<_quoll_v1_ResignRequest, _quoll_v1_ResignResponse, _quoll_v1_ResignRequest__Output, _quoll_v1_ResignResponse__Output>
}
