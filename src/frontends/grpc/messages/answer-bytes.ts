import { assert } from '../../../base/assert.ts';
import { noSession, sessionIdHigh, sessionIdLow, type SessionId } from '../../../model/ids.ts';
import type { Stat } from '../../../model/stat.ts';
import { zxidHigh, zxidLow, type Zxid } from '../../../model/zxid.ts';
import type { AnswerMeta } from '../../../service/call.ts';
import { millisecondsOrNever, roleNumbers } from './encode.ts';

// The answers that there are most of, model -> bytes without a message in between. They are the bytes that the library makes
// of what `encode.ts` gives, zeros included, which a test holds.

/** All that an answer has beside data, with room to spare; used anew for each. */
const written = Buffer.allocUnsafe(512);
let at = 0;

/** Of protobuf: how a field's value is written. */
const wireType = { varint: 0, length: 2 } as const;

/** Encodes a `GetResponse`. */
export function getBytes({ data, stat }: Found, meta: AnswerMeta): Buffer {
  at = 0;
  if (data === null) putFlag(2, true);
  putStat(3, stat);
  putMeta(4, meta);
  if (data === null) return taken();
  // In front of the rest, and put down behind it.
  const restBytes = at;
  putTag(1, wireType.length);
  putVarint(0, data.length);
  const dataAt = at - restBytes;
  const bytes = Buffer.allocUnsafe(at + data.length);
  written.copy(bytes, 0, restBytes, at);
  bytes.set(data, dataAt);
  written.copy(bytes, dataAt + data.length, 0, restBytes);
  return bytes;
}

interface Found {
  readonly data: Uint8Array | null;
  readonly stat: Stat;
}

/** Encodes an `ExistsResponse`. */
export function existsBytes(stat: Stat, meta: AnswerMeta): Buffer {
  at = 0;
  putStat(1, stat);
  putMeta(2, meta);
  return taken();
}

/** Encodes a `SetResponse`. */
export function setBytes(
  { stat, isCreated }: { readonly stat: Stat; readonly isCreated: boolean },
  { zxid, replayed }: { readonly zxid: Zxid; readonly replayed: boolean },
  meta: AnswerMeta,
): Buffer {
  at = 0;
  putStat(1, stat);
  putFlag(2, isCreated);
  putZxid(3, zxid);
  putFlag(4, replayed);
  putMeta(5, meta);
  return taken();
}

function taken(): Buffer {
  const bytes = Buffer.allocUnsafe(at);
  written.copy(bytes, 0, 0, at);
  return bytes;
}

function putStat(field: number, stat: Stat): void {
  const start = begin(field);
  putZxid(1, stat.czxid);
  putZxid(2, stat.mzxid);
  putNumber(3, stat.ctime);
  putNumber(4, stat.mtime);
  putNumber(5, stat.version);
  putNumber(6, stat.cversion);
  putNumber(7, stat.aversion);
  putSession(8, stat.ephemeralOwner);
  putNumber(9, stat.dataLength);
  putNumber(10, stat.numChildren);
  putZxid(11, stat.pzxid);
  end(start);
}

function putMeta(field: number, { zxid, role, leaderContactMs }: AnswerMeta): void {
  const start = begin(field);
  putZxid(1, zxid);
  putNumber(2, roleNumbers[role]);
  putNumber(3, millisecondsOrNever(leaderContactMs));
  end(start);
}

/** Begins a message within: eleven fields of eleven bytes are the longest, so its length takes one byte. */
function begin(field: number): number {
  putTag(field, wireType.length);
  return ++at;
}

function end(start: number): void {
  const length = at - start;
  assert(length < 0x80, 'a message within an answer is longer than any can be');
  written[start - 1] = length;
}

function putZxid(field: number, zxid: Zxid): void {
  putTag(field, wireType.varint);
  putVarint(zxidHigh(zxid), zxidLow(zxid));
}

function putSession(field: number, session: SessionId): void {
  putTag(field, wireType.varint);
  if (session === noSession) putVarint(0, 0);
  else putVarint(sessionIdHigh(session), sessionIdLow(session));
}

/** Of int32 and int64: what is below zero has the sign in all of its 64 bits. */
function putNumber(field: number, value: number): void {
  putTag(field, wireType.varint);
  putVarint(Math.floor(value / 0x1_0000_0000) >>> 0, value >>> 0);
}

function putFlag(field: number, value: boolean): void {
  putTag(field, wireType.varint);
  written[at++] = value ? 1 : 0;
}

function putTag(field: number, type: number): void {
  written[at++] = (field << 3) | type;
}

/** Seven bits a byte, the lowest first, and a bit that says that more follow; of a number in two words of 32 bits. */
function putVarint(high: number, low: number): void {
  let upper = high;
  let lower = low;
  while (upper > 0 || lower > 0x7f) {
    written[at++] = (lower & 0x7f) | 0x80;
    lower = ((lower >>> 7) | (upper << 25)) >>> 0;
    upper >>>= 7;
  }
  written[at++] = lower;
}
