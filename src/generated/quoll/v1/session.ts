// Written by scripts/generate-proto.mjs from proto/quoll/v1/session.proto: change that, and run it again.

import type * as grpc from '@grpc/grpc-js';
import type { Long } from '@grpc/proto-loader';
import type { MethodDefinition } from '@grpc/proto-loader';
import type {
  AnswerMeta,
  AnswerMeta__Output,
} from './common.ts';
import type {
  CampaignRequest,
  CampaignRequest__Output,
  CampaignResponse,
  CampaignResponse__Output,
  GetLeaderRequest,
  GetLeaderRequest__Output,
  GetLeaderResponse,
  GetLeaderResponse__Output,
  ObserveLeaderRequest,
  ObserveLeaderRequest__Output,
  ObserveLeaderResponse,
  ObserveLeaderResponse__Output,
  PollCampaignRequest,
  PollCampaignRequest__Output,
  PollCampaignResponse,
  PollCampaignResponse__Output,
  ProclaimRequest,
  ProclaimRequest__Output,
  ProclaimResponse,
  ProclaimResponse__Output,
  RenewCampaignRequest,
  RenewCampaignRequest__Output,
  RenewCampaignResponse,
  RenewCampaignResponse__Output,
  ResignRequest,
  ResignRequest__Output,
  ResignResponse,
  ResignResponse__Output,
} from './election.ts';
import type {
  AcquireLockRequest,
  AcquireLockRequest__Output,
  AcquireLockResponse,
  AcquireLockResponse__Output,
  CheckLockRequest,
  CheckLockRequest__Output,
  CheckLockResponse,
  CheckLockResponse__Output,
  GetLockRequest,
  GetLockRequest__Output,
  GetLockResponse,
  GetLockResponse__Output,
  PollLockRequest,
  PollLockRequest__Output,
  PollLockResponse,
  PollLockResponse__Output,
  ReleaseLockRequest,
  ReleaseLockRequest__Output,
  ReleaseLockResponse,
  ReleaseLockResponse__Output,
  RenewLockRequest,
  RenewLockRequest__Output,
  RenewLockResponse,
  RenewLockResponse__Output,
} from './lock.ts';
import type {
  WatchEventType,
  WatchEventType__Output,
  WatchRequest,
  WatchRequest__Output,
  WatchResponse,
  WatchResponse__Output,
} from './watch.ts';
import type {
  CreateRequest,
  CreateRequest__Output,
  CreateResponse,
  CreateResponse__Output,
  DeleteRequest,
  DeleteRequest__Output,
  DeleteResponse,
  DeleteResponse__Output,
  ExistsRequest,
  ExistsRequest__Output,
  ExistsResponse,
  ExistsResponse__Output,
  GetAclRequest,
  GetAclRequest__Output,
  GetAclResponse,
  GetAclResponse__Output,
  GetRequest,
  GetRequest__Output,
  GetResponse,
  GetResponse__Output,
  ListChildrenRequest,
  ListChildrenRequest__Output,
  ListChildrenResponse,
  ListChildrenResponse__Output,
  SetAclRequest,
  SetAclRequest__Output,
  SetAclResponse,
  SetAclResponse__Output,
  SetRequest,
  SetRequest__Output,
  SetResponse,
  SetResponse__Output,
  SyncRequest,
  SyncRequest__Output,
  SyncResponse,
  SyncResponse__Output,
  TxnRequest,
  TxnRequest__Output,
  TxnResponse,
  TxnResponse__Output,
} from './znode.ts';

/**
 * Takes a session over from whatever carried it: that is told `MOVED`, and its requests are refused from then on.
 */
export interface AttachSession {
  /**
   * The session.
   */
  'sessionId'?: (number | string | Long);
  /**
   * Its secret.
   */
  'secret'?: (Buffer | Uint8Array | string);
}

/**
 * Takes a session over from whatever carried it: that is told `MOVED`, and its requests are refused from then on.
 */
export interface AttachSession__Output {
  /**
   * The session.
   */
  'sessionId': (Long);
  /**
   * Its secret.
   */
  'secret': (Buffer);
}

/**
 * Ends the wait of a request for a lock or an election, which is answered as queued.
 */
export interface CancelWait {
  /**
   * The id of that request.
   */
  'requestId'?: (number);
  /**
   * Gives the place up; otherwise it is kept.
   */
  'abandon'?: (boolean);
}

