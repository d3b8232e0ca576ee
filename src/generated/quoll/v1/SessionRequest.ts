// Original file: proto/quoll/v1/session.proto

import type { OpenSessionRequest as _quoll_v1_OpenSessionRequest, OpenSessionRequest__Output as _quoll_v1_OpenSessionRequest__Output } from '../../quoll/v1/OpenSessionRequest.ts';
import type { AttachSession as _quoll_v1_AttachSession, AttachSession__Output as _quoll_v1_AttachSession__Output } from '../../quoll/v1/AttachSession.ts';
import type { TouchSessionRequest as _quoll_v1_TouchSessionRequest, TouchSessionRequest__Output as _quoll_v1_TouchSessionRequest__Output } from '../../quoll/v1/TouchSessionRequest.ts';
import type { CloseSessionRequest as _quoll_v1_CloseSessionRequest, CloseSessionRequest__Output as _quoll_v1_CloseSessionRequest__Output } from '../../quoll/v1/CloseSessionRequest.ts';
import type { CreateRequest as _quoll_v1_CreateRequest, CreateRequest__Output as _quoll_v1_CreateRequest__Output } from '../../quoll/v1/CreateRequest.ts';
import type { GetRequest as _quoll_v1_GetRequest, GetRequest__Output as _quoll_v1_GetRequest__Output } from '../../quoll/v1/GetRequest.ts';
import type { ExistsRequest as _quoll_v1_ExistsRequest, ExistsRequest__Output as _quoll_v1_ExistsRequest__Output } from '../../quoll/v1/ExistsRequest.ts';
import type { ListChildrenRequest as _quoll_v1_ListChildrenRequest, ListChildrenRequest__Output as _quoll_v1_ListChildrenRequest__Output } from '../../quoll/v1/ListChildrenRequest.ts';
import type { SetRequest as _quoll_v1_SetRequest, SetRequest__Output as _quoll_v1_SetRequest__Output } from '../../quoll/v1/SetRequest.ts';
import type { DeleteRequest as _quoll_v1_DeleteRequest, DeleteRequest__Output as _quoll_v1_DeleteRequest__Output } from '../../quoll/v1/DeleteRequest.ts';
import type { GetAclRequest as _quoll_v1_GetAclRequest, GetAclRequest__Output as _quoll_v1_GetAclRequest__Output } from '../../quoll/v1/GetAclRequest.ts';
import type { SetAclRequest as _quoll_v1_SetAclRequest, SetAclRequest__Output as _quoll_v1_SetAclRequest__Output } from '../../quoll/v1/SetAclRequest.ts';
import type { TxnRequest as _quoll_v1_TxnRequest, TxnRequest__Output as _quoll_v1_TxnRequest__Output } from '../../quoll/v1/TxnRequest.ts';
import type { SyncRequest as _quoll_v1_SyncRequest, SyncRequest__Output as _quoll_v1_SyncRequest__Output } from '../../quoll/v1/SyncRequest.ts';
import type { WatchRequest as _quoll_v1_WatchRequest, WatchRequest__Output as _quoll_v1_WatchRequest__Output } from '../../quoll/v1/WatchRequest.ts';
import type { Unwatch as _quoll_v1_Unwatch, Unwatch__Output as _quoll_v1_Unwatch__Output } from '../../quoll/v1/Unwatch.ts';
import type { AcquireLockRequest as _quoll_v1_AcquireLockRequest, AcquireLockRequest__Output as _quoll_v1_AcquireLockRequest__Output } from '../../quoll/v1/AcquireLockRequest.ts';
import type { PollLockRequest as _quoll_v1_PollLockRequest, PollLockRequest__Output as _quoll_v1_PollLockRequest__Output } from '../../quoll/v1/PollLockRequest.ts';
import type { RenewLockRequest as _quoll_v1_RenewLockRequest, RenewLockRequest__Output as _quoll_v1_RenewLockRequest__Output } from '../../quoll/v1/RenewLockRequest.ts';
import type { ReleaseLockRequest as _quoll_v1_ReleaseLockRequest, ReleaseLockRequest__Output as _quoll_v1_ReleaseLockRequest__Output } from '../../quoll/v1/ReleaseLockRequest.ts';
import type { CheckLockRequest as _quoll_v1_CheckLockRequest, CheckLockRequest__Output as _quoll_v1_CheckLockRequest__Output } from '../../quoll/v1/CheckLockRequest.ts';
import type { GetLockRequest as _quoll_v1_GetLockRequest, GetLockRequest__Output as _quoll_v1_GetLockRequest__Output } from '../../quoll/v1/GetLockRequest.ts';
import type { CampaignRequest as _quoll_v1_CampaignRequest, CampaignRequest__Output as _quoll_v1_CampaignRequest__Output } from '../../quoll/v1/CampaignRequest.ts';
import type { PollCampaignRequest as _quoll_v1_PollCampaignRequest, PollCampaignRequest__Output as _quoll_v1_PollCampaignRequest__Output } from '../../quoll/v1/PollCampaignRequest.ts';
import type { RenewCampaignRequest as _quoll_v1_RenewCampaignRequest, RenewCampaignRequest__Output as _quoll_v1_RenewCampaignRequest__Output } from '../../quoll/v1/RenewCampaignRequest.ts';
import type { ProclaimRequest as _quoll_v1_ProclaimRequest, ProclaimRequest__Output as _quoll_v1_ProclaimRequest__Output } from '../../quoll/v1/ProclaimRequest.ts';
import type { GetLeaderRequest as _quoll_v1_GetLeaderRequest, GetLeaderRequest__Output as _quoll_v1_GetLeaderRequest__Output } from '../../quoll/v1/GetLeaderRequest.ts';
import type { ResignRequest as _quoll_v1_ResignRequest, ResignRequest__Output as _quoll_v1_ResignRequest__Output } from '../../quoll/v1/ResignRequest.ts';
import type { ObserveLeaderRequest as _quoll_v1_ObserveLeaderRequest, ObserveLeaderRequest__Output as _quoll_v1_ObserveLeaderRequest__Output } from '../../quoll/v1/ObserveLeaderRequest.ts';
import type { CancelWait as _quoll_v1_CancelWait, CancelWait__Output as _quoll_v1_CancelWait__Output } from '../../quoll/v1/CancelWait.ts';

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
  'open'?: (_quoll_v1_OpenSessionRequest | null);
  /**
   * First: carries a session.
   */
  'attach'?: (_quoll_v1_AttachSession | null);
  /**
   * A heartbeat that the leader confirms.
   */
  'touch'?: (_quoll_v1_TouchSessionRequest | null);
  /**
   * Ends the session, and then the stream.
   */
  'close'?: (_quoll_v1_CloseSessionRequest | null);
  /**
   * Makes a znode.
   */
  'create'?: (_quoll_v1_CreateRequest | null);
  /**
   * Reads data and stat.
   */
  'get'?: (_quoll_v1_GetRequest | null);
  /**
   * Reads a stat.
   */
  'exists'?: (_quoll_v1_ExistsRequest | null);
  /**
   * Reads a page of children.
   */
  'listChildren'?: (_quoll_v1_ListChildrenRequest | null);
  /**
   * Sets data.
   */
  'set'?: (_quoll_v1_SetRequest | null);
  /**
   * Deletes a znode.
   */
  'delete'?: (_quoll_v1_DeleteRequest | null);
  /**
   * Reads an ACL.
   */
  'getAcl'?: (_quoll_v1_GetAclRequest | null);
  /**
   * Sets an ACL.
   */
  'setAcl'?: (_quoll_v1_SetAclRequest | null);
  /**
   * Does several operations or none.
   */
  'txn'?: (_quoll_v1_TxnRequest | null);
  /**
   * Waits until this peer has caught up.
   */
  'sync'?: (_quoll_v1_SyncRequest | null);
  /**
   * Begins a watch: its items come under this id.
   */
  'watch'?: (_quoll_v1_WatchRequest | null);
  /**
   * Ends a watch.
   */
  'unwatch'?: (_quoll_v1_Unwatch | null);
  /**
   * Enters a lock's queue.
   */
  'acquireLock'?: (_quoll_v1_AcquireLockRequest | null);
  /**
   * Waits on in a lock's queue.
   */
  'pollLock'?: (_quoll_v1_PollLockRequest | null);
  /**
   * Keeps a contender alive.
   */
  'renewLock'?: (_quoll_v1_RenewLockRequest | null);
  /**
   * Leaves a lock's queue.
   */
  'releaseLock'?: (_quoll_v1_ReleaseLockRequest | null);
  /**
   * Checks a fencing token.
   */
  'checkLock'?: (_quoll_v1_CheckLockRequest | null);
  /**
   * Who holds and who waits.
   */
  'getLock'?: (_quoll_v1_GetLockRequest | null);
  /**
   * Stands for election.
   */
  'campaign'?: (_quoll_v1_CampaignRequest | null);
  /**
   * Waits on to be elected.
   */
  'pollCampaign'?: (_quoll_v1_PollCampaignRequest | null);
  /**
   * Keeps a candidate alive.
   */
  'renewCampaign'?: (_quoll_v1_RenewCampaignRequest | null);
  /**
   * The leader says something new.
   */
  'proclaim'?: (_quoll_v1_ProclaimRequest | null);
  /**
   * Who leads.
   */
  'getLeader'?: (_quoll_v1_GetLeaderRequest | null);
  /**
   * Steps down.
   */
  'resign'?: (_quoll_v1_ResignRequest | null);
  /**
   * Begins to observe an election: who leads comes under this id.
   */
  'observeLeader'?: (_quoll_v1_ObserveLeaderRequest | null);
  /**
   * Ends a wait.
   */
  'cancelWait'?: (_quoll_v1_CancelWait | null);
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
  'open'?: (_quoll_v1_OpenSessionRequest__Output | null);
  /**
   * First: carries a session.
   */
  'attach'?: (_quoll_v1_AttachSession__Output | null);
  /**
   * A heartbeat that the leader confirms.
   */
  'touch'?: (_quoll_v1_TouchSessionRequest__Output | null);
  /**
   * Ends the session, and then the stream.
   */
  'close'?: (_quoll_v1_CloseSessionRequest__Output | null);
  /**
   * Makes a znode.
   */
  'create'?: (_quoll_v1_CreateRequest__Output | null);
  /**
   * Reads data and stat.
   */
  'get'?: (_quoll_v1_GetRequest__Output | null);
  /**
   * Reads a stat.
   */
  'exists'?: (_quoll_v1_ExistsRequest__Output | null);
  /**
   * Reads a page of children.
   */
  'listChildren'?: (_quoll_v1_ListChildrenRequest__Output | null);
  /**
   * Sets data.
   */
  'set'?: (_quoll_v1_SetRequest__Output | null);
  /**
   * Deletes a znode.
   */
  'delete'?: (_quoll_v1_DeleteRequest__Output | null);
  /**
   * Reads an ACL.
   */
  'getAcl'?: (_quoll_v1_GetAclRequest__Output | null);
  /**
   * Sets an ACL.
   */
  'setAcl'?: (_quoll_v1_SetAclRequest__Output | null);
  /**
   * Does several operations or none.
   */
  'txn'?: (_quoll_v1_TxnRequest__Output | null);
  /**
   * Waits until this peer has caught up.
   */
  'sync'?: (_quoll_v1_SyncRequest__Output | null);
  /**
   * Begins a watch: its items come under this id.
   */
  'watch'?: (_quoll_v1_WatchRequest__Output | null);
  /**
   * Ends a watch.
   */
  'unwatch'?: (_quoll_v1_Unwatch__Output | null);
  /**
   * Enters a lock's queue.
   */
  'acquireLock'?: (_quoll_v1_AcquireLockRequest__Output | null);
  /**
   * Waits on in a lock's queue.
   */
  'pollLock'?: (_quoll_v1_PollLockRequest__Output | null);
  /**
   * Keeps a contender alive.
   */
  'renewLock'?: (_quoll_v1_RenewLockRequest__Output | null);
  /**
   * Leaves a lock's queue.
   */
  'releaseLock'?: (_quoll_v1_ReleaseLockRequest__Output | null);
  /**
   * Checks a fencing token.
   */
  'checkLock'?: (_quoll_v1_CheckLockRequest__Output | null);
  /**
   * Who holds and who waits.
   */
  'getLock'?: (_quoll_v1_GetLockRequest__Output | null);
  /**
   * Stands for election.
   */
  'campaign'?: (_quoll_v1_CampaignRequest__Output | null);
  /**
   * Waits on to be elected.
   */
  'pollCampaign'?: (_quoll_v1_PollCampaignRequest__Output | null);
  /**
   * Keeps a candidate alive.
   */
  'renewCampaign'?: (_quoll_v1_RenewCampaignRequest__Output | null);
  /**
   * The leader says something new.
   */
  'proclaim'?: (_quoll_v1_ProclaimRequest__Output | null);
  /**
   * Who leads.
   */
  'getLeader'?: (_quoll_v1_GetLeaderRequest__Output | null);
  /**
   * Steps down.
   */
  'resign'?: (_quoll_v1_ResignRequest__Output | null);
  /**
   * Begins to observe an election: who leads comes under this id.
   */
  'observeLeader'?: (_quoll_v1_ObserveLeaderRequest__Output | null);
  /**
   * Ends a wait.
   */
  'cancelWait'?: (_quoll_v1_CancelWait__Output | null);
  /**
   * What is asked.
   */
  'request'?: "open"|"attach"|"touch"|"close"|"create"|"get"|"exists"|"listChildren"|"set"|"delete"|"getAcl"|"setAcl"|"txn"|"sync"|"acquireLock"|"pollLock"|"renewLock"|"releaseLock"|"checkLock"|"getLock"|"campaign"|"pollCampaign"|"renewCampaign"|"proclaim"|"getLeader"|"resign"|"watch"|"unwatch"|"observeLeader"|"cancelWait";
}
