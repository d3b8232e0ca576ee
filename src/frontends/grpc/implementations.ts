import type { ServiceDefinition, UntypedServiceImplementation } from '#grpc';
import { answerOther, answerRead, answerWaiting, answerWrite } from './calls/unary.ts';
import { streamChildren } from './streams/children-stream.ts';
import {
  deleteGrant,
  deleteRole,
  deleteToken,
  getAuth,
  initAuth,
  listGrants,
  listRoles,
  listTokens,
  putGrant,
  putRole,
  putToken,
  switchAuthOff,
} from './operations/auth.ts';
import { changeMembers, listMembers } from './operations/members.ts';
import { getCluster, getInfo, moveLeader, raiseLevel } from './operations/cluster.ts';
import type { GrpcDoor } from './operations/door.ts';
import {
  campaign,
  getLeader,
  pollCampaign,
  proclaim,
  renewCampaign,
  resign,
} from './operations/elections.ts';
import { observeLeader } from './streams/leader-stream.ts';
import {
  acquireLock,
  checkLock,
  getLock,
  pollLock,
  releaseLock,
  renewLock,
} from './operations/locks.ts';
import {
  authService,
  clusterService,
  electionService,
  lockService,
  sessionService,
  watchService,
  znodeService,
} from './messages/protocol.ts';
import { answerSession } from './session/session-stream.ts';
import { closeSession, openSession, sync, touchSession } from './operations/sessions.ts';
import { answerStream } from './streams/answer-stream.ts';
import { takeBackup } from './streams/backup-stream.ts';
import { watch } from './streams/watch-stream.ts';
import {
  create,
  exists,
  get,
  getAcl,
  listChildren,
  remove,
  set,
  setAcl,
  txn,
} from './operations/znodes.ts';

interface Implemented {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
  /** Its unary calls are so many that they go past the library: see `connection/direct-call.ts`. */
  readonly isDirect: boolean;
}

/** Gives every service of quoll.v1, each method with what answers it. */
export function implementations(door: GrpcDoor): readonly Implemented[] {
  const z = znodeService;
  const s = sessionService;
  const l = lockService;
  const e = electionService;
  const a = authService;
  return [
    implemented(
      z,
      {
        Create: answerWrite(door, z.Create, create),
        Get: answerRead(door, z.Get, get),
        Exists: answerRead(door, z.Exists, exists),
        ListChildren: answerRead(door, z.ListChildren, listChildren),
        StreamChildren: answerStream(door, z.StreamChildren, streamChildren),
        Set: answerWrite(door, z.Set, set),
        Delete: answerWrite(door, z.Delete, remove),
        GetAcl: answerRead(door, z.GetAcl, getAcl),
        SetAcl: answerWrite(door, z.SetAcl, setAcl),
        Txn: answerWrite(door, z.Txn, txn),
        Sync: answerOther(door, z.Sync, sync),
      },
      true,
    ),
    implemented(s, {
      OpenSession: answerOther(door, s.OpenSession, openSession),
      TouchSession: answerOther(door, s.TouchSession, touchSession),
      CloseSession: answerOther(door, s.CloseSession, closeSession),
      Session: answerSession(door),
    }),
    implemented(watchService, { Watch: answerStream(door, watchService.Watch, watch) }),
    implemented(l, {
      AcquireLock: answerWaiting(door, l.AcquireLock, acquireLock),
      PollLock: answerWaiting(door, l.PollLock, pollLock),
      RenewLock: answerOther(door, l.RenewLock, renewLock),
      ReleaseLock: answerOther(door, l.ReleaseLock, releaseLock),
      CheckLock: answerOther(door, l.CheckLock, checkLock),
      GetLock: answerOther(door, l.GetLock, getLock),
    }),
    implemented(e, {
      Campaign: answerWaiting(door, e.Campaign, campaign),
      PollCampaign: answerWaiting(door, e.PollCampaign, pollCampaign),
      RenewCampaign: answerOther(door, e.RenewCampaign, renewCampaign),
      Proclaim: answerOther(door, e.Proclaim, proclaim),
      GetLeader: answerOther(door, e.GetLeader, getLeader),
      ObserveLeader: answerStream(door, e.ObserveLeader, observeLeader),
      Resign: answerOther(door, e.Resign, resign),
    }),
    clusterImplementation(door),
    implemented(a, {
      GetAuth: answerOther(door, a.GetAuth, getAuth),
      InitAuth: answerOther(door, a.InitAuth, initAuth),
      SwitchAuthOff: answerOther(door, a.SwitchAuthOff, switchAuthOff),
      ListRoles: answerOther(door, a.ListRoles, listRoles),
      PutRole: answerOther(door, a.PutRole, putRole),
      DeleteRole: answerOther(door, a.DeleteRole, deleteRole),
      ListGrants: answerOther(door, a.ListGrants, listGrants),
      PutGrant: answerOther(door, a.PutGrant, putGrant),
      DeleteGrant: answerOther(door, a.DeleteGrant, deleteGrant),
      ListTokens: answerOther(door, a.ListTokens, listTokens),
      PutToken: answerOther(door, a.PutToken, putToken),
      DeleteToken: answerOther(door, a.DeleteToken, deleteToken),
    }),
  ];
}

function clusterImplementation(door: GrpcDoor): Implemented {
  const c = clusterService;
  return implemented(c, {
    GetCluster: answerOther(door, c.GetCluster, getCluster),
    MoveLeader: answerOther(door, c.MoveLeader, moveLeader),
    RaiseLevel: answerOther(door, c.RaiseLevel, raiseLevel),
    ListMembers: answerOther(door, c.ListMembers, listMembers),
    ChangeMembers: answerOther(door, c.ChangeMembers, changeMembers),
    TakeBackup: answerStream(door, c.TakeBackup, takeBackup),
    GetInfo: answerOther(door, c.GetInfo, getInfo),
  });
}

/** The handlers take and give bytes: see `calls/unary.ts`. */
function implemented(
  definition: ServiceDefinition,
  implementation: Readonly<Record<string, unknown>>,
  isDirect = false,
): Implemented {
  const bytes = (value: Buffer): Buffer => value;
  const passThrough = Object.entries(definition).map(([name, method]) => [
    name,
    { ...method, requestDeserialize: bytes, responseSerialize: bytes },
  ]);
  return {
    definition: Object.fromEntries(passThrough) as ServiceDefinition,
    implementation: implementation as UntypedServiceImplementation,
    isDirect,
  };
}