/**
 * Ends the wait of a request for a lock or an election, which is answered as queued.
 */
export interface CancelWait__Output {
  /**
   * The id of that request.
   */
  'requestId': (number);
  /**
   * Gives the place up; otherwise it is kept.
   */
  'abandon': (boolean);
}

/**
 * Answers `cancel_wait`; the request that waited is answered on its own.
 */
export interface CancelWaitResponse {
  /**
   * False when nothing waited (any more) under that id.
   */
  'wasWaiting'?: (boolean);
}

/**
 * Answers `cancel_wait`; the request that waited is answered on its own.
 */
export interface CancelWaitResponse__Output {
  /**
   * False when nothing waited (any more) under that id.
   */
  'wasWaiting': (boolean);
}

/**
 * See `SessionService.CloseSession`.
 */
export interface CloseSessionRequest {
}

/**
 * See `SessionService.CloseSession`.
 */
export interface CloseSessionRequest__Output {
}

/**
 * See `SessionService.CloseSession`.
 */
export interface CloseSessionResponse {
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `SessionService.CloseSession`.
 */
export interface CloseSessionResponse__Output {
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * A one-shot watch has fired, and is gone.
 */
export interface FiredWatch {
  /**
   * Of the txn.
   */
  'zxid'?: (number | string | Long);
  /**
   * What happened.
   */
  'type'?: (WatchEventType);
  /**
   * To which znode.
   */
  'path'?: (string);
}

/**
 * A one-shot watch has fired, and is gone.
 */
export interface FiredWatch__Output {
  /**
   * Of the txn.
   */
  'zxid': (Long);
  /**
   * What happened.
   */
  'type': (WatchEventType__Output);
  /**
   * To which znode.
   */
  'path': (string);
}

/**
 * See `SessionService.OpenSession`.
 */
export interface OpenSessionRequest {
  /**
   * How long it lives without a sign of life, in milliseconds; 0: 30 seconds. Clamped to the limits.
   */
  'timeoutMs'?: (number);
  /**
   * 16 to 64 random bytes; empty: the peer chooses 16.
   */
  'secret'?: (Buffer | Uint8Array | string);
  /**
   * 1 to 2^63 - 1, at random; 0: the peer chooses. With id and secret of its own a client may safely retry.
   */
  'sessionId'?: (number | string | Long);
}

/**
 * See `SessionService.OpenSession`.
 */
export interface OpenSessionRequest__Output {
  /**
   * How long it lives without a sign of life, in milliseconds; 0: 30 seconds. Clamped to the limits.
   */
  'timeoutMs': (number);
  /**
   * 16 to 64 random bytes; empty: the peer chooses 16.
   */
  'secret': (Buffer);
  /**
   * 1 to 2^63 - 1, at random; 0: the peer chooses. With id and secret of its own a client may safely retry.
   */
  'sessionId': (Long);
}

/**
 * See `SessionService.OpenSession`.
 */
export interface OpenSessionResponse {
  /**
   * The session.
   */
  'sessionId'?: (number | string | Long);
  /**
   * What proves that it is the caller's.
   */
  'secret'?: (Buffer | Uint8Array | string);
  /**
   * As negotiated.
   */
  'timeoutMs'?: (number);
  /**
   * Milliseconds, from the last touch that the leader confirmed.
   */
  'expiresInMs'?: (number);
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `SessionService.OpenSession`.
 */
export interface OpenSessionResponse__Output {
  /**
   * The session.
   */
  'sessionId': (Long);
  /**
   * What proves that it is the caller's.
   */
  'secret': (Buffer);
  /**
   * As negotiated.
   */
  'timeoutMs': (number);
  /**
   * Milliseconds, from the last touch that the leader confirmed.
   */
  'expiresInMs': (number);
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * Why a request was refused: what a unary call says in its status.
 */
export interface RequestError {
  /**
   * As the `reason` of an ErrorInfo: `BADVERSION`.
   */
  'code'?: (string);
  /**
   * ZooKeeper's number for it, or the nearest.
   */
  'zkCode'?: (number);
  /**
   * The number of the gRPC status that a unary call would end with.
   */
  'status'?: (number);
  /**
   * What is wrong and what to do next, for a person.
   */
  'detail'?: (string);
  /**
   * The same request may succeed if it is sent again unchanged.
   */
  'retryable'?: (boolean);
  /**
   * The change surely did not happen. When false, it may have.
   */
  'surelyNotApplied'?: (boolean);
  /**
   * The znode in question, if there is one.
   */
  'path'?: (string);
  /**
   * Of a limit: how much is allowed.
   */
  'limit'?: (number | string | Long);
  /**
   * Of a limit: how much it was.
   */
  'actual'?: (number | string | Long);
  /**
   * Of a transaction: which operation failed, or -1.
   */
  'failedIndex'?: (number);
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * Why a request was refused: what a unary call says in its status.
 */
export interface RequestError__Output {
  /**
   * As the `reason` of an ErrorInfo: `BADVERSION`.
   */
  'code': (string);
  /**
   * ZooKeeper's number for it, or the nearest.
   */
  'zkCode': (number);
  /**
   * The number of the gRPC status that a unary call would end with.
   */
  'status': (number);
  /**
   * What is wrong and what to do next, for a person.
   */
  'detail': (string);
  /**
   * The same request may succeed if it is sent again unchanged.
   */
  'retryable': (boolean);
  /**
   * The change surely did not happen. When false, it may have.
   */
  'surelyNotApplied': (boolean);
  /**
   * The znode in question, if there is one.
   */
  'path': (string);
  /**
   * Of a limit: how much is allowed.
   */
  'limit': (Long);
  /**
   * Of a limit: how much it was.
   */
  'actual': (Long);
  /**
   * Of a transaction: which operation failed, or -1.
   */
  'failedIndex': (number);
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * The last message of a stream that has lost its session. Its id is 0.
 */
export interface SessionLeft {
  /**
   * Why.
   */
  'reason'?: (SessionLeftReason);
}

/**
 * The last message of a stream that has lost its session. Its id is 0.
 */
export interface SessionLeft__Output {
  /**
   * Why.
   */
  'reason': (SessionLeftReason__Output);
}

/**
 * Why a stream carries its session no longer.
 */
export const SessionLeftReason = {
  /**
   * Not known.
   */
  SESSION_LEFT_REASON_UNSPECIFIED: 'SESSION_LEFT_REASON_UNSPECIFIED',
  /**
   * The session has ended: expired, or closed by somebody.
   */
  SESSION_LEFT_REASON_ENDED: 'SESSION_LEFT_REASON_ENDED',
  /**
   * Another carrier has taken it over.
   */
  SESSION_LEFT_REASON_MOVED: 'SESSION_LEFT_REASON_MOVED',
} as const;

/**
 * Why a stream carries its session no longer.
 */
export type SessionLeftReason =
  /**
   * Not known.
   */
  | 'SESSION_LEFT_REASON_UNSPECIFIED'
  | 0
  /**
   * The session has ended: expired, or closed by somebody.
   */
  | 'SESSION_LEFT_REASON_ENDED'
  | 1
  /**
   * Another carrier has taken it over.
   */
  | 'SESSION_LEFT_REASON_MOVED'
  | 2

/**
 * Why a stream carries its session no longer.
 */
export type SessionLeftReason__Output = typeof SessionLeftReason[keyof typeof SessionLeftReason]

/**
 * One request on a `Session` stream.
 */
export interface SessionRequest {
  /**
   * From 1 on; the answer repeats it. Unique among what is unanswered and what is watched.
   */
  'id'?: (number);
  /**
   * How long an answer is waited for; 0: 10 seconds.
   */
  'timeoutMs'?: (number);
  /**
   * With `get`, `exists` and `list_children`: leaves ZooKeeper's one-shot watch behind, which fires as `fired` with this id.
   */
  'leavesWatch'?: (boolean);
  /**
   * First: opens a session and carries it.
   */
  'open'?: (OpenSessionRequest | null);
  /**
   * First: carries a session.
   */
  'attach'?: (AttachSession | null);
  /**
   * A heartbeat that the leader confirms.
   */
  'touch'?: (TouchSessionRequest | null);
  /**
   * Ends the session, and then the stream.
   */
  'close'?: (CloseSessionRequest | null);
  /**
   * Makes a znode.
   */
  'create'?: (CreateRequest | null);
  /**
   * Reads data and stat.
   */
  'get'?: (GetRequest | null);
  /**
   * Reads a stat.
   */
  'exists'?: (ExistsRequest | null);
  /**
   * Reads a page of children.
   */
  'listChildren'?: (ListChildrenRequest | null);
  /**
   * Sets data.
   */
  'set'?: (SetRequest | null);
  /**
   * Deletes a znode.
   */
  'delete'?: (DeleteRequest | null);
  /**
   * Reads an ACL.
   */
  'getAcl'?: (GetAclRequest | null);
  /**
   * Sets an ACL.
   */
  'setAcl'?: (SetAclRequest | null);
  /**
   * Does several operations or none.
   */
  'txn'?: (TxnRequest | null);
  /**
   * Waits until this peer has caught up.
   */
  'sync'?: (SyncRequest | null);
  /**
   * Begins a watch: its items come under this id.
   */
  'watch'?: (WatchRequest | null);
  /**
   * Ends a watch.
   */
  'unwatch'?: (Unwatch | null);
  /**
   * Enters a lock's queue.
   */
  'acquireLock'?: (AcquireLockRequest | null);
  /**
   * Waits on in a lock's queue.
   */
  'pollLock'?: (PollLockRequest | null);
  /**
   * Keeps a contender alive.
   */
  'renewLock'?: (RenewLockRequest | null);
  /**
   * Leaves a lock's queue.
   */
  'releaseLock'?: (ReleaseLockRequest | null);
  /**
   * Checks a fencing token.
   */
  'checkLock'?: (CheckLockRequest | null);
  /**
   * Who holds and who waits.
   */
  'getLock'?: (GetLockRequest | null);
  /**
   * Stands for election.
   */
  'campaign'?: (CampaignRequest | null);
  /**
   * Waits on to be elected.
   */
  'pollCampaign'?: (PollCampaignRequest | null);
  /**
   * Keeps a candidate alive.
   */
  'renewCampaign'?: (RenewCampaignRequest | null);
  /**
   * The leader says something new.
   */
  'proclaim'?: (ProclaimRequest | null);
  /**
   * Who leads.
   */
  'getLeader'?: (GetLeaderRequest | null);
  /**
   * Steps down.
   */
  'resign'?: (ResignRequest | null);
  /**
   * Begins to observe an election: who leads comes under this id.
   */
  'observeLeader'?: (ObserveLeaderRequest | null);
  /**
   * Ends a wait.
   */
  'cancelWait'?: (CancelWait | null);
  /**
   * What is asked.
   */
  'request'?: "open"|"attach"|"touch"|"close"|"create"|"get"|"exists"|"listChildren"|"set"|"delete"|"getAcl"|"setAcl"|"txn"|"sync"|"acquireLock"|"pollLock"|"renewLock"|"releaseLock"|"checkLock"|"getLock"|"campaign"|"pollCampaign"|"renewCampaign"|"proclaim"|"getLeader"|"resign"|"watch"|"unwatch"|"observeLeader"|"cancelWait";
}

/**
 * One request on a `Session` stream.
 */
export interface SessionRequest__Output {
  /**
   * From 1 on; the answer repeats it. Unique among what is unanswered and what is watched.
   */
  'id': (number);
  /**
   * How long an answer is waited for; 0: 10 seconds.
   */
  'timeoutMs': (number);
  /**
   * With `get`, `exists` and `list_children`: leaves ZooKeeper's one-shot watch behind, which fires as `fired` with this id.
   */
  'leavesWatch': (boolean);
  /**
   * First: opens a session and carries it.
   */
  'open'?: (OpenSessionRequest__Output | null);
  /**
   * First: carries a session.
   */
  'attach'?: (AttachSession__Output | null);
  /**
   * A heartbeat that the leader confirms.
   */
  'touch'?: (TouchSessionRequest__Output | null);
  /**
   * Ends the session, and then the stream.
   */
  'close'?: (CloseSessionRequest__Output | null);
  /**
   * Makes a znode.
   */
  'create'?: (CreateRequest__Output | null);
  /**
   * Reads data and stat.
   */
  'get'?: (GetRequest__Output | null);
  /**
   * Reads a stat.
   */
  'exists'?: (ExistsRequest__Output | null);
  /**
   * Reads a page of children.
   */
  'listChildren'?: (ListChildrenRequest__Output | null);
  /**
   * Sets data.
   */
  'set'?: (SetRequest__Output | null);
  /**
   * Deletes a znode.
   */
  'delete'?: (DeleteRequest__Output | null);
  /**
   * Reads an ACL.
   */
  'getAcl'?: (GetAclRequest__Output | null);
  /**
   * Sets an ACL.
   */
  'setAcl'?: (SetAclRequest__Output | null);
  /**
   * Does several operations or none.
   */
  'txn'?: (TxnRequest__Output | null);
  /**
   * Waits until this peer has caught up.
   */
  'sync'?: (SyncRequest__Output | null);
  /**
   * Begins a watch: its items come under this id.
   */
  'watch'?: (WatchRequest__Output | null);
  /**
   * Ends a watch.
   */
  'unwatch'?: (Unwatch__Output | null);
  /**
   * Enters a lock's queue.
   */
  'acquireLock'?: (AcquireLockRequest__Output | null);
  /**
   * Waits on in a lock's queue.
   */
  'pollLock'?: (PollLockRequest__Output | null);
  /**
   * Keeps a contender alive.
   */
  'renewLock'?: (RenewLockRequest__Output | null);
  /**
   * Leaves a lock's queue.
   */
  'releaseLock'?: (ReleaseLockRequest__Output | null);
  /**
   * Checks a fencing token.
   */
  'checkLock'?: (CheckLockRequest__Output | null);
  /**
   * Who holds and who waits.
   */
  'getLock'?: (GetLockRequest__Output | null);
  /**
   * Stands for election.
   */
  'campaign'?: (CampaignRequest__Output | null);
  /**
   * Waits on to be elected.
   */
  'pollCampaign'?: (PollCampaignRequest__Output | null);
  /**
   * Keeps a candidate alive.
   */
  'renewCampaign'?: (RenewCampaignRequest__Output | null);
  /**
   * The leader says something new.
   */
  'proclaim'?: (ProclaimRequest__Output | null);
  /**
   * Who leads.
   */
  'getLeader'?: (GetLeaderRequest__Output | null);
  /**
   * Steps down.
   */
  'resign'?: (ResignRequest__Output | null);
  /**
   * Begins to observe an election: who leads comes under this id.
   */
  'observeLeader'?: (ObserveLeaderRequest__Output | null);
  /**
   * Ends a wait.
   */
  'cancelWait'?: (CancelWait__Output | null);
  /**
   * What is asked.
   */
  'request'?: "open"|"attach"|"touch"|"close"|"create"|"get"|"exists"|"listChildren"|"set"|"delete"|"getAcl"|"setAcl"|"txn"|"sync"|"acquireLock"|"pollLock"|"renewLock"|"releaseLock"|"checkLock"|"getLock"|"campaign"|"pollCampaign"|"renewCampaign"|"proclaim"|"getLeader"|"resign"|"watch"|"unwatch"|"observeLeader"|"cancelWait";
}

/**
 * One answer or event on a `Session` stream.
 */
export interface SessionResponse {
  /**
   * Of the request that this answers, or that began the watch.
   */
  'id'?: (number);
  /**
   * The request was refused.
   */
  'error'?: (RequestError | null);
  /**
   * The session is lost. The stream ends.
   */
  'left'?: (SessionLeft | null);
  /**
   * Answers `open` and `attach`.
   */
  'opened'?: (OpenSessionResponse | null);
  /**
   * Answers `touch`.
   */
  'touch'?: (TouchSessionResponse | null);
  /**
   * Answers `close`.
   */
  'close'?: (CloseSessionResponse | null);
  /**
   * Answers `create`.
   */
  'create'?: (CreateResponse | null);
  /**
   * Answers `get`.
   */
  'get'?: (GetResponse | null);
  /**
   * Answers `exists`.
   */
  'exists'?: (ExistsResponse | null);
  /**
   * Answers `list_children`.
   */
  'listChildren'?: (ListChildrenResponse | null);
  /**
   * Answers `set`.
   */
  'set'?: (SetResponse | null);
  /**
   * Answers `delete`.
   */
  'delete'?: (DeleteResponse | null);
  /**
   * Answers `get_acl`.
   */
  'getAcl'?: (GetAclResponse | null);
  /**
   * Answers `set_acl`.
   */
  'setAcl'?: (SetAclResponse | null);
  /**
   * Answers `txn`.
   */
  'txn'?: (TxnResponse | null);
  /**
   * Answers `sync`.
   */
  'sync'?: (SyncResponse | null);
  /**
   * What a watch sees.
   */
  'watch'?: (WatchResponse | null);
  /**
   * Answers `unwatch`.
   */
  'unwatch'?: (UnwatchResponse | null);
  /**
   * A one-shot watch has fired.
   */
  'fired'?: (FiredWatch | null);
  /**
   * Answers `acquire_lock`.
   */
  'acquireLock'?: (AcquireLockResponse | null);
  /**
   * Answers `poll_lock`.
   */
  'pollLock'?: (PollLockResponse | null);
  /**
   * Answers `renew_lock`.
   */
  'renewLock'?: (RenewLockResponse | null);
  /**
   * Answers `release_lock`.
   */
  'releaseLock'?: (ReleaseLockResponse | null);
  /**
   * Answers `check_lock`.
   */
  'checkLock'?: (CheckLockResponse | null);
  /**
   * Answers `get_lock`.
   */
  'getLock'?: (GetLockResponse | null);
  /**
   * Answers `campaign`.
   */
  'campaign'?: (CampaignResponse | null);
  /**
   * Answers `poll_campaign`.
   */
  'pollCampaign'?: (PollCampaignResponse | null);
  /**
   * Answers `renew_campaign`.
   */
  'renewCampaign'?: (RenewCampaignResponse | null);
  /**
   * Answers `proclaim`.
   */
  'proclaim'?: (ProclaimResponse | null);
  /**
   * Answers `get_leader`.
   */
  'getLeader'?: (GetLeaderResponse | null);
  /**
   * Answers `resign`.
   */
  'resign'?: (ResignResponse | null);
  /**
   * Who leads an election that is observed.
   */
  'observeLeader'?: (ObserveLeaderResponse | null);
  /**
   * Answers `cancel_wait`.
   */
  'cancelWait'?: (CancelWaitResponse | null);
  /**
   * What is answered.
   */
  'response'?: "error"|"left"|"opened"|"touch"|"close"|"create"|"get"|"exists"|"listChildren"|"set"|"delete"|"getAcl"|"setAcl"|"txn"|"sync"|"acquireLock"|"pollLock"|"renewLock"|"releaseLock"|"checkLock"|"getLock"|"campaign"|"pollCampaign"|"renewCampaign"|"proclaim"|"getLeader"|"resign"|"watch"|"unwatch"|"fired"|"observeLeader"|"cancelWait";
}

/**
 * One answer or event on a `Session` stream.
 */
export interface SessionResponse__Output {
  /**
   * Of the request that this answers, or that began the watch.
   */
  'id': (number);
  /**
   * The request was refused.
   */
  'error'?: (RequestError__Output | null);
  /**
   * The session is lost. The stream ends.
   */
  'left'?: (SessionLeft__Output | null);
  /**
   * Answers `open` and `attach`.
   */
  'opened'?: (OpenSessionResponse__Output | null);
  /**
   * Answers `touch`.
   */
  'touch'?: (TouchSessionResponse__Output | null);
  /**
   * Answers `close`.
   */
  'close'?: (CloseSessionResponse__Output | null);
  /**
   * Answers `create`.
   */
  'create'?: (CreateResponse__Output | null);
  /**
   * Answers `get`.
   */
  'get'?: (GetResponse__Output | null);
  /**
   * Answers `exists`.
   */
  'exists'?: (ExistsResponse__Output | null);
  /**
   * Answers `list_children`.
   */
  'listChildren'?: (ListChildrenResponse__Output | null);
  /**
   * Answers `set`.
   */
  'set'?: (SetResponse__Output | null);
  /**
   * Answers `delete`.
   */
  'delete'?: (DeleteResponse__Output | null);
  /**
   * Answers `get_acl`.
   */
  'getAcl'?: (GetAclResponse__Output | null);
  /**
   * Answers `set_acl`.
   */
  'setAcl'?: (SetAclResponse__Output | null);
  /**
   * Answers `txn`.
   */
  'txn'?: (TxnResponse__Output | null);
  /**
   * Answers `sync`.
   */
  'sync'?: (SyncResponse__Output | null);
  /**
   * What a watch sees.
   */
  'watch'?: (WatchResponse__Output | null);
  /**
   * Answers `unwatch`.
   */
  'unwatch'?: (UnwatchResponse__Output | null);
  /**
   * A one-shot watch has fired.
   */
  'fired'?: (FiredWatch__Output | null);
  /**
   * Answers `acquire_lock`.
   */
  'acquireLock'?: (AcquireLockResponse__Output | null);
  /**
   * Answers `poll_lock`.
   */
  'pollLock'?: (PollLockResponse__Output | null);
  /**
   * Answers `renew_lock`.
   */
  'renewLock'?: (RenewLockResponse__Output | null);
  /**
   * Answers `release_lock`.
   */
  'releaseLock'?: (ReleaseLockResponse__Output | null);
  /**
   * Answers `check_lock`.
   */
  'checkLock'?: (CheckLockResponse__Output | null);
  /**
   * Answers `get_lock`.
   */
  'getLock'?: (GetLockResponse__Output | null);
  /**
   * Answers `campaign`.
   */
  'campaign'?: (CampaignResponse__Output | null);
  /**
   * Answers `poll_campaign`.
   */
  'pollCampaign'?: (PollCampaignResponse__Output | null);
  /**
   * Answers `renew_campaign`.
   */
  'renewCampaign'?: (RenewCampaignResponse__Output | null);
  /**
   * Answers `proclaim`.
   */
  'proclaim'?: (ProclaimResponse__Output | null);
  /**
   * Answers `get_leader`.
   */
  'getLeader'?: (GetLeaderResponse__Output | null);
  /**
   * Answers `resign`.
   */
  'resign'?: (ResignResponse__Output | null);
  /**
   * Who leads an election that is observed.
   */
  'observeLeader'?: (ObserveLeaderResponse__Output | null);
  /**
   * Answers `cancel_wait`.
   */
  'cancelWait'?: (CancelWaitResponse__Output | null);
  /**
   * What is answered.
   */
  'response'?: "error"|"left"|"opened"|"touch"|"close"|"create"|"get"|"exists"|"listChildren"|"set"|"delete"|"getAcl"|"setAcl"|"txn"|"sync"|"acquireLock"|"pollLock"|"renewLock"|"releaseLock"|"checkLock"|"getLock"|"campaign"|"pollCampaign"|"renewCampaign"|"proclaim"|"getLeader"|"resign"|"watch"|"unwatch"|"fired"|"observeLeader"|"cancelWait";
}

export interface SessionServiceDefinition extends grpc.ServiceDefinition {
  CloseSession: MethodDefinition<CloseSessionRequest, CloseSessionResponse, CloseSessionRequest__Output, CloseSessionResponse__Output>
  OpenSession: MethodDefinition<OpenSessionRequest, OpenSessionResponse, OpenSessionRequest__Output, OpenSessionResponse__Output>
  Session: MethodDefinition<SessionRequest, SessionResponse, SessionRequest__Output, SessionResponse__Output>
  TouchSession: MethodDefinition<TouchSessionRequest, TouchSessionResponse, TouchSessionRequest__Output, TouchSessionResponse__Output>
}

/**
 * See `SessionService.TouchSession`.
 */
export interface TouchSessionRequest {
}

/**
 * See `SessionService.TouchSession`.
 */
export interface TouchSessionRequest__Output {
}

/**
 * See `SessionService.TouchSession`.
 */
export interface TouchSessionResponse {
  /**
   * As negotiated.
   */
  'timeoutMs'?: (number);
  /**
   * Milliseconds, from the last touch that the leader confirmed.
   */
  'expiresInMs'?: (number);
  /**
   * About the peer.
   */
  'meta'?: (AnswerMeta | null);
}

/**
 * See `SessionService.TouchSession`.
 */
export interface TouchSessionResponse__Output {
  /**
   * As negotiated.
   */
  'timeoutMs': (number);
  /**
   * Milliseconds, from the last touch that the leader confirmed.
   */
  'expiresInMs': (number);
  /**
   * About the peer.
   */
  'meta': (AnswerMeta__Output | null);
}

/**
 * Ends a watch, or the observation of an election.
 */
export interface Unwatch {
  /**
   * The id of the request that began it.
   */
  'watchId'?: (number);
}

/**
 * Ends a watch, or the observation of an election.
 */
export interface Unwatch__Output {
  /**
   * The id of the request that began it.
   */
  'watchId': (number);
}

/**
 * Answers `unwatch`.
 */
export interface UnwatchResponse {
  /**
   * False when there was no such watch (any more).
   */
  'wasThere'?: (boolean);
}

/**
 * Answers `unwatch`.
 */
export interface UnwatchResponse__Output {
  /**
   * False when there was no such watch (any more).
   */
  'wasThere': (boolean);
}
