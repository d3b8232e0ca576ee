// How log entries lie in a row and travel between the threads: one after the other,
//   chain after the entry (16) | payload length (4) | zxid (8) | kind (1) | payload
// so that what the chain hashes (zxid, kind, payload) is one piece.

import { createHash } from 'node:crypto';

import { MalformedBytes, type ByteWriter } from '../../base/bytes.ts';
import {
  writeChain,
  type ChainHash,
  type EntryKind,
  type LogEntry,
} from '../../model/log-entry.ts';
import { decodeMembership } from '../../model/membership.ts';
import { writeZxid, zxidFromWords, type Zxid } from '../../model/zxid.ts';
import type { LogIndexEntry } from '../../ports/store.ts';

const chainBytes = 16;
const hashedAt = 20;
/** Of an entry, ahead of its payload. */
export const entryHeadBytes = 29;
const lengthBytes = 4;

const kinds: readonly EntryKind[] = ['txn', 'epochStart', 'membership'];

/** Where an entry lies within a run of entries. */
export interface EntryPlace {
  readonly zxid: Zxid;
  readonly kind: EntryKind;
  readonly start: number;
  readonly payloadStart: number;
  readonly end: number;
}

export function writeEntry(writer: ByteWriter, entry: LogEntry): void {
  const { chain, payload, zxid, kind } = entry;
  writeChain(writer, chain);
  writer.u32(payload.length);
  writeZxid(writer, zxid);
  writer.u8(kinds.indexOf(kind)).raw(payload);
}

/** Gives the places of all entries of a run. Throws `MalformedBytes`. */
export function placesOf(run: Uint8Array): EntryPlace[] {
  const view = new DataView(run.buffer, run.byteOffset, run.byteLength);
  const places: EntryPlace[] = [];
  let start = 0;
  while (start < run.length) {
    if (run.length - start < entryHeadBytes) throw new MalformedBytes('a log entry is cut off');
    const end = start + entryHeadBytes + view.getUint32(start + chainBytes);
    const kind = kinds[view.getUint8(start + entryHeadBytes - 1)];
    if (end > run.length || kind === undefined) throw new MalformedBytes('a log entry is damaged');
    const high = view.getUint32(start + hashedAt);
    if (high > 0x7fff_ffff) throw new MalformedBytes('a zxid above 63 bits');
    const zxid = zxidFromWords(high, view.getUint32(start + hashedAt + 4));
    places.push({ zxid, kind, start, payloadStart: start + entryHeadBytes, end });
    start = end;
  }
  return places;
}

export function chainAt(run: Uint8Array, place: EntryPlace): ChainHash {
  const { buffer, byteOffset } = run;
  return Buffer.from(buffer, byteOffset + place.start, chainBytes).toString('hex') as ChainHash;
}

/** Gives what the chain is after this entry when it was `before` ahead of it. */
export function chainAfter(before: ChainHash, run: Uint8Array, place: EntryPlace): ChainHash {
  return createHash('sha256')
    .update(before, 'hex')
    .update(run.subarray(place.start + hashedAt, place.end))
    .digest('hex')
    .slice(0, 2 * chainBytes) as ChainHash;
}

/** Writes an entry as the index needs it: in the place of a txn's payload stands its length. */
export function writeIndexEntry(writer: ByteWriter, run: Uint8Array, place: EntryPlace): void {
  const isTxn = place.kind === 'txn';
  const payloadBytes = place.end - place.payloadStart;
  writer.raw(run.subarray(place.start, place.start + chainBytes));
  writer.u32(isTxn ? lengthBytes : payloadBytes);
  writer.raw(run.subarray(place.start + hashedAt, isTxn ? place.payloadStart : place.end));
  if (isTxn) writer.u32(payloadBytes);
}

/** Gives the entries of an index. */
export function indexEntriesOf(index: Uint8Array): LogIndexEntry[] {
  const view = new DataView(index.buffer, index.byteOffset, index.byteLength);
  return placesOf(index).map((place) => {
    const { zxid, kind, payloadStart, end } = place;
    const isTxn = kind === 'txn';
    return {
      zxid,
      chain: chainAt(index, place),
      kind,
      bytes: isTxn ? view.getUint32(payloadStart) : end - payloadStart,
      membership: isTxn ? null : decodeMembership(index.subarray(payloadStart, end)),
    };
  });
}

/** Gives the entries of a run; their payloads are views into it. */
export function entriesOf(run: Uint8Array): LogEntry[] {
  return placesOf(run).map((place) => ({
    zxid: place.zxid,
    kind: place.kind,
    payload: run.subarray(place.payloadStart, place.end),
    chain: chainAt(run, place),
  }));
}
