// The log: rows of entries, in order, without a gap. Entries gather here during a group and become rows when it ends.

import { crc32 } from 'node:zlib';

import { assert } from '../../base/assert.ts';
import type { LogPosition } from '../../model/log-entry.ts';
import { decodeMembership, type Membership } from '../../model/membership.ts';
import {
  compareZxid,
  maxZxid,
  zeroZxid,
  zxidEquals,
  zxidFollows,
  zxidFromBigint,
  zxidToBigint,
  type Zxid,
} from '../../model/zxid.ts';
import type { LogRange } from '../../ports/store.ts';
import {
  largestInteger,
  smallestInteger,
  type SqliteConnection,
  type Statement,
} from './connection.ts';
import { chainAfter, chainAt, placesOf, type EntryPlace } from './entry-codec.ts';
import { corrupt } from './failure.ts';
import { rowBytesMax } from './schema.ts';

interface LogRow {
  readonly first: bigint;
  readonly last: bigint;
  readonly committed: bigint;
  readonly entries: Buffer;
  readonly crc: bigint;
}

/** A row in the making. */
interface Gathering {
  readonly first: Zxid;
  last: Zxid;
  committed: Zxid;
  readonly pieces: Uint8Array[];
  bytes: number;
}

interface MembershipAt {
  readonly zxid: Zxid;
  readonly membership: Membership;
}

export class LogTable {
  readonly #connection: SqliteConnection;
  readonly #directory: string;
  /** The end of the log, gathered entries included; the base of an empty log. */
  #last: LogPosition;
  /** The highest hint seen. */
  #commit: Zxid = zeroZxid;
  #gathering: Gathering | undefined;
  readonly #insertRow: Statement;
  readonly #findRow: Statement;
  readonly #findNextRow: Statement;
  #memberships: readonly MembershipAt[] = [];

