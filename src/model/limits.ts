/** What clients may ask for. The same on every peer and every door, checked once at the service and once at the leader. */
export interface Limits {
  /** Bytes of a znode's data. */
  readonly dataBytesMax: number;
  /** Bytes of a whole request: data, paths, ACLs and all ops of a multi. ZooKeeper's jute.maxbuffer. */
  readonly requestBytesMax: number;
  readonly pathBytesMax: number;
  readonly pathDepthMax: number;
  readonly opsPerMultiMax: number;
  /** Znodes that one transaction may create, change and delete in all: parents that are made on the way count, and all
   * that its recursive deletes take along. */
  readonly changesPerTxnMax: number;
  readonly aclEntriesMax: number;
  /** Schemes and ids of one ACL together. */
  readonly aclBytesMax: number;
  /** All of them go in one txn when the session ends: path, ACL and the parent's ACL of each must fit
   * into one message between peers. */
  readonly ephemeralsPerSessionMax: number;
  /** Znodes that one recursive delete may remove. */
  readonly recursiveDeleteMax: number;
  /** Children in one page of a list. */
  readonly childrenPageMax: number;
  /** Bytes of names and data in one page of a list; the first znode of a page may have more, or it could never be
   * listed. */
  readonly listBytesMax: number;
  readonly idempotencyKeyBytesMax: number;
  readonly sessionTimeoutMsMin: number;
  readonly sessionTimeoutMsMax: number;
  /** Of the session of a lock's own. The least is that of all sessions. */
  readonly lockTtlMsMax: number;
  /** Of one request that waits in a lock's queue. */
  readonly lockWaitMsMax: number;
  readonly lockContendersMax: number;
  /** Sessions of the whole ensemble. */
  readonly sessionsMax: number;
  /** Of the replicated state in memory, about: what would make it larger is refused, what makes it smaller is not. */
  readonly stateBytesMax: number;
}

export const defaultLimits: Limits = Object.freeze({
  dataBytesMax: 1_000_000,
  requestBytesMax: 1_048_575,
  pathBytesMax: 2_560,
  pathDepthMax: 64,
  opsPerMultiMax: 1_000,
  changesPerTxnMax: 10_000,
  aclEntriesMax: 64,
  aclBytesMax: 2_048,
  ephemeralsPerSessionMax: 4_000,
  recursiveDeleteMax: 10_000,
  childrenPageMax: 1_000,
  listBytesMax: 1_048_576,
  idempotencyKeyBytesMax: 255,
  sessionTimeoutMsMin: 2_000,
  sessionTimeoutMsMax: 60_000,
  lockTtlMsMax: 24 * 60 * 60 * 1_000,
  lockWaitMsMax: 10 * 60 * 1_000,
  lockContendersMax: 10_000,
  sessionsMax: 500_000,
  stateBytesMax: 2 * 1_073_741_824,
});
