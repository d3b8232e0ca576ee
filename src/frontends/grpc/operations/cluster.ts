import type {
  GetClusterResponse,
  GetInfoResponse,
  MoveLeaderRequest__Output,
  MoveLeaderResponse,
} from '../../../generated/quoll/v1/cluster.ts';
import type { OtherOperation } from './operation.ts';
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
