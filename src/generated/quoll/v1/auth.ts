// Written by scripts/generate-proto.mjs from proto/quoll/v1/auth.proto: change that, and run it again.

import type * as grpc from '@grpc/grpc-js';
import type { Long } from '@grpc/proto-loader';
import type { MethodDefinition } from '@grpc/proto-loader';
import type {
  AnswerMeta,
  AnswerMeta__Output,
} from './common.ts';

export interface AuthServiceDefinition extends grpc.ServiceDefinition {
  DeleteGrant: MethodDefinition<DeleteGrantRequest, DeleteGrantResponse, DeleteGrantRequest__Output, DeleteGrantResponse__Output>
  DeleteRole: MethodDefinition<DeleteRoleRequest, DeleteRoleResponse, DeleteRoleRequest__Output, DeleteRoleResponse__Output>
  DeleteToken: MethodDefinition<DeleteTokenRequest, DeleteTokenResponse, DeleteTokenRequest__Output, DeleteTokenResponse__Output>
  GetAuth: MethodDefinition<GetAuthRequest, GetAuthResponse, GetAuthRequest__Output, GetAuthResponse__Output>
  InitAuth: MethodDefinition<InitAuthRequest, InitAuthResponse, InitAuthRequest__Output, InitAuthResponse__Output>
  ListGrants: MethodDefinition<ListGrantsRequest, ListGrantsResponse, ListGrantsRequest__Output, ListGrantsResponse__Output>
  ListRoles: MethodDefinition<ListRolesRequest, ListRolesResponse, ListRolesRequest__Output, ListRolesResponse__Output>
  ListTokens: MethodDefinition<ListTokensRequest, ListTokensResponse, ListTokensRequest__Output, ListTokensResponse__Output>
  PutGrant: MethodDefinition<PutGrantRequest, PutGrantResponse, PutGrantRequest__Output, PutGrantResponse__Output>
  PutRole: MethodDefinition<PutRoleRequest, PutRoleResponse, PutRoleRequest__Output, PutRoleResponse__Output>
  PutToken: MethodDefinition<PutTokenRequest, PutTokenResponse, PutTokenRequest__Output, PutTokenResponse__Output>
  SwitchAuthOff: MethodDefinition<SwitchAuthOffRequest, SwitchAuthOffResponse, SwitchAuthOffRequest__Output, SwitchAuthOffResponse__Output>
}

/**
 * Who asks, and what he was granted.
 */
export interface AuthStatus {
  /**
   * Whether grants are asked for.
   */
  'on'?: (boolean);
  /**
   * What the call proves, as `scheme:id`.
   */
  'identities'?: (string)[];
  /**
   * What these were granted.
   */
  'roles'?: (string)[];
  /**
   * Of these roles; `admin` has none and may do all.
   */
  'rules'?: (Rule)[];
  /**
   * Where grants were just switched on, that the caller is no administrator himself; else empty.
   */
  'warning'?: (string);
}

/**
 * Who asks, and what he was granted.
 */
export interface AuthStatus__Output {
  /**
   * Whether grants are asked for.
   */
  'on': (boolean);
  /**
   * What the call proves, as `scheme:id`.
   */
  'identities': (string)[];
  /**
   * What these were granted.
   */
  'roles': (string)[];
  /**
   * Of these roles; `admin` has none and may do all.
   */
  'rules': (Rule__Output)[];
  /**
   * Where grants were just switched on, that the caller is no administrator himself; else empty.
   */
  'warning': (string);
}

/**
 * See `AuthService.DeleteGrant`.
 */
export interface DeleteGrantRequest {
  /**
   * Of the grant.
   */
  'name'?: (string);
}

/**
 * See `AuthService.DeleteGrant`.
 */
export interface DeleteGrantRequest__Output {
  /**
   * Of the grant.
   */
  'name': (string);
}

/**
 * See `AuthService.DeleteGrant`.
 */
