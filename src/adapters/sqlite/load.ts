// The start sequence (brief D2.5): lock, sync, verify everything, compare with the guard, and only then count as started.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { ByteWriter } from '../../base/bytes.ts';
import type { Nonce } from '../../model/ids.ts';
import { emptyLog, type ChainHash } from '../../model/log-entry.ts';
import { compareZxid, formatZxid, zeroZxid, zxidEquals, type Zxid } from '../../model/zxid.ts';
import type { SqliteConnection } from './connection.ts';
import { PeerDatabase } from './database.ts';
import {
  createPrivately,
  databaseName,
  exists,
  guardName,
  prepareDirectory,
  refuseDiverged,
  Reserve,
  syncDirectory,
} from './directory.ts';
import { chainAt, writeIndexEntry, type EntryPlace } from './entry-codec.ts';
import { corrupt, lostTail, newerFormat, otherServer, unusable } from './failure.ts';
import { Guard, GuardKeeper, readGuard, type GuardRecord } from './guard.ts';
import type { ThreadOptions } from './messages.ts';
import { firstMeta, readMeta, writeMeta, type Meta } from './meta-row.ts';
import { checkpointAll, connect, growWal } from './pragmas.ts';
import { sizesFor } from './space.ts';
import { applicationId, firstFormatVersion, formatVersion, schema } from './schema.ts';

/** The index goes out in runs of about this size, however small the rows are. */
const indexRunBytes = 65_536;

export interface Loaded {
  readonly connection: SqliteConnection;
  readonly database: PeerDatabase;
  readonly guard: GuardKeeper;
  readonly reserve: Reserve;
  /** Without links. */
  readonly directory: string;
  /** What the WAL was grown to. */
  readonly walBytes: number;
}

/**
 * Opens the directory and verifies all that it holds. `onRun` gets the log as an index: without the payloads of txns.
 */
export function load(options: ThreadOptions, onRun: (run: Uint8Array) => void): Loaded {
  const directory = prepareDirectory(options.directory);
  refuseDiverged(directory);
  const { walBytes, reserveBytes } = sizesFor(directory, options);
  const reserve = new Reserve(directory, reserveBytes);
  createPrivately(join(directory, databaseName));
  const connection = connect(join(directory, databaseName), directory);
  try {
    const guardPath = join(directory, guardName);
    const recorded = readGuard(guardPath);
    const isFirstStart = !hasTables(connection, directory);
    if (isFirstStart) {
      if (exists(guardPath) && recorded !== undefined) {
        throw lostTail(directory, 'the database is gone, the guard file is still there');
      }
      createTables(connection, firstMeta(options.serverId, newNonce()));
    }
    checkpointAll(connection);
    syncDirectory(directory);
    const meta = readMeta(connection, directory);
    if (meta.serverId !== options.serverId) {
      throw otherServer(directory, meta.serverId, options.serverId);
    }
    // Never in a directory that only was made of a copy: made twice, it is of two peers.
    if (meta.nonce === '') meta.nonce = newNonce();
    const database = new PeerDatabase(connection, directory, meta);
    verify({ database, directory, recorded, onRun });
    reserve.settle();
    createPrivately(guardPath);
    syncDirectory(directory);
    const keeper = new GuardKeeper(new Guard(guardPath, recorded?.sequence ?? 0), {
      nonce: meta.nonce,
      acked: recorded?.acked ?? emptyLog,
      acceptedEpoch: recorded?.acceptedEpoch ?? 0,
    });
    database.beforeCut = (end) => {
      keeper.lower(end);
    };
    growWal(connection, walBytes);
    database.begin();
    database.changeMeta({ incarnation: meta.incarnation + 1 });
    database.commit();
    if (recorded === undefined) keeper.write(guardRecordOf(database));
    return { connection, database, guard: keeper, reserve, directory, walBytes };
  } catch (error) {
    connection.close();
    throw error;
  }
}

export function guardRecordOf(database: PeerDatabase): GuardRecord {
  const { nonce, acceptedEpoch } = database.meta;
  return { nonce, acceptedEpoch, acked: database.log.last };
}

/** Tells whether the file was ever written. Refuses a file that is not ours or is newer than we are. */
export function hasTables(connection: SqliteConnection, directory: string): boolean {
  const id = Number(connection.value('PRAGMA application_id'));
  const version = Number(connection.value('PRAGMA user_version'));
  const tables = Number(connection.value('SELECT count(*) FROM sqlite_schema'));
  if (tables === 0) return false;
  if (id !== applicationId) {
    throw unusable(directory, `its ${databaseName} is the database of another program`);
  }
  if (version > formatVersion) throw newerFormat(directory, version, formatVersion);
  return true;
}

function newNonce(): Nonce {
  return randomBytes(16).toString('hex') as Nonce;
}

