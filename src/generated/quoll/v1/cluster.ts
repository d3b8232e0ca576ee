// Written by scripts/generate-proto.mjs from proto/quoll/v1/cluster.proto: change that, and run it again.

import type * as grpc from '@grpc/grpc-js';
import type { Long } from '@grpc/proto-loader';
import type { MethodDefinition } from '@grpc/proto-loader';
import type {
  AnswerMeta,
  AnswerMeta__Output,
  PeerRole,
  PeerRole__Output,
} from './common.ts';

/**
 * See `ClusterService.ChangeMembers`.
 */
export interface ChangeMembersRequest {
  /**
   * Who comes: id, role, host, ports and client count.
   */
  'add'?: (Member)[];
  /**
   * Who goes.
   */
  'remove'?: (number)[];
  /**
   * Members that are to be participants.
   */
  'promote'?: (number)[];
  /**
   * Members that are to be observers.
   */
  'demote'?: (number)[];
  /**
   * With `checks_version`: refused with `BADVERSION` unless this is the version.
   */
  'fromVersion'?: (number | string | Long);
  /**
   * Also when the majority of the new voters that is there is not up to date yet.
   */
  'force'?: (boolean);
  /**
   * `from_version` counts.
   */
  'checksVersion'?: (boolean);
}

/**
 * See `ClusterService.ChangeMembers`.
 */
export interface ChangeMembersRequest__Output {
  /**
   * Who comes: id, role, host, ports and client count.
   */
  'add': (Member__Output)[];
  /**
   * Who goes.
   */
  'remove': (number)[];
  /**
   * Members that are to be participants.
   */
  'promote': (number)[];
  /**
   * Members that are to be observers.
   */
  'demote': (number)[];
  /**
   * With `checks_version`: refused with `BADVERSION` unless this is the version.
   */
  'fromVersion': (Long);
  /**
   * Also when the majority of the new voters that is there is not up to date yet.
   */
  'force': (boolean);
  /**
   * `from_version` counts.
   */
  'checksVersion': (boolean);
}

/**
 * See `ClusterService.ChangeMembers`.
 */
