// Written by scripts/generate-proto.mjs from proto/quoll/v1/lock.proto: change that, and run it again.

import type * as grpc from '@grpc/grpc-js';
import type { Long } from '@grpc/proto-loader';
import type { MethodDefinition } from '@grpc/proto-loader';
import type {
  AnswerMeta,
  AnswerMeta__Output,
} from './common.ts';

/**
 * See `LockService.AcquireLock`.
 */
export interface AcquireLockRequest {
  /**
   * One name, without "/": the queue is `/locks/<name>`.
   */
  'name'?: (string);
  /**
   * Chosen at random (128 bits) it makes acquiring idempotent; empty: the peer chooses, and a lost answer costs the place.
   */
  'lockId'?: (string);
  /**
   * By default exclusive.
   */
  'mode'?: (LockMode);
  /**
   * Of a semaphore: how many hold at a time.
   */
  'permits'?: (number);
  /**
   * By default what the queue speaks.
   */
  'dialect'?: (LockDialect);
  /**
   * Of a session of the lock's own; 0: the caller's session, or a default without one. Up to 24 hours.
   */
  'ttlMs'?: (number);
  /**
   * How long to wait for the grant; 0: not at all. The call's deadline should be later.
   */
  'waitMs'?: (number);
  /**
   * `LOCKHELD` unless it is granted at once; nothing is queued.
   */
  'tryOnly'?: (boolean);
  /**
   * A call that is cancelled gives its place up; otherwise it is kept.
   */
  'abandonOnCancel'?: (boolean);
}

/**
 * See `LockService.AcquireLock`.
 */
export interface AcquireLockRequest__Output {
  /**
   * One name, without "/": the queue is `/locks/<name>`.
   */
  'name': (string);
  /**
   * Chosen at random (128 bits) it makes acquiring idempotent; empty: the peer chooses, and a lost answer costs the place.
   */
  'lockId': (string);
  /**
   * By default exclusive.
   */
  'mode': (LockMode__Output);
  /**
   * Of a semaphore: how many hold at a time.
   */
  'permits': (number);
  /**
   * By default what the queue speaks.
   */
  'dialect': (LockDialect__Output);
  /**
   * Of a session of the lock's own; 0: the caller's session, or a default without one. Up to 24 hours.
   */
  'ttlMs': (number);
  /**
   * How long to wait for the grant; 0: not at all. The call's deadline should be later.
   */
  'waitMs': (number);
  /**
   * `LOCKHELD` unless it is granted at once; nothing is queued.
   */
  'tryOnly': (boolean);
  /**
   * A call that is cancelled gives its place up; otherwise it is kept.
   */
  'abandonOnCancel': (boolean);
}

/**
 * See `LockService.AcquireLock`.
 */
