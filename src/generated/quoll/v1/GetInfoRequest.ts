// Original file: proto/quoll/v1/cluster.proto


/**
 * See `ClusterService.GetInfo`.
 */
export interface GetInfoRequest {
}

/**
 * See `ClusterService.GetInfo`.
 */
export interface GetInfoRequest__Output {
}
