// Original file: proto/quoll/v1/znode.proto


/**
 * See `ZnodeService.Sync`.
 */
export interface SyncRequest {
}

/**
 * See `ZnodeService.Sync`.
 */
export interface SyncRequest__Output {
}
