// Original file: proto/quoll/v1/cluster.proto


/**
 * See `ClusterService.GetCluster`.
 */
export interface GetClusterRequest {
}

/**
 * See `ClusterService.GetCluster`.
 */
export interface GetClusterRequest__Output {
}
