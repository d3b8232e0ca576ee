import type { LogEntry, LogPosition } from '../../model/log-entry.ts';
import type { Membership } from '../../model/membership.ts';
import { compareZxid, formatZxid, type Zxid } from '../../model/zxid.ts';
import type { Sha256Stream } from '../../ports/hash.ts';
import type { StoredSnapshot } from '../../ports/store.ts';
import type { SnapshotWriter } from '../../state/state-machine.ts';
import type { Applier } from '../applied/applier.ts';
import { LogRetention } from './log-retention.ts';
import type { SnapshotSource } from './outbox.ts';
import type { Recovered } from '../applied/recovery.ts';
import type { ServerPorts } from '../options.ts';
import type { Pace } from '../../service/budget/pace.ts';
import type { ServerTuning } from '../tuning.ts';

interface SnapshottingParts {
  readonly ports: Pick<ServerPorts, 'clock' | 'hash' | 'store' | 'logger' | 'metrics'>;
  readonly tuning: ServerTuning;
  readonly applier: Applier;
  /** Knows whether clients are being served. */
  readonly pace: Pace;
  /** False when the disk is nearly full: what is left belongs to the log. */
  readonly hasSpace: () => boolean;
  /** The state may be wrong: no snapshot is made of it, and none is lent. */
  readonly isInDispute: () => boolean;
  /** The log is about to be forgotten up to there, at most. */
  compacting(upTo: Zxid): void;
  /** The log now begins after `base`. */
  compacted(base: LogPosition): void;
}

interface Running {
  readonly at: LogPosition;
  readonly writer: SnapshotWriter;
  readonly sha256: Sha256Stream;
  readonly begunAtMs: number;
  /** All chunks are written; the end waits until nobody reads the earlier snapshot any more. */
  isWritten: boolean;
}

/**
 * Takes this peer's own snapshots, chunk by chunk, and afterwards forgets as much of the log as may go (see
 * `LogRetention`). Lends the valid snapshot to whoever streams it to a learner.
 */
export class Snapshotting implements SnapshotSource {
  readonly #parts: SnapshottingParts;
  readonly #retention: LogRetention;
  #latest: StoredSnapshot | undefined;
  #logBase: Zxid;
  #running: Running | undefined;
  #borrowers = 0;
  #waiting: ((snapshot: StoredSnapshot | undefined) => void)[] = [];
  /** Applied since the last snapshot. */
  #txns: number;
  #bytes: number;
  #isAdopting = false;
  #adoptions = 0;
  #isCompacting = false;
  #compactedAtMs = 0;

  /** Of the txns that the log holds. */
  get logBytes(): number {
    return this.#retention.bytes;
  }

  constructor(
    parts: SnapshottingParts,
    found: Pick<Recovered, 'stored' | 'logged' | 'txnsSince' | 'bytesSince'>,
  ) {
    this.#parts = parts;
    this.#retention = new LogRetention(parts.tuning);
    this.#latest = found.stored.snapshot ?? undefined;
    this.#logBase = found.stored.base.zxid;
    this.#txns = found.txnsSince;
    this.#bytes = found.bytesSince;
    this.#retention.found(found.logged, parts.ports.clock.now());
  }

  /** The log begins after this. */
  get logBase(): Zxid {
    return this.#logBase;
  }

  applied(entry: LogEntry): void {
    this.#retention.add(entry.zxid, entry.payload.length, this.#parts.ports.clock.recent());
    this.#txns++;
    this.#bytes += entry.payload.length;
  }

