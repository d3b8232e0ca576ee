import type {
  GetClusterResponse,
  GetInfoResponse,
  MoveLeaderRequest__Output,
  MoveLeaderResponse,
  RaiseLevelRequest__Output,
  RaiseLevelResponse,
} from '../../../generated/quoll/v1/cluster.ts';
import type { OtherOperation } from './operation.ts';
import { levelMax } from '../../../model/level.ts';
import { serverId, serverIdMax } from '../../../model/ids.ts';
import { encodeCluster, encodeInfo, encodeMeta } from '../messages/encode.ts';
import { badField } from '../messages/numbers.ts';

// Questions that any peer answers from what it knows, and the wish that another leads.

export const getCluster: OtherOperation<unknown, GetClusterResponse> = {
  ask: ({ service }) => Promise.resolve(encodeCluster(service.cluster(), service.meta())),
};

export const getInfo: OtherOperation<unknown, GetInfoResponse> = {
  ask: ({ service }) => Promise.resolve(encodeInfo(service.describe(), service.meta())),
};

export const moveLeader: OtherOperation<MoveLeaderRequest__Output, MoveLeaderResponse> = {
  async ask({ service }, { id }, asking) {
    if (id > serverIdMax) throw badField('id', `is at most ${String(serverIdMax)}`);
    const wanted = id === 0 ? undefined : serverId(id);
    const { from, to, epoch, tookMs, meta } = await service.leadership.move(wanted, asking);
    return {
      fromId: from,
      leaderId: to,
      epoch,
      tookMs: Math.round(tookMs),
      meta: encodeMeta(meta),
    };
  },
};

export const raiseLevel: OtherOperation<RaiseLevelRequest__Output, RaiseLevelResponse> = {
  async ask({ service }, { level, dryRun }, asking) {
    if (level > levelMax) throw badField('level', `is at most ${String(levelMax)}`);
    const wanted = { level: level === 0 ? undefined : level, isTrial: dryRun };
    const { meta, ...raised } = await service.levels.raise(wanted, asking);
    return { ...raised, meta: encodeMeta(meta) };
  },
};
