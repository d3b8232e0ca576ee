// All that is not log and not snapshot: one row, small, written as a whole.

import { crc32 } from 'node:zlib';

import { fromUtf8, utf8 } from '../../base/bytes.ts';
import type { Nonce, ServerId } from '../../model/ids.ts';
import { emptyLog, type LogPosition } from '../../model/log-entry.ts';
import type { Membership } from '../../model/membership.ts';
import type { Seed } from '../../model/seed.ts';
import { zeroZxid, type Zxid } from '../../model/zxid.ts';
import type { StoredSnapshot } from '../../ports/store.ts';
import type { SqliteConnection } from './connection.ts';
import { corrupt } from './failure.ts';

export interface MetaSnapshot {
  readonly generation: number;
  readonly at: LogPosition;
  readonly membership: Membership | null;
  readonly chunks: number;
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
}

/** What the meta row holds. Kept as JSON: it is rare, and a person may have to read it. */
export interface Meta {
  serverId: ServerId;
  nonce: Nonce;
  incarnation: number;
  acceptedEpoch: number;
  currentEpoch: number;
  founded: Membership | null;
  /** Rows of before there were seeds have none. */
  seed?: Seed | null;
  base: LogPosition;
  baseMembership: Membership | null;
  /** The highest hint when the row was last written; rows of the log may know better. */
  commit: Zxid;
  snapshot: MetaSnapshot | null;
}

export function firstMeta(serverId: ServerId, nonce: Nonce): Meta {
  return {
    serverId,
    nonce,
    incarnation: 0,
    acceptedEpoch: 0,
    currentEpoch: 0,
    founded: null,
    base: emptyLog,
    baseMembership: null,
    commit: zeroZxid,
    snapshot: null,
  };
}

export function readMeta(connection: SqliteConnection, directory: string): Meta {
  const row = connection.statement('SELECT body, crc FROM meta WHERE id = 1').get() as
    { body: Buffer; crc: bigint } | undefined;
  if (row === undefined) throw corrupt(directory, 'the meta row is missing');
  if (BigInt(crc32(row.body)) !== row.crc) {
    throw corrupt(directory, 'the checksum of the meta row is wrong');
  }
  return JSON.parse(fromUtf8(row.body)) as Meta;
}

export function writeMeta(connection: SqliteConnection, meta: Meta): void {
  const body = utf8(JSON.stringify(meta));
  connection.statement('REPLACE INTO meta VALUES (1, ?, ?)').run(body, crc32(body));
}

export function storedSnapshot(snapshot: MetaSnapshot): StoredSnapshot {
  const { at, membership, chunks, bytes, sha256 } = snapshot;
  return { at, membership, chunks, bytes, sha256: new Uint8Array(Buffer.from(sha256, 'hex')) };
}
