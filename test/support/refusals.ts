import assert from 'node:assert/strict';
import { join } from 'node:path';
import { SqliteConnection } from '../../src/adapters/sqlite/connection.ts';
import type { PeerProcess } from './ensemble.ts';
import { until } from './until.ts';

/** Exit code of the command line, for what stands in its way outside of its configuration. */
export const failed = 1;
/** Exit code of the command line, for mistakes in the configuration. */
export const misconfigured = 2;
/** Exit code of a peer, for what it found in its data. */
export const fatal = 70;

/** Starts the peer, which must end by itself with this code, having said all of that. */
export async function assertRefuses(
  peer: PeerProcess,
  code: number,
  ...says: readonly RegExp[]
): Promise<string> {
  const before = peer.log.length;
  peer.start();
  assert.equal(await peer.ended(), code, peer.log.slice(before));
  for (const words of says) {
    // The end of the process may be seen before the last of its output.
    await until(`${String(words)} in:\n${peer.log.slice(before)}`, () =>
      words.test(peer.log.slice(before)),
    );
  }
  return peer.log.slice(before);
}

/** Flips one bit of a blob, and nothing else: the row keeps its checksum. */
export function flipBit(
  dataDir: string,
  table: 'log' | 'chunk',
  column: 'entries' | 'bytes',
): void {
  changeDatabase(dataDir, (database) => {
    const row = database
      .statement(`SELECT rowid AS at, ${column} AS bytes FROM ${table} ORDER BY rowid DESC LIMIT 1`)
      .get() as { at: bigint; bytes: Buffer } | undefined;
    assert.ok(row !== undefined, `there is a row in ${table}`);
    const middle = Math.floor(row.bytes.length / 2);
    row.bytes[middle] = (row.bytes[middle] ?? 0) ^ 0x10;
    database.statement(`UPDATE ${table} SET ${column} = ? WHERE rowid = ?`).run(row.bytes, row.at);
  });
}

/** Changes what lies in a data directory that no peer uses now. */
export function changeDatabase(dataDir: string, work: (database: SqliteConnection) => void): void {
  const database = new SqliteConnection(join(dataDir, 'node.db'), 0);
  try {
    work(database);
  } finally {
    database.close();
  }
}

export const othersHaveIt =
  /No acknowledged write is lost as long as a quorum of the other peers is well/;
export const moveAway = /Move the directory away \(mv \S+ \S+\.damaged\) and start again/;
