import type { GetClusterResponse, GetInfoResponse } from '../../../generated/quoll/v1/cluster.ts';
import type { OtherOperation } from './operation.ts';
import { encodeCluster, encodeInfo } from '../messages/encode.ts';

// Questions that any peer answers from what it knows.

export const getCluster: OtherOperation<unknown, GetClusterResponse> = {
  ask: ({ service }) => Promise.resolve(encodeCluster(service.cluster(), service.meta())),
};

export const getInfo: OtherOperation<unknown, GetInfoResponse> = {
  ask: ({ service }) => Promise.resolve(encodeInfo(service.describe(), service.meta())),
};