  /** Every tick: is it time for a snapshot, or for forgetting? */
  consider(): void {
    const { snapshotAfterTxns, snapshotAfterBytes, compactEveryMs } = this.#parts.tuning;
    const isDue = this.#txns >= snapshotAfterTxns || this.#bytes >= snapshotAfterBytes;
    if (isDue && this.#parts.hasSpace() && !this.#parts.isInDispute()) this.#begin();
    const now = this.#parts.ports.clock.now();
    if (now - this.#compactedAtMs >= compactEveryMs) this.#compact();
  }

  borrow(notBelow: Zxid, done: (snapshot: StoredSnapshot | undefined) => void): void {
    if (this.#parts.isInDispute()) {
      done(undefined);
      return;
    }
    const latest = this.#latest;
    if (latest !== undefined && !this.#isAdopting && compareZxid(latest.at.zxid, notBelow) >= 0) {
      this.#borrowers++;
      done(latest);
      return;
    }
    this.#begin();
    if (this.#running === undefined) done(undefined);
    else this.#waiting.push(done);
  }

  giveBack(): void {
    this.#borrowers--;
    if (this.#borrowers === 0 && this.#running?.isWritten === true) this.#finish(this.#running);
  }

  /** The state that this peer began with is of an ensemble now: a learner that gets it must know of which. */
  founded(membership: Membership): void {
    if (this.#latest !== undefined) this.#latest = { ...this.#latest, membership };
  }

  /** A leader's snapshot is about to replace log and state. */
  adopting(): void {
    this.#isAdopting = true;
    this.#adoptions++;
    if (this.#running === undefined) return;
    this.#running.writer.abandon();
    this.#running = undefined;
    this.#parts.ports.store.abandonSnapshot();
    this.#answer(undefined);
  }

  /** The state is restored from it. */
  adopted(snapshot: StoredSnapshot): void {
    this.#isAdopting = false;
    this.#latest = snapshot;
    this.#logBase = snapshot.at.zxid;
    this.#txns = 0;
    this.#bytes = 0;
    this.#retention.reset();
  }

  #begin(): void {
    const { applier, ports } = this.#parts;
    if (this.#running !== undefined || this.#isAdopting) return;
    const running: Running = {
      at: applier.position,
      writer: applier.state.beginSnapshot(),
      sha256: ports.hash.sha256Stream(),
      begunAtMs: ports.clock.now(),
      isWritten: false,
    };
    this.#running = running;
    this.#txns = 0;
    this.#bytes = 0;
    ports.logger.log('info', 'snapshotBegun', { zxid: formatZxid(running.at.zxid) });
    ports.store.beginSnapshot(running.at, applier.membership);
    this.#writeNext(running);
  }

  #writeNext(running: Running): void {
    const { ports, tuning } = this.#parts;
    const begunAtMs = ports.clock.now();
    const bytes = running.writer.next(tuning.snapshotChunkBytes);
    if (bytes === undefined) {
      running.isWritten = true;
      if (this.#borrowers === 0) this.#finish(running);
      return;
    }
    running.sha256.update(bytes);
    ports.store.writeSnapshotChunk(bytes, () => {
      this.#goOn(running, ports.clock.now() - begunAtMs);
    });
  }

  /**
   * While clients are served, and nobody waits for the snapshot, it rests as long as each chunk took: peers come to theirs at
   * the same txn, and without that all their disks and threads were theirs for seconds.
   */
  #goOn(running: Running, tookMs: number): void {
    if (this.#running !== running) return;
    const { pace, ports } = this.#parts;
    if (this.#waiting.length > 0 || !pace.servesOthers()) this.#writeNext(running);
    else {
      ports.clock.after(tookMs, () => {
        if (this.#running === running) this.#writeNext(running);
      });
    }
  }

  #finish(running: Running): void {
    const { store, logger, metrics, clock } = this.#parts.ports;
    running.isWritten = false;
    store.finishSnapshot(running.sha256.digest(), (snapshot) => {
      if (this.#running !== running) return;
      this.#running = undefined;
      this.#latest = snapshot;
      logger.log('info', 'snapshotTaken', {
        zxid: formatZxid(snapshot.at.zxid),
        bytes: snapshot.bytes,
      });
      metrics.observe('snapshot_bytes', snapshot.bytes);
      metrics.observe('snapshot_ms', clock.now() - running.begunAtMs);
      // Begun before states were found to differ.
      this.#answer(this.#parts.isInDispute() ? undefined : snapshot);
      this.#compact();
    });
  }

  #answer(snapshot: StoredSnapshot | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const done of waiting) {
      if (snapshot !== undefined) this.#borrowers++;
      done(snapshot);
    }
  }

  #compact(): void {
    const { ports } = this.#parts;
    const now = ports.clock.now();
    this.#compactedAtMs = now;
    if (this.#latest === undefined || this.#isCompacting || this.#isAdopting) return;
    const forgettable = this.#retention.forgettable(this.#latest.at.zxid, now);
    if (forgettable === undefined) return;
    if (forgettable.byCap) {
      ports.logger.log('warn', 'logCapReached', { bytes: this.#retention.bytes });
      ports.metrics.count('log_cap_reached');
    }
    this.#isCompacting = true;
    this.#parts.compacting(forgettable.upTo);
    const adoptions = this.#adoptions;
    ports.store.compact(forgettable.upTo, (base) => {
      this.#isCompacting = false;
      // A snapshot that was adopted meanwhile brought a base of its own, further on.
      if (adoptions !== this.#adoptions) return;
      this.#retention.forgotten(base.zxid);
      const isNew = compareZxid(base.zxid, this.#logBase) > 0;
      this.#logBase = base.zxid;
      // The store may keep all that it was told to forget: then nothing has happened.
      if (isNew) {
        ports.metrics.count('compactions');
        ports.logger.log('info', 'logCompacted', { base: formatZxid(base.zxid) });
      }
      this.#parts.compacted(base);
    });
  }
}