export interface ChangeMembersResponse {
  /**
   * Of this change.
   */
  'version'?: (number | string | Long);
  /**
   * In the order of their numbers.
   */
  'members'?: (Member)[];
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `ClusterService.ChangeMembers`.
 */
export interface ChangeMembersResponse__Output {
  /**
   * Of this change.
   */
  'version': (Long);
  /**
   * In the order of their numbers.
   */
  'members': (Member__Output)[];
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

export interface ClusterServiceDefinition extends grpc.ServiceDefinition {
  ChangeMembers: MethodDefinition<ChangeMembersRequest, ChangeMembersResponse, ChangeMembersRequest__Output, ChangeMembersResponse__Output>
  GetCluster: MethodDefinition<GetClusterRequest, GetClusterResponse, GetClusterRequest__Output, GetClusterResponse__Output>
  GetInfo: MethodDefinition<GetInfoRequest, GetInfoResponse, GetInfoRequest__Output, GetInfoResponse__Output>
  ListMembers: MethodDefinition<ListMembersRequest, ListMembersResponse, ListMembersRequest__Output, ListMembersResponse__Output>
  MoveLeader: MethodDefinition<MoveLeaderRequest, MoveLeaderResponse, MoveLeaderRequest__Output, MoveLeaderResponse__Output>
  RaiseLevel: MethodDefinition<RaiseLevelRequest, RaiseLevelResponse, RaiseLevelRequest__Output, RaiseLevelResponse__Output>
  TakeBackup: MethodDefinition<TakeBackupRequest, TakeBackupResponse, TakeBackupRequest__Output, TakeBackupResponse__Output>
}

/**
 * See `ClusterService.GetCluster`.
 */
export interface GetClusterRequest {
}

/**
 * See `ClusterService.GetCluster`.
 */
export interface GetClusterRequest__Output {
}

/**
 * See `ClusterService.GetCluster`.
 */
export interface GetClusterResponse {
  /**
   * Empty until the ensemble exists.
   */
  'clusterId'?: (string);
  /**
   * 0 while this peer knows of none.
   */
  'leaderId'?: (number);
  /**
   * Of that leader.
   */
  'epoch'?: (number);
  /**
   * The number of the peer that answers.
   */
  'selfId'?: (number);
  /**
   * All of them, in the order of their numbers.
   */
  'peers'?: (Peer)[];
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
  /**
   * What the log of the ensemble may hold.
   */
  'level'?: (number);
  /**
   * The newest level that the peer that answers knows: above `level`, an upgrade is not finished.
   */
  'newestLevel'?: (number);
}

/**
 * See `ClusterService.GetCluster`.
 */
export interface GetClusterResponse__Output {
  /**
   * Empty until the ensemble exists.
   */
  'clusterId': (string);
  /**
   * 0 while this peer knows of none.
   */
  'leaderId': (number);
  /**
   * Of that leader.
   */
  'epoch': (number);
  /**
   * The number of the peer that answers.
   */
  'selfId': (number);
  /**
   * All of them, in the order of their numbers.
   */
  'peers': (Peer__Output)[];
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
  /**
   * What the log of the ensemble may hold.
   */
  'level': (number);
  /**
   * The newest level that the peer that answers knows: above `level`, an upgrade is not finished.
   */
  'newestLevel': (number);
}

/**
 * See `ClusterService.GetInfo`.
 */
export interface GetInfoRequest {
}

/**
 * See `ClusterService.GetInfo`.
 */
export interface GetInfoRequest__Output {
}

/**
 * See `ClusterService.GetInfo`.
 */
export interface GetInfoResponse {
  /**
   * Of Quoll.
   */
  'version'?: (string);
  /**
   * Of this peer.
   */
  'serverId'?: (number);
  /**
   * Empty until the ensemble exists.
   */
  'clusterId'?: (string);
  /**
   * Unix milliseconds by this peer's clock.
   */
  'startedAtMs'?: (number | string | Long);
  /**
   * In the tree.
   */
  'znodes'?: (number | string | Long);
  /**
   * Alive.
   */
  'sessions'?: (number | string | Long);
  /**
   * The same on every peer.
   */
  'limits'?: (Limits | null);
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `ClusterService.GetInfo`.
 */
export interface GetInfoResponse__Output {
  /**
   * Of Quoll.
   */
  'version': (string);
  /**
   * Of this peer.
   */
  'serverId': (number);
  /**
   * Empty until the ensemble exists.
   */
  'clusterId': (string);
  /**
   * Unix milliseconds by this peer's clock.
   */
  'startedAtMs': (Long);
  /**
   * In the tree.
   */
  'znodes': (Long);
  /**
   * Alive.
   */
  'sessions': (Long);
  /**
   * The same on every peer.
   */
  'limits': (Limits__Output | null);
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * What may be asked for. Over a limit, a request is refused as `TOOLARGE` with the limit and the actual size.
 */
export interface Limits {
  /**
   * Bytes of a znode's data.
   */
  'dataBytesMax'?: (number);
  /**
   * Bytes of a request: data, paths, ACLs and all operations.
   */
  'requestBytesMax'?: (number);
  /**
   * Bytes of a path.
   */
  'pathBytesMax'?: (number);
  /**
   * Levels of a path.
   */
  'pathDepthMax'?: (number);
  /**
   * Operations of a transaction, `or_else` included.
   */
  'opsPerMultiMax'?: (number);
  /**
   * Entries of an ACL.
   */
  'aclEntriesMax'?: (number);
  /**
   * Bytes of an ACL's schemes and ids.
   */
  'aclBytesMax'?: (number);
  /**
   * Ephemeral znodes of a session.
   */
  'ephemeralsPerSessionMax'?: (number);
  /**
   * Znodes of a recursive delete.
   */
  'recursiveDeleteMax'?: (number);
  /**
   * Children of a page.
   */
  'childrenPageMax'?: (number);
  /**
   * Bytes of an idempotency key.
   */
  'idempotencyKeyBytesMax'?: (number);
  /**
   * A session that asks for less gets this, in milliseconds.
   */
  'sessionTimeoutMsMin'?: (number);
  /**
   * A session that asks for more gets this, in milliseconds.
   */
  'sessionTimeoutMsMax'?: (number);
}

/**
 * What may be asked for. Over a limit, a request is refused as `TOOLARGE` with the limit and the actual size.
 */
export interface Limits__Output {
  /**
   * Bytes of a znode's data.
   */
  'dataBytesMax': (number);
  /**
   * Bytes of a request: data, paths, ACLs and all operations.
   */
  'requestBytesMax': (number);
  /**
   * Bytes of a path.
   */
  'pathBytesMax': (number);
  /**
   * Levels of a path.
   */
  'pathDepthMax': (number);
  /**
   * Operations of a transaction, `or_else` included.
   */
  'opsPerMultiMax': (number);
  /**
   * Entries of an ACL.
   */
  'aclEntriesMax': (number);
  /**
   * Bytes of an ACL's schemes and ids.
   */
  'aclBytesMax': (number);
  /**
   * Ephemeral znodes of a session.
   */
  'ephemeralsPerSessionMax': (number);
  /**
   * Znodes of a recursive delete.
   */
  'recursiveDeleteMax': (number);
  /**
   * Children of a page.
   */
  'childrenPageMax': (number);
  /**
   * Bytes of an idempotency key.
   */
  'idempotencyKeyBytesMax': (number);
  /**
   * A session that asks for less gets this, in milliseconds.
   */
  'sessionTimeoutMsMin': (number);
  /**
   * A session that asks for more gets this, in milliseconds.
   */
  'sessionTimeoutMsMax': (number);
}

/**
 * See `ClusterService.ListMembers`.
 */
export interface ListMembersRequest {
}

/**
 * See `ClusterService.ListMembers`.
 */
export interface ListMembersRequest__Output {
}

/**
 * See `ClusterService.ListMembers`.
 */
export interface ListMembersResponse {
  /**
   * Of the change that made it; 0 until there was one.
   */
  'version'?: (number | string | Long);
  /**
   * In the order of their numbers.
   */
  'members'?: (Member)[];
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
  /**
   * The change that is under way, as far as this peer has heard of it; absent when there is none.
   */
  'pending'?: (PendingChange | null);
}

/**
 * See `ClusterService.ListMembers`.
 */
export interface ListMembersResponse__Output {
  /**
   * Of the change that made it; 0 until there was one.
   */
  'version': (Long);
  /**
   * In the order of their numbers.
   */
  'members': (Member__Output)[];
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
  /**
   * The change that is under way, as far as this peer has heard of it; absent when there is none.
   */
  'pending': (PendingChange__Output | null);
}

/**
 * A peer of the ensemble, and where the others reach it.
 */
export interface Member {
  /**
   * Its number.
   */
  'id'?: (number);
  /**
   * What it is meant to be.
   */
  'role'?: (MemberRole);
  /**
   * A name or an address without brackets.
   */
  'host'?: (string);
  /**
   * Of its broadcast plane.
   */
  'quorumPort'?: (number);
  /**
   * Of its election plane.
   */
  'electionPort'?: (number);
  /**
   * Where ZooKeeper's clients reach it, as it was added with.
   */
  'client'?: (string);
  /**
   * It counts in quorums.
   */
  'votes'?: (boolean);
  /**
   * It gets its vote once it has caught up.
   */
  'isJoining'?: (boolean);
  /**
   * As the leader last heard.
   */
  'isUp'?: (boolean);
  /**
   * It leads.
   */
  'leads'?: (boolean);
  /**
   * The configuration of the peer that answers has a line for it.
   */
  'inConfig'?: (boolean);
}

/**
 * A peer of the ensemble, and where the others reach it.
 */
export interface Member__Output {
  /**
   * Its number.
   */
  'id': (number);
  /**
   * What it is meant to be.
   */
  'role': (MemberRole__Output);
  /**
   * A name or an address without brackets.
   */
  'host': (string);
  /**
   * Of its broadcast plane.
   */
  'quorumPort': (number);
  /**
   * Of its election plane.
   */
  'electionPort': (number);
  /**
   * Where ZooKeeper's clients reach it, as it was added with.
   */
  'client': (string);
  /**
   * It counts in quorums.
   */
  'votes': (boolean);
  /**
   * It gets its vote once it has caught up.
   */
  'isJoining': (boolean);
  /**
   * As the leader last heard.
   */
  'isUp': (boolean);
  /**
   * It leads.
   */
  'leads': (boolean);
  /**
   * The configuration of the peer that answers has a line for it.
   */
  'inConfig': (boolean);
}

/**
 * Whether a member may vote.
 */
export const MemberRole = {
  /**
   * As PARTICIPANT.
   */
  MEMBER_ROLE_UNSPECIFIED: 'MEMBER_ROLE_UNSPECIFIED',
  /**
   * It votes, once it has caught up.
   */
  MEMBER_ROLE_PARTICIPANT: 'MEMBER_ROLE_PARTICIPANT',
  /**
   * It serves clients and never votes.
   */
  MEMBER_ROLE_OBSERVER: 'MEMBER_ROLE_OBSERVER',
} as const;

/**
 * Whether a member may vote.
 */
export type MemberRole =
  /**
   * As PARTICIPANT.
   */
  | 'MEMBER_ROLE_UNSPECIFIED'
  | 0
  /**
   * It votes, once it has caught up.
   */
  | 'MEMBER_ROLE_PARTICIPANT'
  | 1
  /**
   * It serves clients and never votes.
   */
  | 'MEMBER_ROLE_OBSERVER'
  | 2

/**
 * Whether a member may vote.
 */
export type MemberRole__Output = typeof MemberRole[keyof typeof MemberRole]

/**
 * See `ClusterService.MoveLeader`.
 */
export interface MoveLeaderRequest {
  /**
   * Who is to lead; 0 for the voter that is furthest.
   */
  'id'?: (number);
}

/**
 * See `ClusterService.MoveLeader`.
 */
export interface MoveLeaderRequest__Output {
  /**
   * Who is to lead; 0 for the voter that is furthest.
   */
  'id': (number);
}

/**
 * See `ClusterService.MoveLeader`.
 */
export interface MoveLeaderResponse {
  /**
   * Who led.
   */
  'fromId'?: (number);
  /**
   * Who leads now.
   */
  'leaderId'?: (number);
  /**
   * Of the new leader.
   */
  'epoch'?: (number);
  /**
   * Milliseconds until the peer that was asked served under the new leader.
   */
  'tookMs'?: (number);
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `ClusterService.MoveLeader`.
 */
export interface MoveLeaderResponse__Output {
  /**
   * Who led.
   */
  'fromId': (number);
  /**
   * Who leads now.
   */
  'leaderId': (number);
  /**
   * Of the new leader.
   */
  'epoch': (number);
  /**
   * Milliseconds until the peer that was asked served under the new leader.
   */
  'tookMs': (number);
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * A process of the ensemble.
 */
export interface Peer {
  /**
   * Its number in the configuration.
   */
  'id'?: (number);
  /**
   * As the leader last heard.
   */
  'role'?: (PeerRole);
  /**
   * As the leader last heard; the peer that answers is always up.
   */
  'isUp'?: (boolean);
  /**
   * Where clients reach its HTTP door; empty when it is closed.
   */
  'http'?: (string);
  /**
   * Where clients reach its gRPC door; empty when it is closed.
   */
  'grpc'?: (string);
  /**
   * Where clients reach its ZooKeeper door; empty when it is closed.
   */
  'zookeeper'?: (string);
  /**
   * What it has applied, as the leader last heard.
   */
  'lastZxid'?: (number | string | Long);
  /**
   * Milliseconds since the leader heard of it; -1 when it is down.
   */
  'lagMs'?: (number);
  /**
   * It has a vote.
   */
  'votes'?: (boolean);
  /**
   * The configuration of the peer that answers has a line for it.
   */
  'inConfig'?: (boolean);
  /**
   * It was a member and is none any more: nobody waits for it.
   */
  'isRemoved'?: (boolean);
}

/**
 * A process of the ensemble.
 */
export interface Peer__Output {
  /**
   * Its number in the configuration.
   */
  'id': (number);
  /**
   * As the leader last heard.
   */
  'role': (PeerRole__Output);
  /**
   * As the leader last heard; the peer that answers is always up.
   */
  'isUp': (boolean);
  /**
   * Where clients reach its HTTP door; empty when it is closed.
   */
  'http': (string);
  /**
   * Where clients reach its gRPC door; empty when it is closed.
   */
  'grpc': (string);
  /**
   * Where clients reach its ZooKeeper door; empty when it is closed.
   */
  'zookeeper': (string);
  /**
   * What it has applied, as the leader last heard.
   */
  'lastZxid': (Long);
  /**
   * Milliseconds since the leader heard of it; -1 when it is down.
   */
  'lagMs': (number);
  /**
   * It has a vote.
   */
  'votes': (boolean);
  /**
   * The configuration of the peer that answers has a line for it.
   */
  'inConfig': (boolean);
  /**
   * It was a member and is none any more: nobody waits for it.
   */
  'isRemoved': (boolean);
}

/**
 * A change of the members that is under way: until it is committed it may yet vanish.
 */
export interface PendingChange {
  /**
   * That the members will have by it.
   */
  'version'?: (number | string | Long);
  /**
   * Who would be a member, in the order of their numbers.
   */
  'members'?: (PendingMember)[];
}

/**
 * A change of the members that is under way: until it is committed it may yet vanish.
 */
export interface PendingChange__Output {
  /**
   * That the members will have by it.
   */
  'version': (Long);
  /**
   * Who would be a member, in the order of their numbers.
   */
  'members': (PendingMember__Output)[];
}

/**
 * A member as a change would have it that is logged and not committed yet.
 */
export interface PendingMember {
  /**
   * Its number.
   */
  'id'?: (number);
  /**
   * What it is meant to be.
   */
  'role'?: (MemberRole);
  /**
   * It would count in quorums.
   */
  'votes'?: (boolean);
}

/**
 * A member as a change would have it that is logged and not committed yet.
 */
export interface PendingMember__Output {
  /**
   * Its number.
   */
  'id': (number);
  /**
   * What it is meant to be.
   */
  'role': (MemberRole__Output);
  /**
   * It would count in quorums.
   */
  'votes': (boolean);
}

/**
 * See `ClusterService.RaiseLevel`.
 */
export interface RaiseLevelRequest {
  /**
   * 0 for the newest that the peer that is asked knows.
   */
  'level'?: (number);
  /**
   * Nothing is done; it is only refused as it would be.
   */
  'dryRun'?: (boolean);
}

/**
 * See `ClusterService.RaiseLevel`.
 */
export interface RaiseLevelRequest__Output {
  /**
   * 0 for the newest that the peer that is asked knows.
   */
  'level': (number);
  /**
   * Nothing is done; it is only refused as it would be.
   */
  'dryRun': (boolean);
}

/**
 * See `ClusterService.RaiseLevel`.
 */
export interface RaiseLevelResponse {
  /**
   * That the ensemble is at.
   */
  'level'?: (number);
  /**
   * The newest that the peer that was asked knows.
   */
  'newestLevel'?: (number);
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `ClusterService.RaiseLevel`.
 */
export interface RaiseLevelResponse__Output {
  /**
   * That the ensemble is at.
   */
  'level': (number);
  /**
   * The newest that the peer that was asked knows.
   */
  'newestLevel': (number);
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * See `ClusterService.TakeBackup`.
 */
export interface TakeBackupRequest {
  /**
   * The log alone, from behind this zxid on; 0 for all there is.
   */
  'after'?: (number | string | Long);
}

/**
 * See `ClusterService.TakeBackup`.
 */
export interface TakeBackupRequest__Output {
  /**
   * The log alone, from behind this zxid on; 0 for all there is.
   */
  'after': (Long);
}

/**
 * See `ClusterService.TakeBackup`.
 */
export interface TakeBackupResponse {
  /**
   * The next bytes of the copy, wherever they are cut.
   */
  'data'?: (Buffer | Uint8Array | string);
}

/**
 * See `ClusterService.TakeBackup`.
 */
export interface TakeBackupResponse__Output {
  /**
   * The next bytes of the copy, wherever they are cut.
   */
  'data': (Buffer);
}
