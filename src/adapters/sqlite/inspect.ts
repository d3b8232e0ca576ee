// Looks into the data directory of a peer that does not run, and leaves it as it is: everything happens on a copy, since
// merely opening a database with a WAL changes it. Of a running peer the copy may be torn, and then says so.

import { constants, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { LogEntry, LogPosition } from '../../model/log-entry.ts';
import type { Zxid } from '../../model/zxid.ts';
import type { StoredState } from '../../ports/store.ts';
import { smallestInteger, type SqliteConnection } from './connection.ts';
import { PeerDatabase } from './database.ts';
import { databaseName, exists, guardName, refuseDiverged } from './directory.ts';
import { entriesOf } from './entry-codec.ts';
import { storeFailureOf, unusable } from './failure.ts';
import { readGuard, type GuardRecord } from './guard.ts';
import { hasTables, verifyHistory } from './load.ts';
import { readMeta } from './meta-row.ts';
import { connect } from './pragmas.ts';

export interface Inspection {
  /** `commit` and the log's end are as far as the log could be verified. */
  readonly state: StoredState;
  readonly guard: GuardRecord | undefined;
  readonly log: {
    readonly first: Zxid | undefined;
    readonly last: LogPosition;
    readonly entries: number;
    readonly bytes: number;
  };
  /** Why a peer would not start on this; empty when all is well. */
  readonly problems: readonly string[];
  /** Also what lies behind a problem, as far as it can be read. */
  entries(): Generator<LogEntry>;
  snapshotChunks(): Generator<Uint8Array>;
  /** Deletes the copy. */
  close(): void;
}

/** Looks into a dead peer's directory. Throws `StoreFailed` when there is nothing that could be shown. */
export function inspect(directory: string): Inspection {
  const source = join(directory, databaseName);
  if (!exists(source)) throw unusable(directory, `there is no ${databaseName} in it`);
  const copy = mkdtempSync(join(tmpdir(), 'quoll-inspect-'));
  const remove = (): void => {
    rmSync(copy, { recursive: true, force: true });
  };
  try {
    for (const suffix of ['', '-wal', '-journal']) {
      if (!exists(source + suffix)) continue;
      const target = join(copy, databaseName + suffix);
      copyFileSync(source + suffix, target, constants.COPYFILE_FICLONE);
    }
    const connection = connect(join(copy, databaseName), directory);
    try {
      return inspectCopy(connection, directory, () => {
        connection.close();
        remove();
      });
    } catch (error) {
      connection.close();
      throw error;
    }
  } catch (error) {
    remove();
    throw error;
  }
}

function inspectCopy(
  connection: SqliteConnection,
  directory: string,
  close: () => void,
): Inspection {
  if (!hasTables(connection, directory)) throw unusable(directory, 'no peer has started in it yet');
  const database = new PeerDatabase(connection, directory, readMeta(connection, directory));
  const problems: string[] = [];
  try {
    refuseDiverged(directory);
  } catch (error) {
    problems.push(storeFailureOf(error, directory).message);
  }
  let first: Zxid | undefined;
  let entries = 0;
  let bytes = 0;
  try {
    verifyHistory(database, directory, {
      wanted: undefined,
      onRow: (run, places) => {
        first ??= places[0]?.zxid;
        entries += places.length;
        bytes += run.length;
      },
    });
  } catch (error) {
    problems.push(storeFailureOf(error, directory).message);
  }
  return {
    state: database.state,
    guard: readGuard(join(directory, guardName)),
    log: { first, last: database.log.last, entries, bytes },
    problems,
    entries: () => readEntries(connection),
    snapshotChunks: () => readChunks(database),
    close,
  };
}

function* readEntries(connection: SqliteConnection): Generator<LogEntry> {
  const next = connection.statement(
    'SELECT first, entries FROM log WHERE first > ? ORDER BY first LIMIT 1',
  );
  let after = smallestInteger;
  for (;;) {
    const row = next.get(after) as { first: bigint; entries: Buffer } | undefined;
    if (row === undefined) return;
    yield* entriesOf(row.entries);
    // In a damaged file what is found may lie before what was asked for.
    if (row.first <= after) return;
    after = row.first;
  }
}

function* readChunks(database: PeerDatabase): Generator<Uint8Array> {
  const { snapshot } = database.meta;
  if (snapshot === null) return;
  for (let sequence = 0; sequence < snapshot.chunks; sequence++) {
    const chunk = database.chunks.get(snapshot.generation, sequence);
    if (chunk === undefined) return;
    yield chunk;
  }
}
