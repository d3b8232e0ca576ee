import type { Nonce, ServerId } from '../model/ids.ts';
import type { LogChange } from '../model/log-change.ts';
import type { ChainHash, EntryKind, LogEntry, LogPosition } from '../model/log-entry.ts';
import type { Membership } from '../model/membership.ts';
import type { Seed } from '../model/seed.ts';
import type { Zxid } from '../model/zxid.ts';

/** What `load` finds. Everything in it is durable: the start-up sync comes first (brief D2.5). */
export interface StoredState {
  readonly serverId: ServerId;
  readonly nonce: Nonce;
  /** +1 per start, durable before `load` answers. */
  readonly incarnation: number;
  readonly acceptedEpoch: number;
  readonly currentEpoch: number;
  readonly founded: Membership | null;
  /** What the directory was made of; null for one that began empty. Its base is then at (an epoch, 0). */
  readonly seed: Seed | null;
  /** The place before the first log entry: what compaction left. (0,0) for a log that is whole. */
  readonly base: LogPosition;
  /** The membership in force at `base`; null when the log is whole, or is only seeded and nothing was founded yet. */
  readonly baseMembership: Membership | null;
  /** Known to be committed: the highest hint found, never below the snapshot. */
  readonly commit: Zxid;
  /** Null when no snapshot was ever taken: the state is then empty at (0,0). `base <= snapshot`. */
  readonly snapshot: StoredSnapshot | null;
}

export interface StoredSnapshot {
  readonly at: LogPosition;
  readonly chunks: number;
  readonly bytes: number;
  readonly sha256: Uint8Array;
  /** In force at `at`: travels with the snapshot to a learner. */
  readonly membership: Membership | null;
}

/** What `load` tells of each log entry: enough for ZAB's index of the log. Payloads come by `readLog`. */
export interface LogIndexEntry {
  readonly zxid: Zxid;
  readonly chain: ChainHash;
  readonly kind: EntryKind;
  /** Of its payload: what the log is counted by. */
  readonly bytes: number;
  /** Of `epochStart` and `membership` entries only. */
  readonly membership: Membership | null;
}

/**
 * The one place where a peer's promises become durable. Calls are carried out strictly in order; a read sees every
 * write asked for before it. Group commit is the store's business: all writes that wait while an fsync runs share the
 * next.
 *
 * Nothing here ever fails softly: on any error of the write path the store reports `onFailure` once, calls back nobody
 * any more, and the process must end without sending anything that waits for durability (brief D2.4). Callbacks come
 * from a turn of their own.
 */
export interface Store {
  /**
   * Opens, syncs, verifies every row, loads. Once, before all else. `onIndex` is called with runs of entries in order.
   */
  load(handlers: {
    onIndex(entries: readonly LogIndexEntry[]): void;
    onLoaded(state: StoredState): void;
    /** The directory can't be used: the message says why, whether data is safe, and what to do. Also later failures. */
    onFailure(failure: StoreFailure): void;
  }): void;

  /** Durable, all of it, in order, when `done` is called. Empty changes are allowed: a barrier. */
  write(changes: readonly LogChange[], done: () => void): void;

  /**
   * Entries after `after` up to and including `upTo`, in order, at most about `bytesMax` (but at least one). Empty when
   * there are none; undefined when the log does not reach back to `after` any more.
   */
  readLog(range: LogRange, done: (entries: readonly LogEntry[] | undefined) => void): void;

  /**
   * Our own snapshot, chunk by chunk; the earlier one stays the valid one until `finishSnapshot` is durable. Should a
   * leader's snapshot be installed in between, ours is dropped and `finishSnapshot` answers with the installed one.
   */
  beginSnapshot(at: LogPosition, membership: Membership | null): void;
  writeSnapshotChunk(bytes: Uint8Array, done: () => void): void;
  finishSnapshot(sha256: Uint8Array, done: (snapshot: StoredSnapshot) => void): void;
  abandonSnapshot(): void;

  /**
   * A leader's snapshot, staged beside ours until `adopt` with `snapshot` installs it. Beginning drops an earlier one.
   * `membership` is what is in force at `at`: it becomes the `baseMembership`, for the log before `at` is gone then.
   */
  beginStaging(at: LogPosition, membership: Membership | null): void;
  stageChunk(sequence: number, bytes: Uint8Array, done: () => void): void;
  /** Checks count, bytes and digest of the staged chunks; false = malformed, drop the connection. */
  verifyStaging(expected: Omit<StoredSnapshot, 'membership'>, done: (valid: boolean) => void): void;

  /** A chunk of the valid snapshot `at`; undefined when a newer one has replaced it. */
  readSnapshotChunk(
    at: LogPosition,
    sequence: number,
    done: (bytes: Uint8Array | undefined) => void,
  ): void;

  /**
   * Forgets log entries up to and including `upTo`, which must not be above the snapshot nor the commit point. In
   * bounded slices, between which other calls are served; `done` gets the new base, which may lie below `upTo`.
   */
  compact(upTo: Zxid, done: (base: LogPosition) => void): void;

  /**
   * What was made of the log in this directory is wrong: `load` refuses it from now on, with these words. Durable when
   * `done` is called.
   */
  markDiverged(why: string, done: () => void): void;

  /** Room on the disk for this peer, and the size of the disk: the shell refuses clients' writes before it runs out. */
  freeBytes(done: (free: number, total: number) => void): void;

  /** Orderly end: everything asked for is durable, the checkpoint is done. */
  close(done: () => void): void;
}

export interface LogRange {
  readonly after: Zxid;
  readonly upTo: Zxid;
  readonly bytesMax: number;
}

export interface StoreFailure {
  readonly code:
    | 'locked'
    | 'newerFormat'
    | 'otherServer'
    | 'corrupt'
    | 'lostTail'
    | 'diverged'
    | 'diskFull'
    | 'io'
    | 'unusable';
  /** For a person: the cause, whether data is safe, the next command. */
  readonly message: string;
}

/** Carries a `StoreFailure` to where it is reported: the store gave up. */
export class StoreFailed extends Error {
  readonly failure: StoreFailure;

  constructor(failure: StoreFailure, cause?: unknown) {
    super(failure.message, cause === undefined ? undefined : { cause });
    this.name = 'StoreFailed';
    this.failure = failure;
  }
}
