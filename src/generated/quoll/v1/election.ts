// Written by scripts/generate-proto.mjs from proto/quoll/v1/election.proto: change that, and run it again.

import type * as grpc from '@grpc/grpc-js';
import type { Long } from '@grpc/proto-loader';
import type { MethodDefinition } from '@grpc/proto-loader';
import type {
  AnswerMeta,
  AnswerMeta__Output,
} from './common.ts';
import type {
  LockStatus,
  LockStatus__Output,
} from './lock.ts';

/**
 * See `ElectionService.Campaign`.
 */
export interface CampaignRequest {
  /**
   * One name, without "/": the queue is `/elections/<name>`.
   */
  'name'?: (string);
  /**
   * See `AcquireLockRequest`.
   */
  'lockId'?: (string);
  /**
   * What the candidate proclaims once it leads.
   */
  'data'?: (Buffer | Uint8Array | string);
  /**
   * See `AcquireLockRequest`.
   */
  'ttlMs'?: (number);
  /**
   * How long to wait to be elected; 0: not at all.
   */
  'waitMs'?: (number);
  /**
   * `LOCKHELD` unless it is elected at once.
   */
  'tryOnly'?: (boolean);
  /**
   * See `AcquireLockRequest`.
   */
  'abandonOnCancel'?: (boolean);
}

/**
 * See `ElectionService.Campaign`.
 */
export interface CampaignRequest__Output {
  /**
   * One name, without "/": the queue is `/elections/<name>`.
   */
  'name': (string);
  /**
   * See `AcquireLockRequest`.
   */
  'lockId': (string);
  /**
   * What the candidate proclaims once it leads.
   */
  'data': (Buffer);
  /**
   * See `AcquireLockRequest`.
   */
  'ttlMs': (number);
  /**
   * How long to wait to be elected; 0: not at all.
   */
  'waitMs': (number);
  /**
   * `LOCKHELD` unless it is elected at once.
   */
  'tryOnly': (boolean);
  /**
   * See `AcquireLockRequest`.
   */
  'abandonOnCancel': (boolean);
}

/**
 * See `ElectionService.Campaign`.
 */