/** Of the first format, unless told: whatever needs the next raises it as it is written. */
export function createTables(
  connection: SqliteConnection,
  first: Meta,
  format = firstFormatVersion,
): void {
  connection.exec('BEGIN IMMEDIATE');
  connection.exec(`PRAGMA application_id = ${String(applicationId)}`);
  connection.exec(`PRAGMA user_version = ${String(format)}`);
  connection.exec(schema);
  writeMeta(connection, first);
  connection.exec('COMMIT');
}

function verify(options: {
  readonly database: PeerDatabase;
  readonly directory: string;
  readonly recorded: GuardRecord | undefined;
  readonly onRun: (run: Uint8Array) => void;
}): void {
  const { database, directory, recorded, onRun } = options;
  const { meta } = database;
  const index = new ByteWriter(2 * indexRunBytes);
  const found = verifyHistory(database, directory, {
    wanted: recorded?.acked.zxid,
    onRow: (run, places) => {
      for (const place of places) writeIndexEntry(index, run, place);
      if (index.length < indexRunBytes) return;
      onRun(index.take());
      index.reset();
    },
  });
  if (index.length > 0) onRun(index.take());
  const { last } = database.log;
  if (recorded === undefined) {
    if (!hasPromisedNothing(meta, last.zxid)) {
      throw lostTail(directory, 'the guard file is missing or damaged');
    }
    return;
  }
  const { acked, acceptedEpoch, nonce } = recorded;
  if (nonce !== meta.nonce) {
    throw lostTail(directory, 'the guard file and the database come from different peers');
  }
  if (acceptedEpoch > meta.acceptedEpoch) {
    throw lostTail(directory, `epoch ${String(acceptedEpoch)} had been accepted`);
  }
  if (compareZxid(acked.zxid, last.zxid) > 0) {
    throw lostTail(
      directory,
      `the log ends at ${formatZxid(last.zxid)}, but had reached ${formatZxid(acked.zxid)}`,
    );
  }
  if (compareZxid(acked.zxid, meta.base.zxid) >= 0 && found !== acked.chain) {
    throw lostTail(directory, `at ${formatZxid(acked.zxid)} the log had another history`);
  }
}

/** As it is when nobody has started in the directory, or only just: empty, or as it was made of a copy. */
function hasPromisedNothing({ acceptedEpoch, founded, seed, base }: Meta, last: Zxid): boolean {
  if (seed === null || seed === undefined) return acceptedEpoch === 0 && zxidEquals(last, zeroZxid);
  return founded === null && acceptedEpoch === base.zxid.epoch && zxidEquals(last, base.zxid);
}

/**
 * Verifies every row, the whole chain, the whole snapshot, and how the epochs stand to each other. Gives the chain at
 * the zxid that is `wanted`.
 */
export function verifyHistory(
  database: PeerDatabase,
  directory: string,
  options: {
    readonly wanted: Meta['commit'] | undefined;
    readonly onRow: (run: Uint8Array, places: readonly EntryPlace[]) => void;
  },
): ChainHash | undefined {
  const { meta, log } = database;
  const { wanted, onRow } = options;
  let found: ChainHash | undefined;
  if (wanted !== undefined && zxidEquals(wanted, meta.base.zxid)) found = meta.base.chain;
  log.verify((run, places) => {
    if (wanted !== undefined) {
      const place = places.find(({ zxid }) => zxidEquals(zxid, wanted));
      if (place !== undefined) found = chainAt(run, place);
    }
    onRow(run, places);
  });
  verifyEpochs(database, directory);
  verifySnapshot(database, directory);
  return found;
}

function verifyEpochs({ meta, log }: PeerDatabase, directory: string): void {
  const { acceptedEpoch, currentEpoch } = meta;
  // A part of a leader's history may be of epochs above the current one.
  if (acceptedEpoch < currentEpoch || acceptedEpoch < log.last.zxid.epoch) {
    throw corrupt(
      directory,
      `its epochs contradict each other (accepted ${String(acceptedEpoch)}, current ` +
        `${String(currentEpoch)}, log ${String(log.last.zxid.epoch)})`,
    );
  }
}

function verifySnapshot({ meta, log, chunks }: PeerDatabase, directory: string): void {
  const { snapshot, base } = meta;
  chunks.open(snapshot?.generation);
  if (snapshot === null) {
    if (!zxidEquals(base.zxid, zeroZxid)) throw corrupt(directory, 'its snapshot is missing');
    return;
  }
  if (
    compareZxid(base.zxid, snapshot.at.zxid) > 0 ||
    compareZxid(snapshot.at.zxid, log.last.zxid) > 0 ||
    !log.holds(snapshot.at, base)
  ) {
    throw corrupt(directory, 'its snapshot does not stand within the log');
  }
  const digest = chunks.digest(snapshot.generation);
  if (
    digest.chunks !== snapshot.chunks ||
    digest.bytes !== snapshot.bytes ||
    digest.sha256 !== snapshot.sha256
  ) {
    throw corrupt(directory, 'its snapshot is incomplete or changed');
  }
}
