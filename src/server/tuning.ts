import { defaults } from '../model/defaults.ts';

/** Holds the sizes and intervals of the shell's own queues. Every queue has its bound here. */
export interface ServerTuning extends WatchTuning {
  /** Requests sent to the leader, or proposed here, and not answered yet. */
  readonly requestsInFlightMax: number;
  /** Requests that wait for a leader during a fail-over. */
  readonly requestsWaitingMax: number;
  /**
   * A write that carries so much is let in when it is its turn; and so much of such writes is let in before all else has
   * its turn again, one at least.
   */
  readonly largeWriteBytesMin: number;
  readonly largeWriteBytesPerTurn: number;
  /** Carried by large writes that came in here and have no answer, of one address and of all; one at least. */
  readonly largeWritesBytesEach: number;
  readonly largeWritesBytesAll: number;
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
  /** Of its timeout: how much longer a session may live when a new leader, or one that paused, gives all their time anew. */
  readonly expirySpreadPart: number;
  /** Containers and TTL znodes are looked for this often, TTL znodes also when the first known of runs out. */
  readonly reapEveryMs: number;
  /** Looked at in one tick. */
  readonly reapSliceZnodes: number;
  readonly reapsInFlightMax: number;
  /** ZooKeeper's znode.container.maxPerMinute. */
  readonly reapsPerMinuteMax: number;
  /** Peers compare what their states amount to whenever the counter of a zxid is a multiple of this. */
  readonly digestEveryTxns: number;
  /** They do so, too, at the first txn of every so many milliseconds of the leader's clock, at a change of leader, and when idle. */
  readonly digestEveryMs: number;
  /** States that differ, with no majority to say which is wrong: after so long each of these peers stops. */
  readonly disputeMs: number;
  /** Work on this thread is cut into pieces that take no longer. */
  readonly sliceMs: number;
  readonly sliceEntriesMax: number;
  /** Of one piece of the log, read from the store or sent to a learner. */
  readonly logPieceBytes: number;
  /**
   * Payloads of the log that may be on their way to a learner that has not made them durable, nor applied them where they
   * are committed. Above what it takes over at once (`historyPartBytesMax` of the protocol), or it would wait for ever.
   */
  readonly historyAheadBytes: number;
  /** Bytes of messages that may wait for one learner behind the log or a snapshot on their way to it; above, it comes again. */
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
  /** But never with more free than this part of the disk; 1: whatever its size. */
  readonly freeShareMax: number;
  /** An orderly stop waits so long for requests in flight. */
  readonly stopWaitMs: number;
  /** Before that it hands over its leadership, if it has it, and waits so long for the next leader. */
  readonly stopHandOverMs: number;
}

/** Holds the sizes and intervals of all that watches take. */
export interface WatchTuning {
  /** Of one outlet, one-shot watches included; and of all connections of this peer, of whatever kind. */
  readonly watchesPerOutletMax: number;
  readonly watchesMax: number;
  /** In the turns in which something is applied, those whom it concerns are told for so long of each slice. */
  readonly publishAtOnceMs: number;
  /** Applied, and not all are told of it yet: above, in txns or bytes, nothing more is applied until they are. */
  readonly unpublishedTxnsMax: number;
  readonly unpublishedBytesMax: number;
  /** Of one connection of ZooKeeper's protocol: its clients keep one per znode that they cache. */
  readonly watchesPerConnectionMax: number;
  /** Events that wait for a slow reader, in batches and in bytes; above, its watches are lost. One batch may be larger. */
  readonly outletBatchesMax: number;
  readonly outletBytesMax: number;
  /** A reader that has taken nothing for so long is too slow, however little waits for it. */
  readonly outletStalledMs: number;
  /** Outlets that are served before other work has its turn, and items that one of them is given at a time. */
  readonly outletsPerSlice: number;
  readonly itemsPerServing: number;
  /** A watch that comes back is given no more of the log while so much waits for its reader. */
  readonly replayAheadBatches: number;
  readonly replayAheadBytes: number;
  /** Watches that are given pieces of the log out of the store, and out of other peers' logs; others wait their turn. */
  readonly replaysFromStoreMax: number;
  readonly replaysFromPeersMax: number;
  /** Of a piece of the log that is read for them: its txns are decoded in one go. */
  readonly replayPieceBytes: number;
  /** No log can be reached now: asked again this often. */
  readonly replayRetryMs: number;
  /** Txns kept in memory, for the many that come back at once after a fail-over. */
  readonly recentTxnsMax: number;
  readonly recentBytesMax: number;
  /** After a leader's snapshot: how long live watches wait for what it hides before they are lost. */
  readonly catchUpMs: number;
  /** `initial`: znodes and bytes of values that are taken at once, that go out in one item, and that wait in all. */
  readonly initialZnodesMax: number;
  readonly initialBytesMax: number;
  readonly initialPartBytes: number;
  readonly initialsWaitingBytesMax: number;
  readonly bookmarkEveryMs: number;
  /** A peer that was asked for a piece of its log. */
  readonly relayTimeoutMs: number;
  /** Pieces of the log asked for by one peer and not answered yet. */
  readonly relaysPerPeerMax: number;
  /** A new leader says that no log reaches back only once everyone had so long to report. */
  readonly relaySettleMs: number;
}

