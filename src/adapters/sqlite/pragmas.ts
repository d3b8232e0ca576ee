import { SqliteConnection } from './connection.ts';
import { codeOf, locked, unusable } from './failure.ts';

/** Before it, a checkpoint could reset the WAL under another connection and lose commits. */
const oldestSqlite = [3, 51, 3] as const;

const busyTimeoutMs = 200;
const cacheKib = 16_384;
/** What a cache as small as can be may still hold back. */
const unspilledBytes = 65_536;

/**
 * Opens the file as the one connection that it has, and takes the lock at once. `synchronous=FULL` must be set: the
 * library falls to NORMAL in WAL mode, while the pragma goes on answering FULL until the first transaction.
 */
export function connect(path: string, directory: string): SqliteConnection {
  const connection = new SqliteConnection(path, busyTimeoutMs);
  try {
    refuseOldSqlite(connection, directory);
    connection.exec('PRAGMA locking_mode = EXCLUSIVE');
    connection.exec('PRAGMA trusted_schema = 0');
    connection.exec('PRAGMA cell_size_check = 1');
    connection.exec('PRAGMA fullfsync = 1');
    connection.exec('PRAGMA checkpoint_fullfsync = 1');
    connection.exec('PRAGMA synchronous = FULL');
    connection.exec('BEGIN EXCLUSIVE; COMMIT');
    connection.exec('PRAGMA journal_mode = WAL');
    refuseOtherJournals(connection);
    connection.exec('PRAGMA wal_autocheckpoint = 0');
    connection.exec(`PRAGMA cache_size = -${String(cacheKib)}`);
    connection.exec('PRAGMA synchronous = FULL');
    return connection;
  } catch (error) {
    connection.close();
    throw codeOf(error).startsWith('SQLITE_BUSY') ? locked(directory) : error;
  }
}

function refuseOldSqlite(connection: SqliteConnection, directory: string): void {
  const version = String(connection.value('SELECT sqlite_version()'));
  const parts = version.split('.').map(Number);
  for (const [index, least] of oldestSqlite.entries()) {
    const part = parts[index] ?? 0;
    if (part > least) return;
    if (part < least) {
      throw unusable(
        directory,
        `SQLite ${version} is too old, ${oldestSqlite.join('.')} is needed`,
      );
    }
  }
}

/**
 * When the file can't be written, setting the mode answers "wal" all the same, and SQLite goes on with a rollback journal.
 * A checkpoint knows better: it counts frames only where there is a WAL.
 */
function refuseOtherJournals(connection: SqliteConnection): void {
  connection.exec('BEGIN IMMEDIATE; COMMIT');
  const [result] = connection.statement('PRAGMA wal_checkpoint(NOOP)').all() as { log: bigint }[];
  if (result === undefined || result.log < 0n) {
    throw new Error('the journal mode WAL could not be set');
  }
}

/** Brings everything in the WAL to the database, durably. What was read before may not have been durable (brief D1). */
export function checkpointAll(connection: SqliteConnection): void {
  const [result] = connection.statement('PRAGMA wal_checkpoint(TRUNCATE)').all() as {
    busy: bigint;
  }[];
  if (result?.busy !== 0n) throw new Error('the checkpoint was blocked by another connection');
}

/**
 * Gives the WAL its full size before the first commit, since growing it costs every commit dearly. A transaction larger
 * than the cache spills into the WAL, and its rollback leaves the file as large as it became; nothing of it counts.
 */
export function growWal(connection: SqliteConnection, bytes: number): void {
  connection.exec('PRAGMA cache_size = 8');
  connection.exec('BEGIN');
  connection.statement('INSERT INTO chunk VALUES (-1, zeroblob(?), 0)').run(bytes + unspilledBytes);
  connection.exec('ROLLBACK');
  connection.exec(`PRAGMA cache_size = -${String(cacheKib)}`);
}

/** Counts the frames in the WAL that are not in the database yet. */
export function walFramesToCheckpoint(connection: SqliteConnection): number {
  const [result] = connection.statement('PRAGMA wal_checkpoint(NOOP)').all() as {
    log: bigint;
    checkpointed: bigint;
  }[];
  return result === undefined ? 0 : Number(result.log - result.checkpointed);
}

/** Brings what is in the WAL to the database. The WAL keeps its size; the next commit begins at its start again. */
export function checkpointWithoutWaiting(connection: SqliteConnection): void {
  connection.statement('PRAGMA wal_checkpoint(PASSIVE)').all();
}
