import { MalformedBytes, fromUtf8 } from '../../../base/bytes.ts';
import { permission, type Acl } from '../../../model/acl.ts';
import { sessionIdToDecimal } from '../../../model/ids.ts';
import type { Limits } from '../../../model/limits.ts';
import type { ZnodePath } from '../../../model/path.ts';
import type { ChildView } from '../../../model/read.ts';
import type { OpResult } from '../../../model/request.ts';
import type { Stat } from '../../../model/stat.ts';
import { zxidToDecimal } from '../../../model/zxid.ts';
import type { AnswerMeta, WriteAnswer } from '../../../service/call.ts';
import type { ClusterView, PeerDescription } from '../../../service/coordination-service.ts';

// Model -> what the OpenAPI document promises. 64-bit numbers are decimal strings, other numbers are numbers.

export type Encoding = 'utf8' | 'base64';

/** A header list as Node takes it: name, value, name, value. */
export type HeaderList = string[];

export function encodeStat(stat: Stat): Readonly<Record<string, string | number>> {
  return {
    czxid: zxidToDecimal(stat.czxid),
    mzxid: zxidToDecimal(stat.mzxid),
    ctime: stat.ctime,
    mtime: stat.mtime,
    version: stat.version,
    cversion: stat.cversion,
    aversion: stat.aversion,
    ephemeralOwner: sessionIdToDecimal(stat.ephemeralOwner),
    dataLength: stat.dataLength,
    numChildren: stat.numChildren,
    pzxid: zxidToDecimal(stat.pzxid),
  };
}

/** Names this incarnation of the znode and this version of its data: survives no delete-and-create. */
export function etagOf(stat: Stat): string {
  return `"${zxidToDecimal(stat.czxid)}-${String(stat.version)}"`;
}

export function statHeaders(stat: Stat): HeaderList {
  const czxid = zxidToDecimal(stat.czxid);
  return [
    'ETag',
    `"${czxid}-${String(stat.version)}"`,
    'X-Zk-Czxid',
    czxid,
    'X-Zk-Mzxid',
    zxidToDecimal(stat.mzxid),
    'X-Zk-Pzxid',
    zxidToDecimal(stat.pzxid),
    'X-Zk-Ctime',
    String(stat.ctime),
    'X-Zk-Mtime',
    String(stat.mtime),
    'X-Zk-Version',
    String(stat.version),
    'X-Zk-Cversion',
    String(stat.cversion),
    'X-Zk-Aversion',
    String(stat.aversion),
    'X-Zk-Ephemeral-Owner',
    sessionIdToDecimal(stat.ephemeralOwner),
    'X-Zk-Num-Children',
    String(stat.numChildren),
  ];
}

/** What every answer says about the peer that gave it. */
export function metaHeaders(meta: AnswerMeta): HeaderList {
  const headers = ['X-Zxid', zxidToDecimal(meta.zxid), 'X-Role', meta.role];
  if (meta.leaderContactMs !== undefined) {
    headers.push('X-Leader-Contact-Ms', String(Math.round(meta.leaderContactMs)));
  }
  return headers;
}

/** Says so when an idempotency key found an earlier answer. */
export function replayed(answer: WriteAnswer): HeaderList {
  return answer.outcome.replayed ? ['Idempotency-Replayed', 'true'] : [];
}

/** As text where the bytes are UTF-8, else as base64; `encoding` says which, so that nobody has to guess. */
export function encodeData(
  data: Uint8Array | null,
  force: Encoding | undefined,
): { readonly data: string | null; readonly encoding: Encoding } {
  if (data === null) return { data: null, encoding: force ?? 'utf8' };
  if (force !== 'base64') {
    try {
      return { data: fromUtf8(data), encoding: 'utf8' };
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error;
    }
  }
  return {
    data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
    encoding: 'base64',
  };
}

export const permissionLetters = [
  ['c', permission.create],
  ['d', permission.delete],
  ['r', permission.read],
  ['w', permission.write],
  ['a', permission.admin],
] as const;

export function encodeAcl(acl: Acl): readonly Readonly<Record<string, string>>[] {
  return acl.map(({ permissions, scheme, id }) => ({
    permissions: permissionLetters
      .map(([letter, bit]) => ((permissions & bit) === 0 ? '' : letter))
      .join(''),
    scheme,
    id,
  }));
}

export function encodeChild(child: ChildView, force: Encoding | undefined): object {
  if (child.znode === undefined) return { name: child.name };
  return {
    name: child.name,
    ...encodeData(child.znode.data, force),
    stat: encodeStat(child.znode.stat),
  };
}

export function encodeResult(result: OpResult): object {
  switch (result.op) {
    case 'check':
      return { op: result.op, path: result.path };
    case 'delete':
      return { op: result.op, path: result.path, deleted: result.deleted };
    case 'create':
    case 'set':
    case 'setAcl':
      return { op: result.op, path: result.path, stat: encodeStat(result.stat) };
  }
}

/** The URL path of a znode on this door, ready for a `Location`. */
export function nodeUrl(path: ZnodePath): string {
  return path === '/'
    ? '/v1/nodes/'
    : `/v1/nodes${path.split('/').map(encodeURIComponent).join('/')}`;
}

export function encodeCluster(view: ClusterView): object {
  return {
    clusterId: view.clusterId,
    leaderId: view.leaderId ?? null,
    epoch: view.epoch,
    self: { id: view.self.id, role: view.self.role, lastZxid: zxidToDecimal(view.self.lastZxid) },
    peers: view.peers.map((peer) => ({
      id: peer.id,
      role: peer.role,
      state: peer.state,
      http: peer.addresses.http,
      grpc: peer.addresses.grpc,
      zookeeper: peer.addresses.zookeeper,
      lastZxid: zxidToDecimal(peer.lastZxid),
      lagMs: peer.lagMs ?? null,
    })),
  };
}

export function encodeDescription(description: PeerDescription, limits: Limits): object {
  const { version, serverId, clusterId, startedAtMs, znodes, sessions } = description;
  return { version, apiVersion: 'v1', serverId, clusterId, startedAtMs, znodes, sessions, limits };
}