  constructor(connection: SqliteConnection, directory: string, base: LogPosition) {
    this.#connection = connection;
    this.#directory = directory;
    this.#last = base;
    this.#insertRow = connection.statement('INSERT INTO log VALUES (?, ?, ?, ?, ?)');
    this.#findRow = connection.statement(
      'SELECT * FROM log WHERE first <= ? ORDER BY first DESC LIMIT 1',
    );
    this.#findNextRow = connection.statement(
      'SELECT * FROM log WHERE first > ? AND first <= ? ORDER BY first LIMIT 1',
    );
  }

  get last(): LogPosition {
    return this.#last;
  }

  get commit(): Zxid {
    return this.#commit;
  }

  /** Of all entries that carry one, in order; another list whenever it changed. */
  get memberships(): readonly MembershipAt[] {
    return this.#memberships;
  }

  /** Takes a run of entries in at the end of the log. */
  append(run: Uint8Array, committed: Zxid, epochMax: number): void {
    this.#commit = maxZxid(this.#commit, committed);
    const places = placesOf(run);
    for (const place of places) {
      assert(zxidFollows(this.#last.zxid, place.zxid), 'an entry follows the end of the log', {
        last: this.#last.zxid,
        zxid: place.zxid,
      });
      assert(place.zxid.epoch <= epochMax, 'no entry is of an epoch that it may not be of', {
        zxid: place.zxid,
        epochMax,
      });
      this.#remember(run, place);
      this.#gather(run, place, committed);
      this.#last = { zxid: place.zxid, chain: this.#last.chain };
    }
    const final = places.at(-1);
    if (final !== undefined) this.#last = { zxid: final.zxid, chain: chainAt(run, final) };
  }

  /** Everything gathered becomes rows of the transaction that is open. */
  flush(): void {
    const row = this.#gathering;
    if (row === undefined) return;
    this.#gathering = undefined;
    const [only] = row.pieces;
    const entries =
      row.pieces.length === 1 && only !== undefined ? only : Buffer.concat(row.pieces);
    this.#insert(row.first, row.last, row.committed, entries);
  }

  /** Cuts off all after `to`, which must be in the log with that chain. A row it falls into is rewritten. */
  truncate(to: LogPosition, base: LogPosition): void {
    this.flush();
    if (zxidEquals(to.zxid, base.zxid)) {
      assert(to.chain === base.chain, 'the place to cut the log at is in the log', { to, base });
    } else {
      const row = this.#rowAt(to.zxid);
      const places = row === undefined ? [] : placesOf(row.entries);
      const index = places.findIndex((place) => zxidEquals(place.zxid, to.zxid));
      const place = places[index];
      assert(
        row !== undefined && place !== undefined && chainAt(row.entries, place) === to.chain,
        'the place to cut the log at is in the log',
        { to, last: this.#last },
      );
      if (index < places.length - 1) {
        this.#connection.statement('DELETE FROM log WHERE first = ?').run(row.first);
        const kept = row.entries.subarray(0, place.end);
        this.#insert(zxidFromBigint(row.first), to.zxid, zxidFromBigint(row.committed), kept);
      }
    }
    this.#connection.statement('DELETE FROM log WHERE first > ?').run(zxidToBigint(to.zxid));
    this.#memberships = this.#memberships.filter(({ zxid }) => compareZxid(zxid, to.zxid) <= 0);
    this.#last = to;
  }

  /** The whole log gives way to a snapshot that stands at `base`. */
  replaceBy(base: LogPosition): void {
    this.#gathering = undefined;
    this.#connection.statement('DELETE FROM log').run();
    this.#memberships = [];
    this.#last = base;
  }

  /** True when the log, or its base, has an entry with this zxid and this chain. */
  holds(position: LogPosition, base: LogPosition): boolean {
    if (zxidEquals(position.zxid, base.zxid)) return position.chain === base.chain;
    this.flush();
    const row = this.#rowAt(position.zxid);
    if (row === undefined) return false;
    const place = placesOf(row.entries).find(({ zxid }) => zxidEquals(zxid, position.zxid));
    return place !== undefined && chainAt(row.entries, place) === position.chain;
  }

  /** Runs of entries of the range, in order. The caller has checked that the log reaches back to `after`. */
  read(range: LogRange): Uint8Array[] {
    this.flush();
    const after = zxidToBigint(range.after);
    const upTo = zxidToBigint(range.upTo);
    const runs: Uint8Array[] = [];
    let bytes = 0;
    let row = this.#rowAt(range.after) ?? this.#nextRow(after, upTo);
    for (; row !== undefined; row = this.#nextRow(row.first, upTo)) {
      for (const place of placesOf(row.entries)) {
        if (compareZxid(place.zxid, range.after) <= 0) continue;
        bytes += place.end - place.payloadStart;
        if (compareZxid(place.zxid, range.upTo) > 0) return runs;
        if (runs.length > 0 && bytes > range.bytesMax) return runs;
        runs.push(row.entries.subarray(place.start, place.end));
      }
    }
    return runs;
  }

  /**
   * Drops whole rows that end at `upTo` or before, a bounded number of them. Gives the position after which the log now
   * begins, or undefined when there was nothing to drop.
   */
  dropSlice(upTo: Zxid): { base: LogPosition; membership: Membership | null } | undefined {
    this.flush();
    const rows = this.#connection
      .statement('SELECT first, last, length(entries) AS bytes FROM log ORDER BY first LIMIT 512')
      .all() as { first: bigint; last: bigint; bytes: bigint }[];
    let bytes = 0;
    let final: { first: bigint; last: bigint } | undefined;
    for (const row of rows) {
      if (compareZxid(zxidFromBigint(row.last), upTo) > 0 || bytes > 8 * rowBytesMax) break;
      bytes += Number(row.bytes);
      final = row;
    }
    if (final === undefined) return undefined;
    const row = this.#rowAt(zxidFromBigint(final.first));
    const place = row === undefined ? undefined : placesOf(row.entries).at(-1);
    assert(row !== undefined && place !== undefined, 'a row of the log that was there is there');
    const base = { zxid: place.zxid, chain: chainAt(row.entries, place) };
    this.#connection.statement('DELETE FROM log WHERE first <= ?').run(final.first);
    return { base, membership: this.#forgetMemberships(base.zxid) };
  }

  /**
   * Reads every row, checks sums, labels, contiguity and the chain, and hands the runs out in order. Once, at load.
   */
  verify(onRow: (run: Uint8Array, places: readonly EntryPlace[]) => void): void {
    let row = this.#nextRow(smallestInteger, largestInteger);
    for (; row !== undefined; row = this.#nextRow(row.first, largestInteger)) {
      const places = placesOf(row.entries);
      const first = places[0];
      for (const place of places) this.#verifyNext(row.entries, place);
      if (
        first === undefined ||
        zxidToBigint(first.zxid) !== row.first ||
        zxidToBigint(this.#last.zxid) !== row.last
      ) {
        throw corrupt(this.#directory, `row ${row.first.toString(16)} of the log is mislabelled`);
      }
      this.#commit = maxZxid(this.#commit, zxidFromBigint(row.committed));
      onRow(row.entries, places);
    }
  }

  #verifyNext(run: Uint8Array, place: EntryPlace): void {
    const at = `0x${zxidToBigint(place.zxid).toString(16)}`;
    if (!zxidFollows(this.#last.zxid, place.zxid)) {
      throw corrupt(this.#directory, `the log has a gap before ${at}`);
    }
    const chain = chainAt(run, place);
    if (chain !== chainAfter(this.#last.chain, run, place)) {
      throw corrupt(this.#directory, `the chain of the log is broken at ${at}`);
    }
    this.#remember(run, place);
    this.#last = { zxid: place.zxid, chain };
  }

  #remember(run: Uint8Array, place: EntryPlace): void {
    if (place.kind === 'txn') return;
    const membership = decodeMembership(run.subarray(place.payloadStart, place.end));
    this.#memberships = [...this.#memberships, { zxid: place.zxid, membership }];
  }

  #forgetMemberships(upTo: Zxid): Membership | null {
    const kept = this.#memberships.findIndex(({ zxid }) => compareZxid(zxid, upTo) > 0);
    const end = kept < 0 ? this.#memberships.length : kept;
    const last = this.#memberships[end - 1];
    this.#memberships = this.#memberships.slice(end);
    return last?.membership ?? null;
  }

  #gather(run: Uint8Array, place: EntryPlace, committed: Zxid): void {
    const bytes = place.end - place.start;
    if (this.#gathering !== undefined && this.#gathering.bytes + bytes > rowBytesMax) this.flush();
    const row = this.#gathering;
    if (row === undefined) {
      const pieces = [run.subarray(place.start, place.end)];
      this.#gathering = { first: place.zxid, last: place.zxid, committed, pieces, bytes };
      return;
    }
    const piece = row.pieces.at(-1);
    // Pieces of one run lie side by side: one longer piece instead of two.
    if (
      piece?.buffer === run.buffer &&
      piece.byteOffset + piece.length === run.byteOffset + place.start
    ) {
      row.pieces[row.pieces.length - 1] = new Uint8Array(
        run.buffer,
        piece.byteOffset,
        piece.length + bytes,
      );
    } else {
      row.pieces.push(run.subarray(place.start, place.end));
    }
    row.last = place.zxid;
    row.committed = maxZxid(row.committed, committed);
    row.bytes += bytes;
  }

  #insert(first: Zxid, last: Zxid, committed: Zxid, entries: Uint8Array): void {
    const labels = [zxidToBigint(first), zxidToBigint(last), zxidToBigint(committed)] as const;
    this.#insertRow.run(...labels, entries, rowCrc(...labels, entries));
  }

  /** The row with the last `first` that is not above the zxid. */
  #rowAt(value: Zxid): LogRow | undefined {
    const row = this.#findRow.get(zxidToBigint(value)) as LogRow | undefined;
    if (row !== undefined) this.#check(row);
    return row;
  }

  /** The row with the least `first` above `after`, if that is not above `upTo`. */
  #nextRow(after: bigint, upTo: bigint): LogRow | undefined {
    const row = this.#findNextRow.get(after, upTo) as LogRow | undefined;
    if (row === undefined) return undefined;
    this.#check(row);
    // In a damaged file what is found may lie before what was asked for, and reading would never end.
    if (row.first <= after) throw corrupt(this.#directory, 'the rows of the log are out of order');
    return row;
  }

  #check(row: LogRow): void {
    if (BigInt(rowCrc(row.first, row.last, row.committed, row.entries)) !== row.crc) {
      throw corrupt(
        this.#directory,
        `the checksum of row ${row.first.toString(16)} of the log is wrong`,
      );
    }
  }
}

const labelBytes = Buffer.alloc(24);

/** Over all columns. */
function rowCrc(first: bigint, last: bigint, committed: bigint, entries: Uint8Array): number {
  labelBytes.writeBigInt64BE(first, 0);
  labelBytes.writeBigInt64BE(last, 8);
  labelBytes.writeBigInt64BE(committed, 16);
  return crc32(entries, crc32(labelBytes));
}
