// Original file: proto/quoll/v1/znode.proto

/**
 * What lives how long.
 */
export const ZnodeKind = {
  /**
   * Persistent; or `ttl` where a `ttl_ms` is given.
   */
  ZNODE_KIND_UNSPECIFIED: 'ZNODE_KIND_UNSPECIFIED',
  /**
   * Until it is deleted.
   */
  ZNODE_KIND_PERSISTENT: 'ZNODE_KIND_PERSISTENT',
  /**
   * Until its session ends. Has no children.
   */
  ZNODE_KIND_EPHEMERAL: 'ZNODE_KIND_EPHEMERAL',
  /**
   * Until some time after its last child is gone.
   */
  ZNODE_KIND_CONTAINER: 'ZNODE_KIND_CONTAINER',
  /**
   * Until it had neither child nor change for `ttl_ms`.
   */
  ZNODE_KIND_TTL: 'ZNODE_KIND_TTL',
} as const;

/**
 * What lives how long.
 */
export type ZnodeKind =
  /**
   * Persistent; or `ttl` where a `ttl_ms` is given.
   */
  | 'ZNODE_KIND_UNSPECIFIED'
  | 0
  /**
   * Until it is deleted.
   */
  | 'ZNODE_KIND_PERSISTENT'
  | 1
  /**
   * Until its session ends. Has no children.
   */
  | 'ZNODE_KIND_EPHEMERAL'
  | 2
  /**
   * Until some time after its last child is gone.
   */
  | 'ZNODE_KIND_CONTAINER'
  | 3
  /**
   * Until it had neither child nor change for `ttl_ms`.
   */
  | 'ZNODE_KIND_TTL'
  | 4

/**
 * What lives how long.
 */
export type ZnodeKind__Output = typeof ZnodeKind[keyof typeof ZnodeKind]
