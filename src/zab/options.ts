import { defaults } from '../model/defaults.ts';
import type { Nonce, ServerId } from '../model/ids.ts';
import type { ChainHash, EntryKind, LogEntry } from '../model/log-entry.ts';
import type { ProtocolRange } from '../model/level.ts';
import type { Membership } from '../model/membership.ts';
import type { Seed } from '../model/seed.ts';
import type { Zxid } from '../model/zxid.ts';
import type { LogIndex } from './log-index.ts';

/** Timers, in ticks. One tick is `quoll.peer.tickMs` (20 ms by default); brief A9. */
export interface ZabTimers {
  /** The leader pings this often. */
  readonly ping: number;
  /** Discovery and synchronisation may take this long without progress. */
  readonly initLimit: number;
  /** Silence after which leader and learner give each other up. */
  readonly syncLimit: number;
  /** A vote quorum must stand this long unless every voter agrees. */
  readonly finalizeWait: number;
  /** Notifications are repeated after this, doubling up to `notifyMax`. */
  readonly notifyMin: number;
  readonly notifyMax: number;
  /** A learner dials again after this. */
  readonly redial: number;
  /** An accepted epoch above the leader's must last this long before the leader gives way to it (brief A6.5). */
  readonly inflationWait: number;
  /** At most one such giving way per this. */
  readonly inflationPause: number;
  /** A leader that hands over waits so long for its successor's acks, then it goes on leading. */
  readonly handOverWait: number;
}

export const defaultZabTimers: ZabTimers = Object.freeze({
  ping: defaults.pingTicks,
  initLimit: defaults.initLimitTicks,
  syncLimit: defaults.syncLimitTicks,
  finalizeWait: 2,
  notifyMin: 5,
  notifyMax: 100,
  redial: 2,
  inflationWait: 30,
  inflationPause: 3_000,
  handOverWait: 25,
});

export interface ZabLimits {
  /** Proposals without a commit: at the limit `nextZxid()` is undefined. */
  readonly proposalsInFlightMax: number;
  readonly bytesInFlightMax: number;
  /** Proposals sent to one learner and not yet acked; a learner above it is cut off. */
  readonly unackedPerLearnerMax: number;
  /**
   * Proposals, overhead included, that the leader or what it needs for a quorum has not applied: at the limit `nextZxid()`
   * is undefined, until they have.
   */
  readonly unappliedBytesMax: number;
  /** The same of one learner: above it, it is cut off, and comes again for a snapshot. No quorum waits for it. */
  readonly unappliedPerLearnerBytesMax: number;
  /** A DIFF of more entries than this is sent as a snapshot instead. */
  readonly diffEntriesMax: number;
  /**
   * Of a history that a leader sends, overhead included: so much is taken over at once, durably; what is longer in parts.
   */
  readonly historyPartBytesMax: number;
  readonly learnersMax: number;
  readonly barriersWaitingMax: number;
}

export const defaultZabLimits: ZabLimits = Object.freeze({
  proposalsInFlightMax: 20_000,
  bytesInFlightMax: 64 * 1_048_576,
  unackedPerLearnerMax: 50_000,
  unappliedBytesMax: 64 * 1_048_576,
  unappliedPerLearnerBytesMax: 256 * 1_048_576,
  diffEntriesMax: 200_000,
  historyPartBytesMax: 4 * 1_048_576,
  learnersMax: 255,
  barriersWaitingMax: 100_000,
});

export interface ZabOptions {
  readonly self: ServerId;
  readonly nonce: Nonce;
  readonly role: 'participant' | 'observer';
  /** The voters of the configuration file, by id; the seats of the first start. */
  readonly configuredVoters: readonly ServerId[];
  /** `--bootstrap`: found the ensemble without the voters that are not heard (they join later as new ones). */
  readonly bootstrap: boolean;
  /** Of the ensemble that this peer may found or join, where something beyond it says so; undefined: it is drawn. */
  readonly clusterId?: string | undefined;
  /** What this peer's data were made of, where they were: it founds with nobody who began with others. */
  readonly seed?: Seed | undefined;
  readonly timers: ZabTimers;
  readonly limits: ZabLimits;
  /** Other than this build's own, to be like another one. */
  readonly protocols?: ProtocolRange;
  /** `forced`: only `forceVote` ends LOOKING; for the simulator, where any peer may be made leader at any time. */
  readonly election: 'fast' | 'forced';
  /** Jitter alone; 0 <= x < 1. */
  readonly fraction: () => number;
  readonly chain: (
    before: ChainHash,
    zxid: Zxid,
    kind: EntryKind,
    payload: Uint8Array,
  ) => ChainHash;
  /** For the cluster id, once, when an ensemble is founded. */
  readonly sha256: (bytes: Uint8Array) => Uint8Array;
}

/** What was durable when the process started. */
export interface ZabRecovered {
  readonly acceptedEpoch: number;
  readonly currentEpoch: number;
  readonly founded: Membership | null;
  readonly baseMembership: Membership | null;
  /** Of every entry after the base, in order. The core's own from now on. */
  readonly index: LogIndex;
  /** Known to be committed. */
  readonly commit: Zxid;
  /** What the shell has applied already, or applies before anything that is delivered: `<= commit`. */
  readonly delivered: Zxid;
  /** The entries after `delivered`, with payloads: what may still have to be delivered. */
  readonly tail: readonly LogEntry[];
}