export interface DeleteGrantResponse {
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `AuthService.DeleteGrant`.
 */
export interface DeleteGrantResponse__Output {
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * See `AuthService.DeleteRole`.
 */
export interface DeleteRoleRequest {
  /**
   * Of the role.
   */
  'name'?: (string);
}

/**
 * See `AuthService.DeleteRole`.
 */
export interface DeleteRoleRequest__Output {
  /**
   * Of the role.
   */
  'name': (string);
}

/**
 * See `AuthService.DeleteRole`.
 */
export interface DeleteRoleResponse {
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `AuthService.DeleteRole`.
 */
export interface DeleteRoleResponse__Output {
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * See `AuthService.DeleteToken`.
 */
export interface DeleteTokenRequest {
  /**
   * Of the token.
   */
  'name'?: (string);
}

/**
 * See `AuthService.DeleteToken`.
 */
export interface DeleteTokenRequest__Output {
  /**
   * Of the token.
   */
  'name': (string);
}

/**
 * See `AuthService.DeleteToken`.
 */
export interface DeleteTokenResponse {
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `AuthService.DeleteToken`.
 */
export interface DeleteTokenResponse__Output {
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * See `AuthService.GetAuth`.
 */
export interface GetAuthRequest {
}

/**
 * See `AuthService.GetAuth`.
 */
export interface GetAuthRequest__Output {
}

/**
 * See `AuthService.GetAuth`.
 */
export interface GetAuthResponse {
  /**
   * As this peer has applied it.
   */
  'status'?: (AuthStatus | null);
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `AuthService.GetAuth`.
 */
export interface GetAuthResponse__Output {
  /**
   * As this peer has applied it.
   */
  'status': (AuthStatus__Output | null);
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * Roles for somebody.
 */
export interface Grant {
  /**
   * As that of a role.
   */
  'name'?: (string);
  /**
   * `scheme:id`: `x509:CN=ops`, `group:team-a`, `ip:10.0.0.0/8`, `world:anyone`.
   */
  'principals'?: (string)[];
  /**
   * Names of roles.
   */
  'roles'?: (string)[];
}

/**
 * Roles for somebody.
 */
export interface Grant__Output {
  /**
   * As that of a role.
   */
  'name': (string);
  /**
   * `scheme:id`: `x509:CN=ops`, `group:team-a`, `ip:10.0.0.0/8`, `world:anyone`.
   */
  'principals': (string)[];
  /**
   * Names of roles.
   */
  'roles': (string)[];
}

/**
 * See `AuthService.InitAuth`.
 */
export interface InitAuthRequest {
  /**
   * The first administrators; without any, who asks.
   */
  'principals'?: (string)[];
  /**
   * Gives everybody all verbs below `/` by a role and a grant of the name `open`, to be narrowed step by step.
   */
  'open'?: (boolean);
}

/**
 * See `AuthService.InitAuth`.
 */
export interface InitAuthRequest__Output {
  /**
   * The first administrators; without any, who asks.
   */
  'principals': (string)[];
  /**
   * Gives everybody all verbs below `/` by a role and a grant of the name `open`, to be narrowed step by step.
   */
  'open': (boolean);
}

/**
 * See `AuthService.InitAuth`.
 */
export interface InitAuthResponse {
  /**
   * As it is now.
   */
  'status'?: (AuthStatus | null);
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `AuthService.InitAuth`.
 */
export interface InitAuthResponse__Output {
  /**
   * As it is now.
   */
  'status': (AuthStatus__Output | null);
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * See `AuthService.ListGrants`.
 */
export interface ListGrantsRequest {
  /**
   * At most so many; 0 and more than 1,000: that many. A page also ends at 256 KiB.
   */
  'limit'?: (number);
  /**
   * Only names after this one: `next` of the page before.
   */
  'after'?: (string);
}

/**
 * See `AuthService.ListGrants`.
 */
export interface ListGrantsRequest__Output {
  /**
   * At most so many; 0 and more than 1,000: that many. A page also ends at 256 KiB.
   */
  'limit': (number);
  /**
   * Only names after this one: `next` of the page before.
   */
  'after': (string);
}

/**
 * See `AuthService.ListGrants`.
 */
export interface ListGrantsResponse {
  /**
   * By name.
   */
  'grants'?: (Grant)[];
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
  /**
   * Not empty: more follow, ask again with it as `after`.
   */
  'next'?: (string);
}

/**
 * See `AuthService.ListGrants`.
 */
export interface ListGrantsResponse__Output {
  /**
   * By name.
   */
  'grants': (Grant__Output)[];
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
  /**
   * Not empty: more follow, ask again with it as `after`.
   */
  'next': (string);
}

/**
 * See `AuthService.ListRoles`.
 */
export interface ListRolesRequest {
  /**
   * At most so many; 0 and more than 1,000: that many. A page also ends at 256 KiB.
   */
  'limit'?: (number);
  /**
   * Only names after this one: `next` of the page before.
   */
  'after'?: (string);
}

/**
 * See `AuthService.ListRoles`.
 */
export interface ListRolesRequest__Output {
  /**
   * At most so many; 0 and more than 1,000: that many. A page also ends at 256 KiB.
   */
  'limit': (number);
  /**
   * Only names after this one: `next` of the page before.
   */
  'after': (string);
}

/**
 * See `AuthService.ListRoles`.
 */
export interface ListRolesResponse {
  /**
   * By name.
   */
  'roles'?: (Role)[];
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
  /**
   * Not empty: more follow, ask again with it as `after`.
   */
  'next'?: (string);
}

/**
 * See `AuthService.ListRoles`.
 */
export interface ListRolesResponse__Output {
  /**
   * By name.
   */
  'roles': (Role__Output)[];
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
  /**
   * Not empty: more follow, ask again with it as `after`.
   */
  'next': (string);
}

/**
 * See `AuthService.ListTokens`.
 */
export interface ListTokensRequest {
  /**
   * At most so many; 0 and more than 1,000: that many. A page also ends at 256 KiB.
   */
  'limit'?: (number);
  /**
   * Only names after this one: `next` of the page before.
   */
  'after'?: (string);
}

/**
 * See `AuthService.ListTokens`.
 */
export interface ListTokensRequest__Output {
  /**
   * At most so many; 0 and more than 1,000: that many. A page also ends at 256 KiB.
   */
  'limit': (number);
  /**
   * Only names after this one: `next` of the page before.
   */
  'after': (string);
}

/**
 * See `AuthService.ListTokens`.
 */
export interface ListTokensResponse {
  /**
   * By name.
   */
  'tokens'?: (Token)[];
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
  /**
   * Not empty: more follow, ask again with it as `after`.
   */
  'next'?: (string);
}

/**
 * See `AuthService.ListTokens`.
 */
export interface ListTokensResponse__Output {
  /**
   * By name.
   */
  'tokens': (Token__Output)[];
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
  /**
   * Not empty: more follow, ask again with it as `after`.
   */
  'next': (string);
}

/**
 * See `AuthService.PutGrant`.
 */
export interface PutGrantRequest {
  /**
   * All of it.
   */
  'grant'?: (Grant | null);
}

/**
 * See `AuthService.PutGrant`.
 */
export interface PutGrantRequest__Output {
  /**
   * All of it.
   */
  'grant': (Grant__Output | null);
}

/**
 * See `AuthService.PutGrant`.
 */
export interface PutGrantResponse {
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `AuthService.PutGrant`.
 */
export interface PutGrantResponse__Output {
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * See `AuthService.PutRole`.
 */
export interface PutRoleRequest {
  /**
   * All of it.
   */
  'role'?: (Role | null);
}

/**
 * See `AuthService.PutRole`.
 */
export interface PutRoleRequest__Output {
  /**
   * All of it.
   */
  'role': (Role__Output | null);
}

/**
 * See `AuthService.PutRole`.
 */
export interface PutRoleResponse {
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `AuthService.PutRole`.
 */
export interface PutRoleResponse__Output {
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * See `AuthService.PutToken`.
 */
export interface PutTokenRequest {
  /**
   * All of it.
   */
  'token'?: (Token | null);
}

/**
 * See `AuthService.PutToken`.
 */
export interface PutTokenRequest__Output {
  /**
   * All of it.
   */
  'token': (Token__Output | null);
}

/**
 * See `AuthService.PutToken`.
 */
export interface PutTokenResponse {
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `AuthService.PutToken`.
 */
export interface PutTokenResponse__Output {
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * Rules under a name.
 */
export interface Role {
  /**
   * 1 to 64 letters, digits, "-", "_" and ".".
   */
  'name'?: (string);
  /**
   * They add up.
   */
  'rules'?: (Rule)[];
}

/**
 * Rules under a name.
 */
export interface Role__Output {
  /**
   * 1 to 64 letters, digits, "-", "_" and ".".
   */
  'name': (string);
  /**
   * They add up.
   */
  'rules': (Rule__Output)[];
}

/**
 * What may be done below a prefix.
 */
export interface Rule {
  /**
   * The znode itself and all below it; nothing below /zookeeper.
   */
  'prefix'?: (string);
  /**
   * At least one.
   */
  'verbs'?: (Verb)[];
}

/**
 * What may be done below a prefix.
 */
export interface Rule__Output {
  /**
   * The znode itself and all below it; nothing below /zookeeper.
   */
  'prefix': (string);
  /**
   * At least one.
   */
  'verbs': (Verb__Output)[];
}

/**
 * See `AuthService.SwitchAuthOff`.
 */
export interface SwitchAuthOffRequest {
}

/**
 * See `AuthService.SwitchAuthOff`.
 */
export interface SwitchAuthOffRequest__Output {
}

/**
 * See `AuthService.SwitchAuthOff`.
 */
export interface SwitchAuthOffResponse {
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `AuthService.SwitchAuthOff`.
 */
export interface SwitchAuthOffResponse__Output {
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * A static token: whoever shows its text, as `authorization: Bearer`, is `token:NAME` and of its groups.
 */
export interface Token {
  /**
   * As that of a role.
   */
  'name'?: (string);
  /**
   * SHA-256 of its text, in lower-case hex. Make the text at random, 32 bytes at least, with `quoll_` in front.
   */
  'sha256'?: (string);
  /**
   * Up to 32.
   */
  'groups'?: (string)[];
  /**
   * Its last moment, in milliseconds since 1970; 0: it is good until it is revoked.
   */
  'notAfterMs'?: (number | string | Long);
}

/**
 * A static token: whoever shows its text, as `authorization: Bearer`, is `token:NAME` and of its groups.
 */
export interface Token__Output {
  /**
   * As that of a role.
   */
  'name': (string);
  /**
   * SHA-256 of its text, in lower-case hex. Make the text at random, 32 bytes at least, with `quoll_` in front.
   */
  'sha256': (string);
  /**
   * Up to 32.
   */
  'groups': (string)[];
  /**
   * Its last moment, in milliseconds since 1970; 0: it is good until it is revoked.
   */
  'notAfterMs': (Long);
}

/**
 * What a rule may allow.
 */
export const Verb = {
  /**
   * Refused.
   */
  VERB_UNSPECIFIED: 'VERB_UNSPECIFIED',
  /**
   * Data, children, stat, ACL and checks.
   */
  VERB_READ: 'VERB_READ',
  /**
   * Set.
   */
  VERB_WRITE: 'VERB_WRITE',
  /**
   * Create.
   */
  VERB_CREATE: 'VERB_CREATE',
  /**
   * Delete.
   */
  VERB_DELETE: 'VERB_DELETE',
  /**
   * Set the ACL.
   */
  VERB_ADMIN: 'VERB_ADMIN',
  /**
   * Locks and elections whose queue is there.
   */
  VERB_LOCK: 'VERB_LOCK',
  /**
   * Watches.
   */
  VERB_WATCH: 'VERB_WATCH',
} as const;

/**
 * What a rule may allow.
 */
export type Verb =
  /**
   * Refused.
   */
  | 'VERB_UNSPECIFIED'
  | 0
  /**
   * Data, children, stat, ACL and checks.
   */
  | 'VERB_READ'
  | 1
  /**
   * Set.
   */
  | 'VERB_WRITE'
  | 2
  /**
   * Create.
   */
  | 'VERB_CREATE'
  | 3
  /**
   * Delete.
   */
  | 'VERB_DELETE'
  | 4
  /**
   * Set the ACL.
   */
  | 'VERB_ADMIN'
  | 5
  /**
   * Locks and elections whose queue is there.
   */
  | 'VERB_LOCK'
  | 6
  /**
   * Watches.
   */
  | 'VERB_WATCH'
  | 7

/**
 * What a rule may allow.
 */
export type Verb__Output = typeof Verb[keyof typeof Verb]
