/**
 * What holds where nobody has said otherwise, of all that more than one part needs: the configuration with its help, and
 * the parts that are built without one. Limits have their own in limits.ts. A change is one that users see.
 */
export const defaults = Object.freeze({
  /** Of the peers' timers: fine enough to tell a dead peer within a second, and too rare to be felt while idle. */
  tickMs: 20,
  /** A leader is heard every 100 ms, so that ten pings must be lost before it is given up. */
  pingTicks: 5,
  /** 5 s without progress: a snapshot on a slow disk makes some in that time. */
  initLimitTicks: 250,
  /** 1 s of silence: above the pauses of a busy process and its disk, and below what clients of a fail-over bear. */
  syncLimitTicks: 50,
  /** ZooKeeper's snapCount: a start replays no more than this, and a busy peer does not write snapshots all the time. */
  snapshotAfterTxns: 100_000,
  /** A peer that was away for so many changes, or a watch, goes on out of the log and needs no snapshot. */
  keepTxns: 100_000,
  /** The same for ten minutes, which a restart of a machine takes. */
  keepMs: 600_000,
  /** The log forgets above this whatever the two others say: a disk must not be filled by what may be forgotten. */
  keepBytesMax: 512 * 1_048_576,
  /** ZooKeeper's znode.container.checkIntervalMs. */
  reapEveryMs: 60_000,
  /** Room for the log and a snapshot to be written, and for people to notice, before the disk is really full. */
  freeBytesMin: 512 * 1_048_576,
  /** Of the volume: unless `disk.freeBytesMin` is said, no more than this is kept free, so that a small one can be used. */
  freeShareMax: 1 / 8,
  /** As in ZooKeeper 3.9, which counts quotas and lets writes pass that go above. */
  enforceQuota: false,
  upgradeFinish: 'manual',
  /** Unlike in ZooKeeper, which needs a property for it: clients that make TTL znodes just work. */
  extendedTypes: true,
  /** Of each door: a peer has descriptors for several of them, and 10,000 idle connections cost it some 100 MB. */
  connectionsMax: 10_000,
  /** A stopping door waits so long for what is in flight, which is given its own time-out: below a supervisor's patience. */
  doorStopGraceMs: 5_000,
  /** What a session is asked for when its client does not say; the limits may clamp it. */
  sessionTimeoutMs: 30_000,
});
