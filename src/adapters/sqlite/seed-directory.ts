// Makes a data directory out of a state: a snapshot, and no more. It belongs to no ensemble yet and has promised nothing;
// the peer that starts in it draws its own identity and founds an ensemble with others that were made of the same.

import { createHash } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { Nonce, ServerId } from '../../model/ids.ts';
import type { ChainHash, LogPosition } from '../../model/log-entry.ts';
import type { Seed } from '../../model/seed.ts';
import { zxid } from '../../model/zxid.ts';
import { ChunkTable } from './chunk-table.ts';
import type { SqliteConnection } from './connection.ts';
import {
  createPrivately,
  databaseName,
  exists,
  guardName,
  prepareDirectory,
  refuseDiverged,
  syncDirectory,
} from './directory.ts';
import { seedFailed, unusable } from './failure.ts';
import { createTables } from './load.ts';
import { firstMeta, writeMeta } from './meta-row.ts';
import { checkpointAll, connect } from './pragmas.ts';
import { formatVersion } from './schema.ts';

/** The database has this name until it is whole. */
const unfinishedName = 'seed.part';
/** A transaction is no larger: what is not committed is kept in the WAL. */
const bytesPerCommit = 16 * 1_048_576;

export interface Seeding {
  readonly directory: string;
  readonly serverId: ServerId;
  /** Names, for ever, what the state was made of: whatever differs gives another seed. */
  readonly origin: string;
  /** The state stands at (epoch, 0). */
  readonly epoch: number;
  /** Of the snapshot, whose header must say that place. */
  readonly chunks: Iterable<Uint8Array>;
}

/** Refuses a directory that holds anything of a peer. For whoever is about to make a state for it, too. */
export function refuseUsedDirectory(directory: string): void {
  if (!exists(directory)) return;
  refuseDiverged(directory);
  const found = [databaseName, `${databaseName}-wal`, guardName].find((name) =>
    exists(join(directory, name)),
  );
  if (found === undefined) return;
  throw unusable(
    directory,
    `it holds the data of a peer already (${found}). Name an empty directory; or stop that peer, make sure that nobody ` +
      `needs its data, and move it away (mv ${directory} ${directory}.before)`,
  );
}

/** Durable when it returns; a directory that it did not finish is as good as empty. Throws `StoreFailed`. */
export function seedDirectory(seeding: Seeding): Seed {
  refuseUsedDirectory(seeding.directory);
  const directory = prepareDirectory(seeding.directory);
  const path = join(directory, unfinishedName);
  const removeParts = (): void => {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
  };
  try {
    removeParts();
    createPrivately(path);
    const connection = connect(path, directory);
    let seed: Seed;
    try {
      seed = write(connection, directory, seeding);
    } finally {
      connection.close();
    }
    renameSync(path, join(directory, databaseName));
    syncDirectory(directory);
    return seed;
  } catch (error) {
    removeParts();
    throw seedFailed(error, directory);
  }
}

function write(connection: SqliteConnection, directory: string, seeding: Seeding): Seed {
  const { serverId, epoch, chunks } = seeding;
  const meta = firstMeta(serverId, '' as Nonce);
  // The version before would begin with nothing there.
  createTables(connection, meta, formatVersion);
  const table = new ChunkTable(connection, directory);
  const generation = table.newGeneration();
  const hash = createHash('sha256');
  let count = 0;
  let bytes = 0;
  let uncommitted = 0;
  connection.exec('BEGIN IMMEDIATE');
  for (const chunk of chunks) {
    table.put(generation, count++, chunk);
    hash.update(chunk);
    bytes += chunk.length;
    uncommitted += chunk.length;
    if (uncommitted < bytesPerCommit) continue;
    uncommitted = 0;
    connection.exec('COMMIT');
    checkpointAll(connection);
    connection.exec('BEGIN IMMEDIATE');
  }
  const sha256 = hash.digest('hex');
  const seed = seedOf(seeding, sha256);
  // The history before is another ensemble's: the chain begins anew, with a hash that nobody else's can have here.
  const at: LogPosition = {
    zxid: zxid(epoch, 0),
    chain: digestOf('chain', seed.hash).slice(0, 32) as ChainHash,
  };
  const snapshot = { generation, at, membership: null, chunks: count, bytes, sha256 };
  const epochs = { acceptedEpoch: epoch, currentEpoch: epoch };
  writeMeta(connection, { ...meta, ...epochs, seed, base: at, commit: at.zxid, snapshot });
  connection.exec('COMMIT');
  checkpointAll(connection);
  return seed;
}

function seedOf({ origin, epoch }: Seeding, sha256: string): Seed {
  const hash = digestOf('seed', origin, String(epoch), sha256);
  return { hash, clusterId: digestOf('cluster', hash).slice(0, 16) };
}

function digestOf(...words: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(words)).digest('hex');
}