export interface CampaignResponse {
  /**
   * Granted: it leads.
   */
  'status'?: (LockStatus | null);
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `ElectionService.Campaign`.
 */
export interface CampaignResponse__Output {
  /**
   * Granted: it leads.
   */
  'status': (LockStatus__Output | null);
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

export interface ElectionServiceDefinition extends grpc.ServiceDefinition {
  Campaign: MethodDefinition<CampaignRequest, CampaignResponse, CampaignRequest__Output, CampaignResponse__Output>
  GetLeader: MethodDefinition<GetLeaderRequest, GetLeaderResponse, GetLeaderRequest__Output, GetLeaderResponse__Output>
  ObserveLeader: MethodDefinition<ObserveLeaderRequest, ObserveLeaderResponse, ObserveLeaderRequest__Output, ObserveLeaderResponse__Output>
  PollCampaign: MethodDefinition<PollCampaignRequest, PollCampaignResponse, PollCampaignRequest__Output, PollCampaignResponse__Output>
  Proclaim: MethodDefinition<ProclaimRequest, ProclaimResponse, ProclaimRequest__Output, ProclaimResponse__Output>
  RenewCampaign: MethodDefinition<RenewCampaignRequest, RenewCampaignResponse, RenewCampaignRequest__Output, RenewCampaignResponse__Output>
  Resign: MethodDefinition<ResignRequest, ResignResponse, ResignRequest__Output, ResignResponse__Output>
}

/**
 * See `ElectionService.GetLeader`.
 */
export interface GetLeaderRequest {
  /**
   * As in `CampaignRequest`.
   */
  'name'?: (string);
}

/**
 * See `ElectionService.GetLeader`.
 */
export interface GetLeaderRequest__Output {
  /**
   * As in `CampaignRequest`.
   */
  'name': (string);
}

/**
 * See `ElectionService.GetLeader`.
 */
export interface GetLeaderResponse {
  /**
   * Absent while nobody leads.
   */
  'leader'?: (Leadership | null);
  /**
   * Of the state that this was read from.
   */
  'zxid'?: (number | string | Long);
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `ElectionService.GetLeader`.
 */
export interface GetLeaderResponse__Output {
  /**
   * Absent while nobody leads.
   */
  'leader': (Leadership__Output | null);
  /**
   * Of the state that this was read from.
   */
  'zxid': (Long);
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * Who leads.
 */
export interface Leadership {
  /**
   * Of the candidate's znode.
   */
  'path'?: (string);
  /**
   * The session that it lives in.
   */
  'sessionId'?: (number | string | Long);
  /**
   * Grows with every leader.
   */
  'fencingToken'?: (number | string | Long);
  /**
   * What it proclaims.
   */
  'data'?: (Buffer | Uint8Array | string);
}

/**
 * Who leads.
 */
export interface Leadership__Output {
  /**
   * Of the candidate's znode.
   */
  'path': (string);
  /**
   * The session that it lives in.
   */
  'sessionId': (Long);
  /**
   * Grows with every leader.
   */
  'fencingToken': (Long);
  /**
   * What it proclaims.
   */
  'data': (Buffer);
}

/**
 * See `ElectionService.ObserveLeader`.
 */
export interface ObserveLeaderRequest {
  /**
   * As in `CampaignRequest`.
   */
  'name'?: (string);
}

/**
 * See `ElectionService.ObserveLeader`.
 */
export interface ObserveLeaderRequest__Output {
  /**
   * As in `CampaignRequest`.
   */
  'name': (string);
}

/**
 * See `ElectionService.ObserveLeader`.
 */
export interface ObserveLeaderResponse {
  /**
   * Absent while nobody leads.
   */
  'leader'?: (Leadership | null);
  /**
   * Of the change.
   */
  'zxid'?: (number | string | Long);
}

/**
 * See `ElectionService.ObserveLeader`.
 */
export interface ObserveLeaderResponse__Output {
  /**
   * Absent while nobody leads.
   */
  'leader': (Leadership__Output | null);
  /**
   * Of the change.
   */
  'zxid': (Long);
}

/**
 * See `ElectionService.PollCampaign`.
 */
export interface PollCampaignRequest {
  /**
   * As in `CampaignRequest`.
   */
  'name'?: (string);
  /**
   * As it was answered.
   */
  'lockId'?: (string);
  /**
   * How long to wait to be elected; 0: not at all.
   */
  'waitMs'?: (number);
}

/**
 * See `ElectionService.PollCampaign`.
 */
export interface PollCampaignRequest__Output {
  /**
   * As in `CampaignRequest`.
   */
  'name': (string);
  /**
   * As it was answered.
   */
  'lockId': (string);
  /**
   * How long to wait to be elected; 0: not at all.
   */
  'waitMs': (number);
}

/**
 * See `ElectionService.PollCampaign`.
 */
export interface PollCampaignResponse {
  /**
   * Granted: it leads.
   */
  'status'?: (LockStatus | null);
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `ElectionService.PollCampaign`.
 */
export interface PollCampaignResponse__Output {
  /**
   * Granted: it leads.
   */
  'status': (LockStatus__Output | null);
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * See `ElectionService.Proclaim`.
 */
export interface ProclaimRequest {
  /**
   * As in `CampaignRequest`.
   */
  'name'?: (string);
  /**
   * As it was answered.
   */
  'lockId'?: (string);
  /**
   * The new proclamation.
   */
  'data'?: (Buffer | Uint8Array | string);
}

/**
 * See `ElectionService.Proclaim`.
 */
export interface ProclaimRequest__Output {
  /**
   * As in `CampaignRequest`.
   */
  'name': (string);
  /**
   * As it was answered.
   */
  'lockId': (string);
  /**
   * The new proclamation.
   */
  'data': (Buffer);
}

/**
 * See `ElectionService.Proclaim`.
 */
export interface ProclaimResponse {
  /**
   * Still leading.
   */
  'status'?: (LockStatus | null);
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `ElectionService.Proclaim`.
 */
export interface ProclaimResponse__Output {
  /**
   * Still leading.
   */
  'status': (LockStatus__Output | null);
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * See `ElectionService.RenewCampaign`.
 */
export interface RenewCampaignRequest {
  /**
   * As in `CampaignRequest`.
   */
  'name'?: (string);
  /**
   * As it was answered.
   */
  'lockId'?: (string);
}

/**
 * See `ElectionService.RenewCampaign`.
 */
export interface RenewCampaignRequest__Output {
  /**
   * As in `CampaignRequest`.
   */
  'name': (string);
  /**
   * As it was answered.
   */
  'lockId': (string);
}

/**
 * See `ElectionService.RenewCampaign`.
 */
export interface RenewCampaignResponse {
  /**
   * Granted: it leads.
   */
  'status'?: (LockStatus | null);
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `ElectionService.RenewCampaign`.
 */
export interface RenewCampaignResponse__Output {
  /**
   * Granted: it leads.
   */
  'status': (LockStatus__Output | null);
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * See `ElectionService.Resign`.
 */
export interface ResignRequest {
  /**
   * As in `CampaignRequest`.
   */
  'name'?: (string);
  /**
   * As it was answered.
   */
  'lockId'?: (string);
  /**
   * As it was granted: another one is refused as `FENCED`. 0: not looked at.
   */
  'fencingToken'?: (number | string | Long);
}

/**
 * See `ElectionService.Resign`.
 */
export interface ResignRequest__Output {
  /**
   * As in `CampaignRequest`.
   */
  'name': (string);
  /**
   * As it was answered.
   */
  'lockId': (string);
  /**
   * As it was granted: another one is refused as `FENCED`. 0: not looked at.
   */
  'fencingToken': (Long);
}

/**
 * See `ElectionService.Resign`.
 */
export interface ResignResponse {
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `ElectionService.Resign`.
 */
export interface ResignResponse__Output {
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}