export const defaultWatchTuning: WatchTuning = Object.freeze({
  watchesPerOutletMax: 10_000,
  watchesMax: 1_000_000,
  watchesPerConnectionMax: 250_000,
  publishAtOnceMs: 2,
  unpublishedTxnsMax: 1_000,
  unpublishedBytesMax: 16 * 1_048_576,
  outletBatchesMax: 10_000,
  outletBytesMax: 8 * 1_048_576,
  outletStalledMs: 60_000,
  outletsPerSlice: 200,
  itemsPerServing: 100,
  replayAheadBatches: 1_000,
  replayAheadBytes: 262_144,
  replaysFromStoreMax: 4,
  replaysFromPeersMax: 2,
  replayPieceBytes: 131_072,
  replayRetryMs: 100,
  recentTxnsMax: 20_000,
  recentBytesMax: 16 * 1_048_576,
  catchUpMs: 30_000,
  initialZnodesMax: 10_000,
  initialBytesMax: 16 * 1_048_576,
  initialPartBytes: 131_072,
  initialsWaitingBytesMax: 128 * 1_048_576,
  bookmarkEveryMs: 10_000,
  relayTimeoutMs: 3_000,
  relaysPerPeerMax: 4,
  relaySettleMs: 2_000,
});

export const defaultServerTuning: ServerTuning = Object.freeze({
  ...defaultWatchTuning,
  requestsInFlightMax: 20_000,
  requestsWaitingMax: 20_000,
  largeWriteBytesMin: 65_536,
  largeWriteBytesPerTurn: 262_144,
  largeWritesBytesEach: 2 * 1_048_576,
  largeWritesBytesAll: 4 * 1_048_576,
  readsWaitingMax: 50_000,
  lockWaitsMax: 10_000,
  leaderGraceMs: 2_000,
  touchEveryMs: 100,
  touchSessionsMax: 10_000,
  reportEveryMs: 1_000,
  expiryBucketMs: 100,
  expirySpreadPart: 0.1,
  reapEveryMs: defaults.reapEveryMs,
  reapSliceZnodes: 20_000,
  reapsInFlightMax: 100,
  reapsPerMinuteMax: 10_000,
  digestEveryTxns: 1_000,
  digestEveryMs: 10_000,
  disputeMs: 5_000,
  sliceMs: 4,
  sliceEntriesMax: 2_000,
  logPieceBytes: 262_144,
  historyAheadBytes: 8 * 1_048_576,
  behindBulkBytesMax: 256 * 1_048_576,
  snapshotChunkBytes: 262_144,
  snapshotAfterTxns: defaults.snapshotAfterTxns,
  snapshotAfterBytes: 64 * 1_048_576,
  snapshotBytesMax: 64 * 1_073_741_824,
  heldMessagesMax: 100_000,
  keepTxns: defaults.keepTxns,
  keepMs: defaults.keepMs,
  keepBytesMax: defaults.keepBytesMax,
  retentionMarkTxns: 500,
  compactEveryMs: 10_000,
  freeBytesMin: defaults.freeBytesMin,
  freeShareMax: defaults.freeShareMax,
  stopWaitMs: 2_000,
  stopHandOverMs: 1_500,
});
