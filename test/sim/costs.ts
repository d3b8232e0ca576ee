import type { Change, Txn } from '../../src/model/txn.ts';
import type { Prng } from './prng.ts';

/** Virtual milliseconds that work takes a peer, by what there is of it. DESIGN.md says where the figures come from. */
export interface Costs {
  /** Of a client, taken in and answered. */
  readonly request: number;
  /** On the leader: judged, encoded and proposed; and more for each change that comes of it. */
  readonly txnPrepared: number;
  readonly changePrepared: number;
  /** On every peer: decoded where it was not made, applied, shown to whom it concerns; and more for each change. */
  readonly txnApplied: number;
  readonly changeApplied: number;
  /** Out of a log, for a watcher. */
  readonly txnRead: number;
  /** Between peers, encoded and sent, or received and decoded; and more for each byte. */
  readonly message: number;
  readonly byte: number;
  /** A watcher is handed one item. */
  readonly watcherTold: number;
  /** An entry is handed to the store, or taken from it; its bytes cost what those of messages do. */
  readonly entryStored: number;
}

/** As measured on the machine that docs/benchmarks.md speaks of. */
export const measuredCosts: Costs = Object.freeze({
  request: 0.02,
  txnPrepared: 0.015,
  changePrepared: 0.008,
  txnApplied: 0.015,
  changeApplied: 0.008,
  txnRead: 0.004,
  message: 0.004,
  byte: 0.000_003,
  watcherTold: 0.003,
  entryStored: 0.002,
});

export const noCosts: Costs = Object.freeze({
  request: 0,
  txnPrepared: 0,
  changePrepared: 0,
  txnApplied: 0,
  changeApplied: 0,
  txnRead: 0,
  message: 0,
  byte: 0,
  watcherTold: 0,
  entryStored: 0,
});

/**
 * A machine as it was measured, or one on which a stall is a matter of few requests. What comes with every message stays
 * below what a quorum can bear; what there may be thousands of at a time weighs hundreds of times as much in some seeds.
 */
export function drawCosts(random: Prng): Costs {
  const slow = random.pick([1, 10, 30]);
  const perChange = slow * random.pick([1, 1, 10]);
  // All who watch are told of all that goes with a session: what takes longer is never done within a run.
  const perWatcher = Math.min(100, slow * random.pick([1, 10, 33]));
  return {
    request: measuredCosts.request * slow,
    txnPrepared: measuredCosts.txnPrepared * slow,
    changePrepared: measuredCosts.changePrepared * perChange,
    txnApplied: measuredCosts.txnApplied * slow,
    changeApplied: measuredCosts.changeApplied * perChange,
    txnRead: measuredCosts.txnRead * slow,
    message: measuredCosts.message * slow,
    byte: measuredCosts.byte * slow,
    watcherTold: measuredCosts.watcherTold * perWatcher,
    entryStored: measuredCosts.entryStored * slow,
  };
}

/** Of a peer that is behind the others in what it applies, not in what it takes in: that would be no peer. */
export function slowApplier(costs: Costs, factor: number): Costs {
  return {
    ...costs,
    txnApplied: costs.txnApplied * factor,
    changeApplied: costs.changeApplied * factor,
  };
}

/** What changes nothing costs nothing beyond its txn. */
export function changesOf({ changes }: Pick<Txn, 'changes'>): number {
  return changes.reduce((sum, { change }) => sum + (countsNothing.has(change) ? 0 : 1), 0);
}

const countsNothing = new Set<Change['change']>(['check']);
