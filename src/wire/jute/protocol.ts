// ZooKeeper's numbers: ZooDefs.OpCode, KeeperException.Code, Watcher.Event.EventType.

export const opCode = {
  create: 1,
  delete: 2,
  exists: 3,
  getData: 4,
  setData: 5,
  getAcl: 6,
  setAcl: 7,
  getChildren: 8,
  sync: 9,
  ping: 11,
  getChildren2: 12,
  check: 13,
  multi: 14,
  create2: 15,
  reconfig: 16,
  checkWatches: 17,
  removeWatches: 18,
  createContainer: 19,
  deleteContainer: 20,
  createTtl: 21,
  multiRead: 22,
  auth: 100,
  setWatches: 101,
  sasl: 102,
  getEphemerals: 103,
  getAllChildrenNumber: 104,
  setWatches2: 105,
  addWatch: 106,
  whoAmI: 107,
  closeSession: -11,
  error: -1,
} as const;

/** The xid of replies that belong to no request. */
export const notificationXid = -1;

/** The xid of answers to proofs. */
export const authXid = -4;

export const ok = 0;
/** Errors that only this protocol has; the others are those of the catalogue. */
export const marshallingError = -5;
export const unimplemented = -6;
export const operationTimeout = -7;
export const badArguments = -8;
export const badVersion = -103;
export const runtimeInconsistency = -2;
export const authFailed = -115;
export const noWatcher = -121;
export const reconfigDisabled = -123;

/** The number of Watcher.Event.KeeperState.SyncConnected. */
export const syncConnected = 3;

export const eventType = { created: 1, deleted: 2, dataChanged: 3, childrenChanged: 4 } as const;

/** What stands in place of a session's password where there is none. */
export const noPassword = new Uint8Array(16);
