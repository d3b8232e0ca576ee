/** Sizes and intervals of all that watches take. */
export interface WatchTuning {
  /** Of one outlet, one-shot watches included; and of all outlets of this peer. */
  readonly watchesPerOutletMax: number;
  readonly watchesMax: number;
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
  outletBatchesMax: 10_000,
  outletBytesMax: 8 * 1_048_576,
  outletStalledMs: 60_000,
  outletsPerSlice: 200,
  itemsPerServing: 100,
  replayAheadBatches: 1_000,
  replayAheadBytes: 262_144,
  replaysFromStoreMax: 4,
  replaysFromPeersMax: 2,
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
