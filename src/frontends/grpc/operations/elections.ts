import type {
  CampaignRequest__Output,
  GetLeaderRequest__Output,
  GetLeaderResponse,
  ObserveLeaderResponse,
  PollCampaignRequest__Output,
  ProclaimRequest__Output,
  RenewCampaignRequest__Output,
  ResignRequest__Output,
  ResignResponse,
} from '../../../generated/quoll/v1/election.ts';
import type { LeadershipView } from '../../../service/locking.ts';
import { electionQueue } from '../messages/decode.ts';
import type { OtherOperation, WaitingOperation } from './operation.ts';
import { encodeMeta } from '../messages/encode.ts';
import {
  encodedStatus,
  encodeStatus,
  lockIdFrom,
  releaseOptions,
  waitOptions,
  type StatusResponse,
} from './locks.ts';
import { longOfSession, longOfZxid, zxidOf } from '../messages/numbers.ts';

export const campaign: WaitingOperation<CampaignRequest__Output, StatusResponse> = {
  ask(door, request, terms) {
    const { lockId, ttlMs, data, tryOnly } = request;
    const acquire = {
      queue: electionQueue(request.name),
      mode: 'exclusive',
      data,
      tryOnly,
      ...(lockId !== '' && { lockId }),
      ...(ttlMs > 0 && { ttlMs }),
    } as const;
    const options = waitOptions(request.waitMs, door, terms);
    return encodedStatus(door.service.locks.acquire(acquire, terms.caller, options));
  },
  abandons: (request) => request.abandonOnCancel,
};

export const pollCampaign: WaitingOperation<PollCampaignRequest__Output, StatusResponse> = {
  ask(door, { name, lockId, waitMs }, terms) {
    const { caller } = terms;
    const options = waitOptions(waitMs, door, terms);
    const { locks } = door.service;
    return encodedStatus(locks.poll(electionQueue(name), lockIdFrom(lockId), caller, options));
  },
  abandons: () => false,
};

export const renewCampaign: OtherOperation<RenewCampaignRequest__Output, StatusResponse> = {
  async ask({ service }, { name, lockId }, { caller, timeoutMs }) {
    const queue = electionQueue(name);
    return encodeStatus(await service.locks.renew(queue, lockIdFrom(lockId), caller, timeoutMs));
  },
};

export const proclaim: OtherOperation<ProclaimRequest__Output, StatusResponse> = {
  async ask({ service }, { name, lockId, data }, { caller, timeoutMs }) {
    const queue = electionQueue(name);
    const options = { data, timeoutMs };
    return encodeStatus(await service.locks.proclaim(queue, lockIdFrom(lockId), caller, options));
  },
};

export const getLeader: OtherOperation<GetLeaderRequest__Output, GetLeaderResponse> = {
  async ask({ service }, { name }, { caller, timeoutMs }) {
    const view = await service.locks.leadership(electionQueue(name), caller, timeoutMs);
    return { ...encodeLeadership(view), meta: encodeMeta(view.meta) };
  },
};

export const resign: OtherOperation<ResignRequest__Output, ResignResponse> = {
  async ask({ service }, { name, lockId, fencingToken }, { caller, timeoutMs }) {
    const queue = electionQueue(name);
    const options = releaseOptions(zxidOf(fencingToken, 'fencing_token'), timeoutMs);
    return {
      meta: encodeMeta(await service.locks.release(queue, lockIdFrom(lockId), caller, options)),
    };
  },
};

export function encodeLeadership({ zxid, leader }: LeadershipView): ObserveLeaderResponse {
  if (leader === undefined) return { zxid: longOfZxid(zxid) };
  const { path, session, token, data } = leader;
  return {
    zxid: longOfZxid(zxid),
    leader: {
      path,
      data,
      ...(session !== undefined && { sessionId: longOfSession(session) }),
      ...(token !== undefined && { fencingToken: longOfZxid(token) }),
    },
  };
}
