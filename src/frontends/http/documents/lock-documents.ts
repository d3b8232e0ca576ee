import { sessionIdToDecimal } from '../../../model/ids.ts';
import { nameOf, type ZnodePath } from '../../../model/path.ts';
import { zxidToDecimal } from '../../../model/zxid.ts';
import type {
  ContenderView,
  LeadershipView,
  LockStatus,
  PlaceOwnerView,
  QueueView,
} from '../../../service/locking.ts';
import type { SizedDocument } from '../exchange/large-answer.ts';
import { encodeData } from './encode.ts';
import { arrayParts, dataFieldsOf, objectParts } from './parts.ts';

// Locks and elections as JSON.

/**
 * Encodes where a contender stands. The token is told with the grant and not before: what waits has nothing to fence
 * with.
 */
export function encodeStatus(status: LockStatus): object {
  const { state, lockId, session, path, mode, token, ahead, expiresInMs } = status;
  return {
    state,
    lockId,
    session: sessionIdToDecimal(session),
    ...(state === 'granted' ? { fencingToken: zxidToDecimal(token) } : { ahead }),
    expiresInMs: Math.round(expiresInMs),
    path,
    mode,
  };
}

/** What a contender has beside its path. */
const contenderBytes = 150;

export function queueDocument({ queue, dialect, contenders, meta }: QueueView): SizedDocument {
  const head = { name: nameOf(queue), path: queue, dialect: dialect ?? null };
  const zxid = zxidToDecimal(meta.zxid);
  return {
    bytes: contenders.reduce((sum, { path }) => sum + path.length + contenderBytes, 0),
    document: () => ({ ...head, contenders: contenders.map(encodeContender), zxid }),
    parts: () =>
      objectParts([
        ...Object.entries(head),
        [
          'contenders',
          () => arrayParts(contenders, (each) => JSON.stringify(encodeContender(each))),
        ],
        ['zxid', zxid],
      ]),
  };
}

/** Makes the document of who leads; `more` stands ahead of it. */
export function leadershipDocument(
  queue: ZnodePath,
  { zxid, leader }: LeadershipView,
  more: Readonly<Record<string, string>> = {},
): SizedDocument {
  const head = { ...more, name: nameOf(queue), zxid: zxidToDecimal(zxid) };
  if (leader === undefined) {
    const document = { ...head, leader: null };
    return {
      bytes: 0,
      document: () => document,
      parts: () => objectParts(Object.entries(document)),
    };
  }
  const place = { path: leader.path, ...encodeOwner(leader) };
  const { data } = leader;
  return {
    bytes: data.length,
    document: () => ({ ...head, leader: { ...place, ...encodeData(data, undefined) } }),
    parts: () =>
      objectParts([
        ...Object.entries(head),
        ['leader', () => objectParts([...Object.entries(place), ...dataFieldsOf(data, undefined)])],
      ]),
  };
}

function encodeContender({ path, mode, holds, ...owner }: ContenderView): object {
  return {
    path,
    mode,
    holds,
    ...encodeOwner(owner),
  };
}

function encodeOwner({ session, token }: PlaceOwnerView): {
  readonly session?: string;
  readonly fencingToken?: string;
} {
  return {
    ...(session !== undefined && { session: sessionIdToDecimal(session) }),
    ...(token !== undefined && { fencingToken: zxidToDecimal(token) }),
  };
}
