// The one transaction domain: meta row, log and snapshot chunks, and the rules that tie them together. Knows nothing of
// threads or of when to commit.

import { createHash, type Hash } from 'node:crypto';

import { assert } from '../../base/assert.ts';
import type { LogPosition } from '../../model/log-entry.ts';
import { firstLevel } from '../../model/level.ts';
import { levelOf, type Membership } from '../../model/membership.ts';
import {
  compareZxid,
  maxZxid,
  minZxid,
  zeroZxid,
  zxidEquals,
  type Zxid,
} from '../../model/zxid.ts';
import type { LogRange, StoredSnapshot, StoredState } from '../../ports/store.ts';
import { ChunkTable, type Digest } from './chunk-table.ts';
import type { SqliteConnection, Statement } from './connection.ts';
import { LogTable } from './log-table.ts';
import type { Expected, PackedChange, Piece } from './messages.ts';
import { storedSnapshot, writeMeta, type Meta, type MetaSnapshot } from './meta-row.ts';
import { firstFormatVersion, formatVersion } from './schema.ts';

/** Chunks that belong to no valid snapshot yet. */
interface Unfinished {
  readonly generation: number;
  readonly at: LogPosition;
  readonly membership: Membership | null;
  readonly hash: Hash;
  chunks: number;
  bytes: number;
}

export class PeerDatabase {
  readonly meta: Meta;
  readonly log: LogTable;
  readonly chunks: ChunkTable;
  readonly #connection: SqliteConnection;
  readonly #begin: Statement;
  readonly #commit: Statement;
  /** Called before a transaction becomes durable that ends the log after `end`, or (null) replaces it. */
  beforeCut: (end: LogPosition | null) => void = () => undefined;
  #isMetaChanged = false;
  /** Undefined while nothing was written. */
  #format: number | undefined;
  /** The memberships that it was judged by. */
  #formatFor: LogTable['memberships'] | undefined;
  #ownSnapshot: Unfinished | undefined;
  #staging: Unfinished | undefined;
  #verified: Digest | undefined;

  constructor(connection: SqliteConnection, directory: string, meta: Meta) {
    this.#connection = connection;
    this.#begin = connection.statement('BEGIN IMMEDIATE');
    this.#commit = connection.statement('COMMIT');
    this.meta = meta;
    this.log = new LogTable(connection, directory, meta.base);
    this.chunks = new ChunkTable(connection, directory);
  }

  begin(): void {
    this.#begin.run();
  }

