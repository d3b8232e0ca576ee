import type { GetClusterResponse, GetInfoResponse } from '../../../generated/quoll/v1/cluster.ts';
import type { AnswerMeta as AnswerMetaMessage } from '../../../generated/quoll/v1/common.ts';
import type {
  AclEntry,
  Child,
  Stat as StatMessage,
  TxnResult,
} from '../../../generated/quoll/v1/znode.ts';
import { permission, type Acl } from '../../../model/acl.ts';
import type { ChildView } from '../../../model/read.ts';
import type { OpResult } from '../../../model/request.ts';
import type { Stat } from '../../../model/stat.ts';
import type { AnswerMeta, PeerRole } from '../../../service/call.ts';
import type { ClusterView, PeerDescription } from '../../../service/coordination-service.ts';
import { longOfSession, longOfZxid } from './numbers.ts';

// Model -> messages of quoll.v1.

const int32Max = 2 ** 31 - 1;

const roles = {
  leader: 'PEER_ROLE_LEADER',
  follower: 'PEER_ROLE_FOLLOWER',
  observer: 'PEER_ROLE_OBSERVER',
  looking: 'PEER_ROLE_LOOKING',
  unknown: 'PEER_ROLE_UNSPECIFIED',
} as const;

/** The numbers of `PeerRole`, for who writes bytes. */
export const roleNumbers = {
  leader: 1,
  follower: 2,
  observer: 3,
  looking: 4,
} as const satisfies Record<PeerRole, number>;

export function encodeMeta(meta: AnswerMeta): AnswerMetaMessage {
  return {
    zxid: longOfZxid(meta.zxid),
    role: roles[meta.role],
    leaderContactMs: millisecondsOrNever(meta.leaderContactMs),
  };
}

export function millisecondsOrNever(ms: number | undefined): number {
  return ms === undefined ? -1 : Math.min(Math.round(ms), int32Max);
}

export function encodeStat(stat: Stat): StatMessage {
  return {
    czxid: longOfZxid(stat.czxid),
    mzxid: longOfZxid(stat.mzxid),
    ctime: stat.ctime,
    mtime: stat.mtime,
    version: stat.version,
    cversion: stat.cversion,
    aversion: stat.aversion,
    ephemeralOwner: longOfSession(stat.ephemeralOwner),
    dataLength: stat.dataLength,
    numChildren: stat.numChildren,
    pzxid: longOfZxid(stat.pzxid),
  };
}

/** Gives the two fields that together tell null from empty. */
export function encodeData(data: Uint8Array | null): {
  readonly data?: Uint8Array;
  readonly nullData?: true;
} {
  return data === null ? { nullData: true } : { data };
}

export function encodeAcl(acl: Acl): AclEntry[] {
  return acl.map(({ permissions, scheme, id }) => ({
    permissions: permissions & permission.all,
    scheme,
    id,
  }));
}

export function encodeChild({ name, znode }: ChildView): Child {
  return znode === undefined
    ? { name }
    : { name, ...encodeData(znode.data), stat: encodeStat(znode.stat) };
}

const resultKinds = {
  create: 'TXN_RESULT_KIND_CREATE',
  set: 'TXN_RESULT_KIND_SET',
  delete: 'TXN_RESULT_KIND_DELETE',
  setAcl: 'TXN_RESULT_KIND_SET_ACL',
  check: 'TXN_RESULT_KIND_CHECK',
} as const satisfies Record<OpResult['op'], string>;

export function encodeResult(result: OpResult): TxnResult {
  return {
    kind: resultKinds[result.op],
    path: result.path,
    ...('stat' in result && { stat: encodeStat(result.stat) }),
    ...(result.op === 'delete' && { deleted: result.deleted }),
  };
}

export function encodeCluster(view: ClusterView, meta: AnswerMeta): GetClusterResponse {
  return {
    clusterId: view.clusterId,
    leaderId: view.leaderId ?? 0,
    epoch: view.epoch,
    level: view.level,
    newestLevel: view.newestLevel,
    selfId: view.self.id,
    peers: view.peers.map((peer) => ({
      id: peer.id,
      role: roles[peer.role],
      isUp: peer.state === 'up',
      http: peer.addresses.http,
      grpc: peer.addresses.grpc,
      zookeeper: peer.addresses.zookeeper,
      lastZxid: longOfZxid(peer.lastZxid),
      lagMs: millisecondsOrNever(peer.lagMs),
      votes: peer.votes,
      inConfig: peer.isConfigured,
      isRemoved: peer.isRemoved,
    })),
    meta: encodeMeta(meta),
  };
}

export function encodeInfo(description: PeerDescription, meta: AnswerMeta): GetInfoResponse {
  const { version, serverId, clusterId, startedAtMs, znodes, sessions, limits } = description;
  return {
    version,
    serverId,
    clusterId,
    startedAtMs: Math.round(startedAtMs),
    znodes,
    sessions,
    limits,
    meta: encodeMeta(meta),
  };
}
