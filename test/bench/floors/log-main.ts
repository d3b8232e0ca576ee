// The thread of a floor's log: what waits is one transaction of SQLite with one fsync, and then the number of the last of it
// is said. Loaded as a worker, with a folder that is there. No statement is ever garbage (src/adapters/sqlite/connection.ts).

import { join } from 'node:path';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import type { Appended } from './log.ts';

/** The WAL is grown to it before the first commit, for growing a file makes its fsync dear. */
const walBytes = 16 * 1_048_576;
/** What is written is brought to the database each time when so much is new, behind the answers. */
const checkpointBytes = walBytes / 16;

if (parentPort === null) throw new Error('a log runs in a thread of its own');
const port = parentPort;
const database = open(join(workerData as string, 'log'));
const begin = database.prepare('BEGIN IMMEDIATE');
const insert = database.prepare('INSERT INTO log VALUES (?, ?)');
const commit = database.prepare('COMMIT');
const checkpoint = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');
let bytesSinceCheckpoint = 0;

port.on('message', (first: Appended) => {
  begin.run();
  let last = first;
  for (let next: Appended | undefined = first; next !== undefined; next = waiting()) {
    insert.run(next.number, next.bytes);
    bytesSinceCheckpoint += next.bytes.length;
    last = next;
  }
  commit.run();
  port.postMessage(last.number);
  if (bytesSinceCheckpoint < checkpointBytes) return;
  bytesSinceCheckpoint = 0;
  checkpoint.all();
});

function waiting(): Appended | undefined {
  return (receiveMessageOnPort(port) as { message: Appended } | undefined)?.message;
}

function open(path: string): Database.Database {
  const opened = new Database(path);
  opened.exec('PRAGMA locking_mode = EXCLUSIVE');
  opened.exec('PRAGMA journal_mode = WAL');
  opened.exec('PRAGMA wal_autocheckpoint = 0');
  // Once it is a WAL, for the library sets NORMAL then.
  opened.exec('PRAGMA synchronous = FULL');
  opened.exec('CREATE TABLE log (number INTEGER PRIMARY KEY, bytes BLOB)');
  // What is larger than the cache spills into the WAL, whose file keeps its size.
  opened.exec('PRAGMA cache_size = 8');
  opened.exec('BEGIN');
  opened.exec(`INSERT INTO log VALUES (0, zeroblob(${String(walBytes)}))`);
  opened.exec('ROLLBACK');
  opened.exec('PRAGMA cache_size = -16384');
  return opened;
}
