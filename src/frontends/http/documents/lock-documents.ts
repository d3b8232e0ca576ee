import { sessionIdToDecimal } from '../../../model/ids.ts';
import { nameOf, type ZnodePath } from '../../../model/path.ts';
import { zxidToDecimal } from '../../../model/zxid.ts';
import type {
  ContenderView,
  LeadershipView,
  LockStatus,
  QueueView,
} from '../../../service/locking.ts';
import { encodeData } from './encode.ts';

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

export function encodeQueue({ queue, dialect, contenders, meta }: QueueView): object {
  return {
    name: nameOf(queue),
    path: queue,
    dialect: dialect ?? null,
    contenders: contenders.map(encodeContender),
    zxid: zxidToDecimal(meta.zxid),
  };
}

export function encodeLeadership(queue: ZnodePath, { zxid, leader }: LeadershipView): object {
  return {
    name: nameOf(queue),
    zxid: zxidToDecimal(zxid),
    leader:
      leader === undefined
        ? null
        : {
            path: leader.path,
            session: sessionIdToDecimal(leader.session),
            fencingToken: zxidToDecimal(leader.token),
            ...encodeData(leader.data, undefined),
          },
  };
}

function encodeContender({ path, session, mode, token, holds }: ContenderView): object {
  return {
    path,
    session: sessionIdToDecimal(session),
    mode,
    fencingToken: zxidToDecimal(token),
    holds,
  };
}