export interface AcquireLockResponse {
  /**
   * Granted or queued.
   */
  'status'?: (LockStatus | null);
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `LockService.AcquireLock`.
 */
export interface AcquireLockResponse__Output {
  /**
   * Granted or queued.
   */
  'status': (LockStatus__Output | null);
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * See `LockService.CheckLock`.
 */
export interface CheckLockRequest {
  /**
   * As in `AcquireLockRequest`.
   */
  'name'?: (string);
  /**
   * To be checked.
   */
  'fencingToken'?: (number | string | Long);
}

/**
 * See `LockService.CheckLock`.
 */
export interface CheckLockRequest__Output {
  /**
   * As in `AcquireLockRequest`.
   */
  'name': (string);
  /**
   * To be checked.
   */
  'fencingToken': (Long);
}

/**
 * See `LockService.CheckLock`.
 */
export interface CheckLockResponse {
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `LockService.CheckLock`.
 */
export interface CheckLockResponse__Output {
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * A contender as everybody may see it.
 */
export interface Contender {
  /**
   * Of its znode.
   */
  'path'?: (string);
  /**
   * The session that it lives in.
   */
  'sessionId'?: (number | string | Long);
  /**
   * How it shares.
   */
  'mode'?: (LockMode);
  /**
   * A fencing token if it holds.
   */
  'token'?: (number | string | Long);
  /**
   * It holds the lock.
   */
  'holds'?: (boolean);
}

/**
 * A contender as everybody may see it.
 */
export interface Contender__Output {
  /**
   * Of its znode.
   */
  'path': (string);
  /**
   * The session that it lives in.
   */
  'sessionId': (Long);
  /**
   * How it shares.
   */
  'mode': (LockMode__Output);
  /**
   * A fencing token if it holds.
   */
  'token': (Long);
  /**
   * It holds the lock.
   */
  'holds': (boolean);
}

/**
 * See `LockService.GetLock`.
 */
export interface GetLockRequest {
  /**
   * As in `AcquireLockRequest`.
   */
  'name'?: (string);
}

/**
 * See `LockService.GetLock`.
 */
export interface GetLockRequest__Output {
  /**
   * As in `AcquireLockRequest`.
   */
  'name': (string);
}

/**
 * See `LockService.GetLock`.
 */
export interface GetLockResponse {
  /**
   * The queue's znode.
   */
  'path'?: (string);
  /**
   * Unspecified while the queue is empty.
   */
  'dialect'?: (LockDialect);
  /**
   * In the order of the queue.
   */
  'contenders'?: (Contender)[];
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `LockService.GetLock`.
 */
export interface GetLockResponse__Output {
  /**
   * The queue's znode.
   */
  'path': (string);
  /**
   * Unspecified while the queue is empty.
   */
  'dialect': (LockDialect__Output);
  /**
   * In the order of the queue.
   */
  'contenders': (Contender__Output)[];
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * How contenders of a queue name themselves; a queue speaks one dialect.
 */
export const LockDialect = {
  /**
   * What the queue speaks already, else Curator's.
   */
  LOCK_DIALECT_UNSPECIFIED: 'LOCK_DIALECT_UNSPECIFIED',
  /**
   * Curator's and go-zookeeper's.
   */
  LOCK_DIALECT_CURATOR: 'LOCK_DIALECT_CURATOR',
  /**
   * Kazoo's.
   */
  LOCK_DIALECT_KAZOO: 'LOCK_DIALECT_KAZOO',
  /**
   * A sequential name that is neither: only in answers.
   */
  LOCK_DIALECT_FOREIGN: 'LOCK_DIALECT_FOREIGN',
} as const;

/**
 * How contenders of a queue name themselves; a queue speaks one dialect.
 */
export type LockDialect =
  /**
   * What the queue speaks already, else Curator's.
   */
  | 'LOCK_DIALECT_UNSPECIFIED'
  | 0
  /**
   * Curator's and go-zookeeper's.
   */
  | 'LOCK_DIALECT_CURATOR'
  | 1
  /**
   * Kazoo's.
   */
  | 'LOCK_DIALECT_KAZOO'
  | 2
  /**
   * A sequential name that is neither: only in answers.
   */
  | 'LOCK_DIALECT_FOREIGN'
  | 3

/**
 * How contenders of a queue name themselves; a queue speaks one dialect.
 */
export type LockDialect__Output = typeof LockDialect[keyof typeof LockDialect]

/**
 * How a lock is shared.
 */
export const LockMode = {
  /**
   * Exclusive.
   */
  LOCK_MODE_UNSPECIFIED: 'LOCK_MODE_UNSPECIFIED',
  /**
   * Nobody else.
   */
  LOCK_MODE_EXCLUSIVE: 'LOCK_MODE_EXCLUSIVE',
  /**
   * With other readers.
   */
  LOCK_MODE_READ: 'LOCK_MODE_READ',
  /**
   * Exclusive, by another name.
   */
  LOCK_MODE_WRITE: 'LOCK_MODE_WRITE',
  /**
   * With others up to a number.
   */
  LOCK_MODE_SEMAPHORE: 'LOCK_MODE_SEMAPHORE',
} as const;

/**
 * How a lock is shared.
 */
export type LockMode =
  /**
   * Exclusive.
   */
  | 'LOCK_MODE_UNSPECIFIED'
  | 0
  /**
   * Nobody else.
   */
  | 'LOCK_MODE_EXCLUSIVE'
  | 1
  /**
   * With other readers.
   */
  | 'LOCK_MODE_READ'
  | 2
  /**
   * Exclusive, by another name.
   */
  | 'LOCK_MODE_WRITE'
  | 3
  /**
   * With others up to a number.
   */
  | 'LOCK_MODE_SEMAPHORE'
  | 4

/**
 * How a lock is shared.
 */
export type LockMode__Output = typeof LockMode[keyof typeof LockMode]

export interface LockServiceDefinition extends grpc.ServiceDefinition {
  AcquireLock: MethodDefinition<AcquireLockRequest, AcquireLockResponse, AcquireLockRequest__Output, AcquireLockResponse__Output>
  CheckLock: MethodDefinition<CheckLockRequest, CheckLockResponse, CheckLockRequest__Output, CheckLockResponse__Output>
  GetLock: MethodDefinition<GetLockRequest, GetLockResponse, GetLockRequest__Output, GetLockResponse__Output>
  PollLock: MethodDefinition<PollLockRequest, PollLockResponse, PollLockRequest__Output, PollLockResponse__Output>
  ReleaseLock: MethodDefinition<ReleaseLockRequest, ReleaseLockResponse, ReleaseLockRequest__Output, ReleaseLockResponse__Output>
  RenewLock: MethodDefinition<RenewLockRequest, RenewLockResponse, RenewLockRequest__Output, RenewLockResponse__Output>
}

/**
 * Where a contender stands.
 */
export interface LockStatus {
  /**
   * It holds the lock. Said only after a barrier that began after the grant was seen.
   */
  'granted'?: (boolean);
  /**
   * The capability to poll, renew and release.
   */
  'lockId'?: (string);
  /**
   * The session that the contender lives in.
   */
  'sessionId'?: (number | string | Long);
  /**
   * Of the contender's znode.
   */
  'path'?: (string);
  /**
   * As it was asked for.
   */
  'mode'?: (LockMode);
  /**
   * Once granted: grows with every grant of an exclusive lock, for ever.
   */
  'fencingToken'?: (number | string | Long);
  /**
   * Contenders that it waits for.
   */
  'ahead'?: (number);
  /**
   * Milliseconds until it ends unless it is renewed, from the last touch that the leader confirmed.
   */
  'expiresInMs'?: (number);
}

/**
 * Where a contender stands.
 */
export interface LockStatus__Output {
  /**
   * It holds the lock. Said only after a barrier that began after the grant was seen.
   */
  'granted': (boolean);
  /**
   * The capability to poll, renew and release.
   */
  'lockId': (string);
  /**
   * The session that the contender lives in.
   */
  'sessionId': (Long);
  /**
   * Of the contender's znode.
   */
  'path': (string);
  /**
   * As it was asked for.
   */
  'mode': (LockMode__Output);
  /**
   * Once granted: grows with every grant of an exclusive lock, for ever.
   */
  'fencingToken': (Long);
  /**
   * Contenders that it waits for.
   */
  'ahead': (number);
  /**
   * Milliseconds until it ends unless it is renewed, from the last touch that the leader confirmed.
   */
  'expiresInMs': (number);
}

/**
 * See `LockService.PollLock`.
 */
export interface PollLockRequest {
  /**
   * As in `AcquireLockRequest`.
   */
  'name'?: (string);
  /**
   * As it was answered.
   */
  'lockId'?: (string);
  /**
   * How long to wait for the grant; 0: not at all.
   */
  'waitMs'?: (number);
}

/**
 * See `LockService.PollLock`.
 */
export interface PollLockRequest__Output {
  /**
   * As in `AcquireLockRequest`.
   */
  'name': (string);
  /**
   * As it was answered.
   */
  'lockId': (string);
  /**
   * How long to wait for the grant; 0: not at all.
   */
  'waitMs': (number);
}

/**
 * See `LockService.PollLock`.
 */
export interface PollLockResponse {
  /**
   * Granted or queued.
   */
  'status'?: (LockStatus | null);
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `LockService.PollLock`.
 */
export interface PollLockResponse__Output {
  /**
   * Granted or queued.
   */
  'status': (LockStatus__Output | null);
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * See `LockService.ReleaseLock`.
 */
export interface ReleaseLockRequest {
  /**
   * As in `AcquireLockRequest`.
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
 * See `LockService.ReleaseLock`.
 */
export interface ReleaseLockRequest__Output {
  /**
   * As in `AcquireLockRequest`.
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
 * See `LockService.ReleaseLock`.
 */
export interface ReleaseLockResponse {
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `LockService.ReleaseLock`.
 */
export interface ReleaseLockResponse__Output {
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * See `LockService.RenewLock`.
 */
export interface RenewLockRequest {
  /**
   * As in `AcquireLockRequest`.
   */
  'name'?: (string);
  /**
   * As it was answered.
   */
  'lockId'?: (string);
}

/**
 * See `LockService.RenewLock`.
 */
export interface RenewLockRequest__Output {
  /**
   * As in `AcquireLockRequest`.
   */
  'name': (string);
  /**
   * As it was answered.
   */
  'lockId': (string);
}

/**
 * See `LockService.RenewLock`.
 */
export interface RenewLockResponse {
  /**
   * Granted or queued.
   */
  'status'?: (LockStatus | null);
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `LockService.RenewLock`.
 */
export interface RenewLockResponse__Output {
  /**
   * Granted or queued.
   */
  'status': (LockStatus__Output | null);
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}
