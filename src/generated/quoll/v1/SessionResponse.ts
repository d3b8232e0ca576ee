// Original file: proto/quoll/v1/session.proto

import type { RequestError as _quoll_v1_RequestError, RequestError__Output as _quoll_v1_RequestError__Output } from '../../quoll/v1/RequestError.ts';
import type { SessionLeft as _quoll_v1_SessionLeft, SessionLeft__Output as _quoll_v1_SessionLeft__Output } from '../../quoll/v1/SessionLeft.ts';
import type { OpenSessionResponse as _quoll_v1_OpenSessionResponse, OpenSessionResponse__Output as _quoll_v1_OpenSessionResponse__Output } from '../../quoll/v1/OpenSessionResponse.ts';
import type { TouchSessionResponse as _quoll_v1_TouchSessionResponse, TouchSessionResponse__Output as _quoll_v1_TouchSessionResponse__Output } from '../../quoll/v1/TouchSessionResponse.ts';
import type { CloseSessionResponse as _quoll_v1_CloseSessionResponse, CloseSessionResponse__Output as _quoll_v1_CloseSessionResponse__Output } from '../../quoll/v1/CloseSessionResponse.ts';
import type { CreateResponse as _quoll_v1_CreateResponse, CreateResponse__Output as _quoll_v1_CreateResponse__Output } from '../../quoll/v1/CreateResponse.ts';
import type { GetResponse as _quoll_v1_GetResponse, GetResponse__Output as _quoll_v1_GetResponse__Output } from '../../quoll/v1/GetResponse.ts';
import type { ExistsResponse as _quoll_v1_ExistsResponse, ExistsResponse__Output as _quoll_v1_ExistsResponse__Output } from '../../quoll/v1/ExistsResponse.ts';
import type { ListChildrenResponse as _quoll_v1_ListChildrenResponse, ListChildrenResponse__Output as _quoll_v1_ListChildrenResponse__Output } from '../../quoll/v1/ListChildrenResponse.ts';
import type { SetResponse as _quoll_v1_SetResponse, SetResponse__Output as _quoll_v1_SetResponse__Output } from '../../quoll/v1/SetResponse.ts';
import type { DeleteResponse as _quoll_v1_DeleteResponse, DeleteResponse__Output as _quoll_v1_DeleteResponse__Output } from '../../quoll/v1/DeleteResponse.ts';
import type { GetAclResponse as _quoll_v1_GetAclResponse, GetAclResponse__Output as _quoll_v1_GetAclResponse__Output } from '../../quoll/v1/GetAclResponse.ts';
import type { SetAclResponse as _quoll_v1_SetAclResponse, SetAclResponse__Output as _quoll_v1_SetAclResponse__Output } from '../../quoll/v1/SetAclResponse.ts';
import type { TxnResponse as _quoll_v1_TxnResponse, TxnResponse__Output as _quoll_v1_TxnResponse__Output } from '../../quoll/v1/TxnResponse.ts';
import type { SyncResponse as _quoll_v1_SyncResponse, SyncResponse__Output as _quoll_v1_SyncResponse__Output } from '../../quoll/v1/SyncResponse.ts';
import type { WatchResponse as _quoll_v1_WatchResponse, WatchResponse__Output as _quoll_v1_WatchResponse__Output } from '../../quoll/v1/WatchResponse.ts';
import type { UnwatchResponse as _quoll_v1_UnwatchResponse, UnwatchResponse__Output as _quoll_v1_UnwatchResponse__Output } from '../../quoll/v1/UnwatchResponse.ts';
import type { FiredWatch as _quoll_v1_FiredWatch, FiredWatch__Output as _quoll_v1_FiredWatch__Output } from '../../quoll/v1/FiredWatch.ts';
import type { AcquireLockResponse as _quoll_v1_AcquireLockResponse, AcquireLockResponse__Output as _quoll_v1_AcquireLockResponse__Output } from '../../quoll/v1/AcquireLockResponse.ts';
import type { PollLockResponse as _quoll_v1_PollLockResponse, PollLockResponse__Output as _quoll_v1_PollLockResponse__Output } from '../../quoll/v1/PollLockResponse.ts';
import type { RenewLockResponse as _quoll_v1_RenewLockResponse, RenewLockResponse__Output as _quoll_v1_RenewLockResponse__Output } from '../../quoll/v1/RenewLockResponse.ts';
import type { ReleaseLockResponse as _quoll_v1_ReleaseLockResponse, ReleaseLockResponse__Output as _quoll_v1_ReleaseLockResponse__Output } from '../../quoll/v1/ReleaseLockResponse.ts';
import type { CheckLockResponse as _quoll_v1_CheckLockResponse, CheckLockResponse__Output as _quoll_v1_CheckLockResponse__Output } from '../../quoll/v1/CheckLockResponse.ts';
import type { GetLockResponse as _quoll_v1_GetLockResponse, GetLockResponse__Output as _quoll_v1_GetLockResponse__Output } from '../../quoll/v1/GetLockResponse.ts';
import type { CampaignResponse as _quoll_v1_CampaignResponse, CampaignResponse__Output as _quoll_v1_CampaignResponse__Output } from '../../quoll/v1/CampaignResponse.ts';
import type { PollCampaignResponse as _quoll_v1_PollCampaignResponse, PollCampaignResponse__Output as _quoll_v1_PollCampaignResponse__Output } from '../../quoll/v1/PollCampaignResponse.ts';
import type { RenewCampaignResponse as _quoll_v1_RenewCampaignResponse, RenewCampaignResponse__Output as _quoll_v1_RenewCampaignResponse__Output } from '../../quoll/v1/RenewCampaignResponse.ts';
import type { ProclaimResponse as _quoll_v1_ProclaimResponse, ProclaimResponse__Output as _quoll_v1_ProclaimResponse__Output } from '../../quoll/v1/ProclaimResponse.ts';
import type { GetLeaderResponse as _quoll_v1_GetLeaderResponse, GetLeaderResponse__Output as _quoll_v1_GetLeaderResponse__Output } from '../../quoll/v1/GetLeaderResponse.ts';
import type { ResignResponse as _quoll_v1_ResignResponse, ResignResponse__Output as _quoll_v1_ResignResponse__Output } from '../../quoll/v1/ResignResponse.ts';
import type { ObserveLeaderResponse as _quoll_v1_ObserveLeaderResponse, ObserveLeaderResponse__Output as _quoll_v1_ObserveLeaderResponse__Output } from '../../quoll/v1/ObserveLeaderResponse.ts';
import type { CancelWaitResponse as _quoll_v1_CancelWaitResponse, CancelWaitResponse__Output as _quoll_v1_CancelWaitResponse__Output } from '../../quoll/v1/CancelWaitResponse.ts';

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
  'error'?: (_quoll_v1_RequestError | null);
  /**
   * The session is lost. The stream ends.
   */
  'left'?: (_quoll_v1_SessionLeft | null);
  /**
   * Answers `open` and `attach`.
   */
  'opened'?: (_quoll_v1_OpenSessionResponse | null);
  /**
   * Answers `touch`.
   */
  'touch'?: (_quoll_v1_TouchSessionResponse | null);
  /**
   * Answers `close`.
   */
  'close'?: (_quoll_v1_CloseSessionResponse | null);
  /**
   * Answers `create`.
   */
  'create'?: (_quoll_v1_CreateResponse | null);
  /**
   * Answers `get`.
   */
  'get'?: (_quoll_v1_GetResponse | null);
  /**
   * Answers `exists`.
   */
  'exists'?: (_quoll_v1_ExistsResponse | null);
  /**
   * Answers `list_children`.
   */
  'listChildren'?: (_quoll_v1_ListChildrenResponse | null);
  /**
   * Answers `set`.
   */
  'set'?: (_quoll_v1_SetResponse | null);
  /**
   * Answers `delete`.
   */
  'delete'?: (_quoll_v1_DeleteResponse | null);
  /**
   * Answers `get_acl`.
   */
  'getAcl'?: (_quoll_v1_GetAclResponse | null);
  /**
   * Answers `set_acl`.
   */
  'setAcl'?: (_quoll_v1_SetAclResponse | null);
  /**
   * Answers `txn`.
   */
  'txn'?: (_quoll_v1_TxnResponse | null);
  /**
   * Answers `sync`.
   */
  'sync'?: (_quoll_v1_SyncResponse | null);
  /**
   * What a watch sees.
   */
  'watch'?: (_quoll_v1_WatchResponse | null);
  /**
   * Answers `unwatch`.
   */
  'unwatch'?: (_quoll_v1_UnwatchResponse | null);
  /**
   * A one-shot watch has fired.
   */
  'fired'?: (_quoll_v1_FiredWatch | null);
  /**
   * Answers `acquire_lock`.
   */
  'acquireLock'?: (_quoll_v1_AcquireLockResponse | null);
  /**
   * Answers `poll_lock`.
   */
  'pollLock'?: (_quoll_v1_PollLockResponse | null);
  /**
   * Answers `renew_lock`.
   */
  'renewLock'?: (_quoll_v1_RenewLockResponse | null);
  /**
   * Answers `release_lock`.
   */
  'releaseLock'?: (_quoll_v1_ReleaseLockResponse | null);
  /**
   * Answers `check_lock`.
   */
  'checkLock'?: (_quoll_v1_CheckLockResponse | null);
  /**
   * Answers `get_lock`.
   */
  'getLock'?: (_quoll_v1_GetLockResponse | null);
  /**
   * Answers `campaign`.
   */
  'campaign'?: (_quoll_v1_CampaignResponse | null);
  /**
   * Answers `poll_campaign`.
   */
  'pollCampaign'?: (_quoll_v1_PollCampaignResponse | null);
  /**
   * Answers `renew_campaign`.
   */
  'renewCampaign'?: (_quoll_v1_RenewCampaignResponse | null);
  /**
   * Answers `proclaim`.
   */
  'proclaim'?: (_quoll_v1_ProclaimResponse | null);
  /**
   * Answers `get_leader`.
   */
  'getLeader'?: (_quoll_v1_GetLeaderResponse | null);
  /**
   * Answers `resign`.
   */
  'resign'?: (_quoll_v1_ResignResponse | null);
  /**
   * Who leads an election that is observed.
   */
  'observeLeader'?: (_quoll_v1_ObserveLeaderResponse | null);
  /**
   * Answers `cancel_wait`.
   */
  'cancelWait'?: (_quoll_v1_CancelWaitResponse | null);
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
  'error'?: (_quoll_v1_RequestError__Output | null);
  /**
   * The session is lost. The stream ends.
   */
  'left'?: (_quoll_v1_SessionLeft__Output | null);
  /**
   * Answers `open` and `attach`.
   */
  'opened'?: (_quoll_v1_OpenSessionResponse__Output | null);
  /**
   * Answers `touch`.
   */
  'touch'?: (_quoll_v1_TouchSessionResponse__Output | null);
  /**
   * Answers `close`.
   */
  'close'?: (_quoll_v1_CloseSessionResponse__Output | null);
  /**
   * Answers `create`.
   */
  'create'?: (_quoll_v1_CreateResponse__Output | null);
  /**
   * Answers `get`.
   */
  'get'?: (_quoll_v1_GetResponse__Output | null);
  /**
   * Answers `exists`.
   */
  'exists'?: (_quoll_v1_ExistsResponse__Output | null);
  /**
   * Answers `list_children`.
   */
  'listChildren'?: (_quoll_v1_ListChildrenResponse__Output | null);
  /**
   * Answers `set`.
   */
  'set'?: (_quoll_v1_SetResponse__Output | null);
  /**
   * Answers `delete`.
   */
  'delete'?: (_quoll_v1_DeleteResponse__Output | null);
  /**
   * Answers `get_acl`.
   */
  'getAcl'?: (_quoll_v1_GetAclResponse__Output | null);
  /**
   * Answers `set_acl`.
   */
  'setAcl'?: (_quoll_v1_SetAclResponse__Output | null);
  /**
   * Answers `txn`.
   */
  'txn'?: (_quoll_v1_TxnResponse__Output | null);
  /**
   * Answers `sync`.
   */
  'sync'?: (_quoll_v1_SyncResponse__Output | null);
  /**
   * What a watch sees.
   */
  'watch'?: (_quoll_v1_WatchResponse__Output | null);
  /**
   * Answers `unwatch`.
   */
  'unwatch'?: (_quoll_v1_UnwatchResponse__Output | null);
  /**
   * A one-shot watch has fired.
   */
  'fired'?: (_quoll_v1_FiredWatch__Output | null);
  /**
   * Answers `acquire_lock`.
   */
  'acquireLock'?: (_quoll_v1_AcquireLockResponse__Output | null);
  /**
   * Answers `poll_lock`.
   */
  'pollLock'?: (_quoll_v1_PollLockResponse__Output | null);
  /**
   * Answers `renew_lock`.
   */
  'renewLock'?: (_quoll_v1_RenewLockResponse__Output | null);
  /**
   * Answers `release_lock`.
   */
  'releaseLock'?: (_quoll_v1_ReleaseLockResponse__Output | null);
  /**
   * Answers `check_lock`.
   */
  'checkLock'?: (_quoll_v1_CheckLockResponse__Output | null);
  /**
   * Answers `get_lock`.
   */
  'getLock'?: (_quoll_v1_GetLockResponse__Output | null);
  /**
   * Answers `campaign`.
   */
  'campaign'?: (_quoll_v1_CampaignResponse__Output | null);
  /**
   * Answers `poll_campaign`.
   */
  'pollCampaign'?: (_quoll_v1_PollCampaignResponse__Output | null);
  /**
   * Answers `renew_campaign`.
   */
  'renewCampaign'?: (_quoll_v1_RenewCampaignResponse__Output | null);
  /**
   * Answers `proclaim`.
   */
  'proclaim'?: (_quoll_v1_ProclaimResponse__Output | null);
  /**
   * Answers `get_leader`.
   */
  'getLeader'?: (_quoll_v1_GetLeaderResponse__Output | null);
  /**
   * Answers `resign`.
   */
  'resign'?: (_quoll_v1_ResignResponse__Output | null);
  /**
   * Who leads an election that is observed.
   */
  'observeLeader'?: (_quoll_v1_ObserveLeaderResponse__Output | null);
  /**
   * Answers `cancel_wait`.
   */
  'cancelWait'?: (_quoll_v1_CancelWaitResponse__Output | null);
  /**
   * What is answered.
   */
  'response'?: "error"|"left"|"opened"|"touch"|"close"|"create"|"get"|"exists"|"listChildren"|"set"|"delete"|"getAcl"|"setAcl"|"txn"|"sync"|"acquireLock"|"pollLock"|"renewLock"|"releaseLock"|"checkLock"|"getLock"|"campaign"|"pollCampaign"|"renewCampaign"|"proclaim"|"getLeader"|"resign"|"watch"|"unwatch"|"fired"|"observeLeader"|"cancelWait";
}