  /** One fsync, if anything was changed. */
  commit(): void {
    this.log.flush();
    this.#setFormat();
    if (this.#isMetaChanged) writeMeta(this.#connection, this.meta);
    this.#isMetaChanged = false;
    this.#commit.run();
  }

  /** In one step with what needs it, or needs it no more. */
  #setFormat(): void {
    const { memberships } = this.log;
    if (!this.#isMetaChanged && this.#formatFor === memberships) return;
    this.#formatFor = memberships;
    const { founded, baseMembership, snapshot, seed } = this.meta;
    const known = [founded, baseMembership, snapshot?.membership ?? null];
    const isAbove = [...known, ...memberships.map(({ membership }) => membership)].some(
      (membership) => levelOf(membership) > firstLevel,
    );
    // What a directory is made of is nothing that the first format knows.
    const format = isAbove || (seed ?? null) !== null ? formatVersion : firstFormatVersion;
    if (format === this.#format) return;
    this.#connection.exec(`PRAGMA user_version = ${String(format)}`);
    this.#format = format;
  }

  changeMeta(changed: Partial<Meta>): void {
    Object.assign(this.meta, changed);
    this.#isMetaChanged = true;
  }

  get state(): StoredState {
    const { serverId, nonce, incarnation, acceptedEpoch, currentEpoch } = this.meta;
    const { founded, base, baseMembership, snapshot, seed = null } = this.meta;
    return {
      serverId,
      nonce,
      incarnation,
      acceptedEpoch,
      currentEpoch,
      founded,
      seed,
      base,
      baseMembership,
      commit: this.#knownCommit,
      snapshot: snapshot === null ? null : storedSnapshot(snapshot),
    };
  }

  apply(change: PackedChange, bytes: Uint8Array): void {
    switch (change.kind) {
      case 'found':
        this.#found(change.membership);
        return;
      case 'acceptEpoch': {
        const { acceptedEpoch } = this.meta;
        assert(change.epoch >= acceptedEpoch, 'the accepted epoch never falls', {
          from: acceptedEpoch,
          to: change.epoch,
        });
        this.changeMeta({ acceptedEpoch: change.epoch });
        return;
      }
      case 'append':
        this.append(pieceOf(bytes, change.entries), change.commit);
        return;
      case 'adopt':
        this.#adopt(change, bytes);
        return;
    }
  }

  /** Takes a run of entries in at the end of the log. */
  append(run: Uint8Array, commit: Zxid, epochMax = this.meta.currentEpoch): void {
    this.log.append(run, commit, epochMax);
    // Without entries there is no row to carry the hint.
    if (run.length === 0 && compareZxid(commit, this.meta.commit) > 0) this.changeMeta({ commit });
  }

  /** Undefined when the log does not reach back so far. */
  readLog(range: LogRange): Uint8Array | undefined {
    if (compareZxid(range.after, this.meta.base.zxid) < 0) return undefined;
    return Buffer.concat(this.log.read(range));
  }

  beginSnapshot(at: LogPosition, membership: Membership | null): void {
    this.abandonSnapshot();
    this.#ownSnapshot = this.#newUnfinished(at, membership);
  }

  writeSnapshotChunk(bytes: Uint8Array): void {
    if (this.#ownSnapshot !== undefined) this.#add(this.#ownSnapshot, bytes);
  }

  /** The snapshot that is valid now: this one, unless a leader's was installed meanwhile. */
  finishSnapshot(sha256: Uint8Array): StoredSnapshot {
    const own = this.#ownSnapshot;
    this.#ownSnapshot = undefined;
    if (own !== undefined) {
      const digest = digestOf(own);
      assert(
        Buffer.from(sha256).toString('hex') === digest.sha256,
        'the digest of a snapshot is that of its chunks',
      );
      assert(
        compareZxid(own.at.zxid, this.meta.snapshot?.at.zxid ?? zeroZxid) >= 0 &&
          this.log.holds(own.at, this.meta.base),
        'a snapshot stands at a place of the log, not below the one before',
        { at: own.at },
      );
      this.#makeValid(own, digest);
    }
    assert(this.meta.snapshot !== null, 'a snapshot is finished only after it was begun');
    return storedSnapshot(this.meta.snapshot);
  }

  abandonSnapshot(): void {
    if (this.#ownSnapshot !== undefined) this.chunks.drop(this.#ownSnapshot.generation);
    this.#ownSnapshot = undefined;
  }

  beginStaging(at: LogPosition, membership: Membership | null): void {
    this.#abandonStaging();
    this.#staging = this.#newUnfinished(at, membership);
  }

  /** A chunk out of order leaves a hole, which `verifyStaging` finds. */
  stageChunk(sequence: number, bytes: Uint8Array): void {
    if (this.#staging?.chunks === sequence) this.#add(this.#staging, bytes);
  }

  verifyStaging(expected: Expected): boolean {
    this.#verified = undefined;
    if (this.#staging === undefined) return false;
    const digest = digestOf(this.#staging);
    const isValid =
      digest.chunks === expected.chunks &&
      digest.bytes === expected.bytes &&
      digest.sha256 === Buffer.from(expected.sha256).toString('hex') &&
      samePosition(this.#staging.at, expected.at);
    if (isValid) this.#verified = digest;
    return isValid;
  }

  readSnapshotChunk(at: LogPosition, sequence: number): Uint8Array | undefined {
    const { snapshot } = this.meta;
    if (snapshot === null || !samePosition(snapshot.at, at)) return undefined;
    return this.chunks.get(snapshot.generation, sequence);
  }

  checkCompaction(upTo: Zxid): void {
    const limit = minZxid(this.meta.snapshot?.at.zxid ?? zeroZxid, this.#knownCommit);
    assert(compareZxid(upTo, limit) <= 0, 'the log is never compacted above the snapshot', {
      upTo,
      limit,
    });
  }

  /** False when nothing is left to drop. */
  compactSlice(upTo: Zxid): boolean {
    const dropped = this.log.dropSlice(upTo);
    if (dropped === undefined) return false;
    const { baseMembership } = this.meta;
    this.changeMeta({ base: dropped.base, baseMembership: dropped.membership ?? baseMembership });
    return true;
  }

  /** Hints may be ahead of the log; the snapshot is always committed. */
  get #knownCommit(): Zxid {
    const hint = maxZxid(this.log.commit, this.meta.commit);
    return minZxid(maxZxid(hint, this.meta.snapshot?.at.zxid ?? zeroZxid), this.log.last.zxid);
  }

  /** From now on the state that was seeded is that of this ensemble: so a learner is told that gets it as a snapshot. */
  #found(membership: Membership): void {
    this.changeMeta({ founded: membership });
    const { snapshot } = this.meta;
    if (snapshot === null) return;
    assert(snapshot.membership === null, "a state that is founded upon was nobody's yet");
    this.changeMeta({ snapshot: { ...snapshot, membership }, baseMembership: membership });
  }

  #adopt(change: Extract<PackedChange, { kind: 'adopt' }>, bytes: Uint8Array): void {
    const { acceptedEpoch, currentEpoch } = this.meta;
    const { epoch, snapshot, truncateTo } = change;
    assert(
      epoch >= currentEpoch && epoch <= acceptedEpoch,
      'the current epoch never falls and never passes the accepted one',
      { acceptedEpoch, currentEpoch, epoch },
    );
    assert(snapshot === null || truncateTo === null, 'a history is replaced or cut, not both');
    if (snapshot !== null) this.#install(snapshot);
    if (truncateTo !== null) {
      assert(compareZxid(truncateTo.zxid, this.#knownCommit) >= 0, 'nothing committed is cut off', {
        truncateTo,
        commit: this.#knownCommit,
      });
      this.beforeCut(truncateTo);
      this.log.truncate(truncateTo, this.meta.base);
    }
    this.changeMeta({ currentEpoch: epoch });
    // A part of a leader's history may be of epochs that are not the current one yet.
    this.append(pieceOf(bytes, change.entries), change.commit, acceptedEpoch);
  }

  #install(at: LogPosition): void {
    const staged = this.#staging;
    const digest = this.#verified;
    assert(
      staged !== undefined && digest !== undefined && samePosition(staged.at, at),
      'only a verified staged snapshot is installed',
      { at },
    );
    assert(
      compareZxid(at.zxid, this.#knownCommit) >= 0,
      'a snapshot never takes back what is committed',
      { at, commit: this.#knownCommit },
    );
    this.beforeCut(null);
    this.abandonSnapshot();
    this.#staging = undefined;
    this.#verified = undefined;
    this.log.replaceBy(at);
    this.#makeValid(staged, digest);
    this.changeMeta({ base: at, baseMembership: staged.membership });
  }

  #newUnfinished(at: LogPosition, membership: Membership | null): Unfinished {
    const generation = this.chunks.newGeneration();
    return { generation, at, membership, hash: createHash('sha256'), chunks: 0, bytes: 0 };
  }

  #abandonStaging(): void {
    if (this.#staging !== undefined) this.chunks.drop(this.#staging.generation);
    this.#staging = undefined;
    this.#verified = undefined;
  }

  #add(unfinished: Unfinished, bytes: Uint8Array): void {
    this.chunks.put(unfinished.generation, unfinished.chunks, bytes);
    unfinished.hash.update(bytes);
    unfinished.chunks++;
    unfinished.bytes += bytes.length;
  }

  #makeValid(finished: Unfinished, digest: Digest): void {
    const { generation, at, membership } = finished;
    const snapshot: MetaSnapshot = { generation, at, membership, ...digest };
    if (this.meta.snapshot !== null) this.chunks.drop(this.meta.snapshot.generation);
    this.changeMeta({ snapshot });
  }
}

function digestOf(unfinished: Unfinished): Digest {
  const { chunks, bytes, hash } = unfinished;
  return { chunks, bytes, sha256: hash.copy().digest('hex') };
}

function samePosition(left: LogPosition, right: LogPosition): boolean {
  return zxidEquals(left.zxid, right.zxid) && left.chain === right.chain;
}

function pieceOf(bytes: Uint8Array, { start, end }: Piece): Uint8Array {
  return bytes.subarray(start, end);
}
