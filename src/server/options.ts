import type { ServerId } from '../model/ids.ts';
import { defaultLimits, type Limits } from '../model/limits.ts';
import type { AdvertisedAddresses } from '../model/peer-message.ts';
import type { Clock } from '../ports/clock.ts';
import type { Hash } from '../ports/hash.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { PeerNetwork } from '../ports/peer-network.ts';
import type { Random } from '../ports/random.ts';
import type { Store } from '../ports/store.ts';
import type { TxnCodec } from '../ports/txn-codec.ts';
import {
  defaultZabLimits,
  defaultZabTimers,
  type ZabLimits,
  type ZabOptions,
  type ZabRecovered,
  type ZabTimers,
} from '../zab/options.ts';
import type { ZabCore } from '../zab/ready.ts';
import { defaultWatchTuning, type WatchTuning } from './tuning.ts';

/** All of the outside world that a server touches. */
export interface ServerPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly hash: Hash;
  readonly store: Store;
  readonly network: PeerNetwork;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly codec: TxnCodec;
}

/** Sizes and intervals of the shell's own queues. Every queue has its bound here. */
export interface ServerTuning extends WatchTuning {
  /** Requests sent to the leader, or proposed here, and not answered yet. */
  readonly requestsInFlightMax: number;
  /** Requests that wait for a leader during a fail-over. */
  readonly requestsWaitingMax: number;
  readonly readsWaitingMax: number;
  /** Requests held here until their turn in the queue of a lock. */
  readonly lockWaitsMax: number;
  /** A request waits so long for a leader, at most its own timeout: a fail-over is latency, not an error. */
  readonly leaderGraceMs: number;
  /** Learners tell the leader so often which sessions they heard from. */
  readonly touchEveryMs: number;
  readonly touchSessionsMax: number;
  readonly reportEveryMs: number;
  /** Sessions are looked at for expiry in steps of this. */
  readonly expiryBucketMs: number;
  /** Containers and TTL znodes are looked for this often, TTL znodes also when the first known of runs out. */
  readonly reapEveryMs: number;
  /** Looked at in one tick. */
  readonly reapSliceZnodes: number;
  readonly reapsInFlightMax: number;
  /** ZooKeeper's znode.container.maxPerMinute. */
  readonly reapsPerMinuteMax: number;
  /** Peers compare what their states amount to whenever the counter of a zxid is a multiple of this. */
  readonly digestEveryTxns: number;
  /** Work on this thread is cut into pieces that take no longer. */
  readonly sliceMs: number;
  readonly sliceEntriesMax: number;
  /** Of one piece of the log, read from the store or sent to a learner. */
  readonly logPieceBytes: number;
  /** Payloads that may wait for one learner behind the log or a snapshot on their way to it; above, it comes again. */
  readonly behindBulkBytesMax: number;
  readonly snapshotChunkBytes: number;
  /** A snapshot is taken once this much was applied since the last. */
  readonly snapshotAfterTxns: number;
  readonly snapshotAfterBytes: number;
  /** A leader's snapshot above this is refused as malformed. */
  readonly snapshotBytesMax: number;
  /** Messages held back behind a snapshot that is being verified. */
  readonly heldMessagesMax: number;
  /** The log keeps both so many txns and so much time, unless that takes more than so many bytes. */
  readonly keepTxns: number;
  readonly keepMs: number;
  readonly keepBytesMax: number;
  /** The log is forgotten in steps of this many txns, and looked at this often. */
  readonly retentionMarkTxns: number;
  readonly compactEveryMs: number;
  /** With less free on the disk the leader takes no writes of clients. */
  readonly freeBytesMin: number;
  /** An orderly stop waits so long for requests in flight. */
  readonly stopWaitMs: number;
}

export const defaultServerTuning: ServerTuning = Object.freeze({
  ...defaultWatchTuning,
  requestsInFlightMax: 20_000,
  requestsWaitingMax: 20_000,
  readsWaitingMax: 50_000,
  lockWaitsMax: 10_000,
  leaderGraceMs: 2_000,
  touchEveryMs: 100,
  touchSessionsMax: 10_000,
  reportEveryMs: 1_000,
  expiryBucketMs: 100,
  reapEveryMs: 60_000,
  reapSliceZnodes: 20_000,
  reapsInFlightMax: 100,
  reapsPerMinuteMax: 10_000,
  digestEveryTxns: 1_000,
  sliceMs: 8,
  sliceEntriesMax: 2_000,
  logPieceBytes: 1_048_576,
  behindBulkBytesMax: 256 * 1_048_576,
  snapshotChunkBytes: 262_144,
  snapshotAfterTxns: 100_000,
  snapshotAfterBytes: 64 * 1_048_576,
  snapshotBytesMax: 64 * 1_073_741_824,
  heldMessagesMax: 100_000,
  keepTxns: 100_000,
  keepMs: 600_000,
  keepBytesMax: 512 * 1_048_576,
  retentionMarkTxns: 500,
  compactEveryMs: 10_000,
  freeBytesMin: 512 * 1_048_576,
  stopWaitMs: 2_000,
});

/** One `server.N` line of the configuration. */
export interface ServerLine {
  readonly id: ServerId;
  /** A name or an address without brackets. */
  readonly host: string;
  readonly quorumPort: number;
  readonly electionPort: number;
  readonly role: 'participant' | 'observer';
}

export interface EnsembleServerOptions {
  readonly self: ServerId;
  readonly role: 'participant' | 'observer';
  /** The participants of the configuration, this one included. */
  readonly configuredVoters: readonly ServerId[];
  readonly bootstrap: boolean;
  readonly tickMs: number;
  readonly timers: ZabTimers;
  readonly zabLimits: ZabLimits;
  readonly election: ZabOptions['election'];
  readonly limits: Limits;
  /** ZooKeeper's enforceQuota: the leader refuses what would go above a quota's hard limits. */
  readonly enforceQuota: boolean;
  /** `user:base64(sha1(user:password))`: whoever proves it may do everything. */
  readonly superDigest: string | undefined;
  /** ZooKeeper's extendedTypesEnabled: without, no TTL znode is created. */
  readonly extendedTypes: boolean;
  /**
   * What this peer publishes in /zookeeper/config when it leads, in order of id: itself and the others, as its
   * configuration has them. None: it leaves the znode alone, as a standalone ZooKeeper does.
   */
  readonly serverLines: readonly ServerLine[];
  readonly addresses: AdvertisedAddresses;
  /** Of the program, for `describe`. */
  readonly version: string;
  readonly tuning: ServerTuning;
  readonly createZab: (options: ZabOptions, recovered: ZabRecovered) => ZabCore;
  /** A rule of ours was broken, or the store failed: nothing was sent since, the process must end (exit code 70). */
  readonly onFatal: (cause: unknown) => void;
}

export const defaultServerOptions = Object.freeze({
  role: 'participant',
  bootstrap: false,
  tickMs: 20,
  timers: defaultZabTimers,
  zabLimits: defaultZabLimits,
  election: 'fast',
  limits: defaultLimits,
  enforceQuota: false,
  superDigest: undefined,
  extendedTypes: true,
  serverLines: Object.freeze([]),
  addresses: Object.freeze({ http: '', grpc: '', zookeeper: '' }),
  version: '0.0.0',
  tuning: defaultServerTuning,
} as const);
