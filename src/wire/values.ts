import { MalformedBytes, type ByteReader, type ByteWriter } from '../base/bytes.ts';
import { assert } from '../base/assert.ts';
import { openAcl, type Acl } from '../model/acl.ts';
import {
  noSession,
  serverId,
  sessionIdFromWords,
  sessionIdHigh,
  sessionIdLow,
  type Nonce,
  type ServerId,
  type SessionId,
} from '../model/ids.ts';
import { firstLevel } from '../model/level.ts';
import { writeChain, type ChainHash, type LogPosition } from '../model/log-entry.ts';
import {
  decodeMembership,
  encodeMembership,
  levelOf,
  type Membership,
  type Voter,
} from '../model/membership.ts';
import { parsePath, type ZnodePath } from '../model/path.ts';
import type { Stat } from '../model/stat.ts';
import { readZxid, writeZxid, type Zxid } from '../model/zxid.ts';

// The values that several formats share. A pair of functions per value; readers throw `MalformedBytes` alone.

/** The most peers that a list can have: server ids go up to 255. */
export const peersMax = 255;

/**
 * Gives bytes as a plain Uint8Array, as views in `ByteReader` are read, whatever was given: a Buffer's `slice` would
 * not copy.
 */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.constructor === Uint8Array) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

interface Choice<Value extends string> {
  write(writer: ByteWriter, value: Value): void;
  read(reader: ByteReader): Value;
}

/**
 * Makes the codec of a union of words, one byte each. The table is total, so a new word does not compile until it has a
 * number.
 */
export function choice<Value extends string>(
  numbers: Readonly<Record<Value, number>>,
): Choice<Value> {
  const words: (Value | undefined)[] = [];
  for (const word of Object.keys(numbers) as Value[]) {
    assert(words[numbers[word]] === undefined, 'every word has a number of its own', { word });
    words[numbers[word]] = word;
  }
  return {
    write(writer, value) {
      writer.u8(numbers[value]);
    },
    read(reader) {
      const number = reader.u8();
      const word = words[number];
      if (word === undefined) {
        throw new MalformedBytes(
          `${String(number)} is none of ${words.filter(Boolean).join(', ')}`,
        );
      }
      return word;
    },
  };
}

/** Reads bits that say which optional fields follow; a bit that this version does not know is refused. */
export function readFlags(reader: ByteReader, known: number): number {
  const flags = reader.u8();
  if ((flags & ~known) !== 0) throw new MalformedBytes(`flags ${String(flags)}`);
  return flags;
}

export function writeList<Item>(
  writer: ByteWriter,
  items: readonly Item[],
  write: (writer: ByteWriter, item: Item) => void,
): void {
  writer.u32(items.length);
  for (const item of items) write(writer, item);
}

/**
 * Reads a list. `bytesEach` is the least that an item takes: counts that cannot be true are refused before anything is
 * made.
 */
export function readList<Item>(
  reader: ByteReader,
  bytesEach: number,
  read: (reader: ByteReader) => Item,
  countMax = Infinity,
): Item[] {
  const count = reader.count(bytesEach);
  if (count > countMax) {
    throw new MalformedBytes(`a count of ${String(count)}, at most ${String(countMax)} is allowed`);
  }
  const items: Item[] = [];
  for (let index = 0; index < count; index++) items.push(read(reader));
  return items;
}

export function readServerId(reader: ByteReader): ServerId {
  const id = reader.u8();
  if (id === 0) throw new MalformedBytes('server id 0');
  return serverId(id);
}

/** Nonces and cluster ids: hex digits, or empty for "none". */
const identifierBytesMax = 64;

export function readIdentifier(reader: ByteReader): string {
  const bytes = reader.bytes();
  if (bytes.length > identifierBytesMax) throw new MalformedBytes('an identifier that is too long');
  return String.fromCharCode(...bytes.map(asciiOnly));
}

function asciiOnly(byte: number): number {
  if (byte < 0x20 || byte > 0x7e) throw new MalformedBytes('an identifier that is not ASCII');
  return byte;
}

export function writeSession(writer: ByteWriter, session: SessionId): void {
  writer.u32(sessionIdHigh(session)).u32(sessionIdLow(session));
}

export function readSession(reader: ByteReader): SessionId {
  const session = readSessionOrNone(reader);
  if (session === noSession) throw new MalformedBytes('session id 0');
  return session;
}

function readSessionOrNone(reader: ByteReader): SessionId {
  const high = reader.u32();
  const low = reader.u32();
  if (high > 0x7fff_ffff) throw new MalformedBytes('a session id above 63 bits');
  if (high === 0 && low === 0) return noSession;
  return sessionIdFromWords(high, low);
}

const chainBytes = 16;
const hexCodes = '0123456789abcdef';
/** The digits of the chain that is being read. */
const chainCodes = new Array<number>(chainBytes * 2).fill(0);

export function readChain(reader: ByteReader): ChainHash {
  for (let index = 0; index < chainBytes * 2; index += 2) {
    const byte = reader.u8();
    chainCodes[index] = hexCodes.charCodeAt(byte >>> 4);
    chainCodes[index + 1] = hexCodes.charCodeAt(byte & 0xf);
  }
  // One string: digits that are added to each other make a tree of strings.
  return String.fromCharCode(...chainCodes) as ChainHash;
}

export function writePosition(writer: ByteWriter, position: LogPosition): void {
  writeZxid(writer, position.zxid);
  writeChain(writer, position.chain);
}

export function readPosition(reader: ByteReader): LogPosition {
  return { zxid: readZxid(reader), chain: readChain(reader) };
}

function writeVoter(writer: ByteWriter, voter: Voter): void {
  writer.u8(voter.id).text(voter.nonce);
}

function readVoter(reader: ByteReader): Voter {
  return { id: readServerId(reader), nonce: readIdentifier(reader) as Nonce };
}

export function writeVoters(writer: ByteWriter, voters: readonly Voter[]): void {
  writeList(writer, voters, writeVoter);
}

export function readVoters(reader: ByteReader): Voter[] {
  return readList(reader, 5, readVoter, peersMax);
}

/**
 * As ever at the first level. Above it as the log has it, behind an empty cluster id: no peer of an earlier
 * version reads that as a list of voters.
 */
export function writeMembership(writer: ByteWriter, membership: Membership): void {
  if (levelOf(membership) > firstLevel) writer.text('').bytes(encodeMembership(membership));
  else {
    writer.text(membership.clusterId);
    writeVoters(writer, membership.voters);
  }
}

export function readMembership(reader: ByteReader): Membership {
  const clusterId = readIdentifier(reader);
  if (clusterId === '') return decodeMembership(reader.bytes());
  return { clusterId, voters: readVoters(reader) };
}

/** The length that stands for null: null and empty data are different things. */
const nullLength = 0xffff_ffff;

export function writeData(writer: ByteWriter, data: Uint8Array | null): void {
  if (data === null) writer.u32(nullLength);
  else writer.bytes(data);
}

/** Reads data as a view, not a copy. */
export function readData(reader: ByteReader): Uint8Array | null {
  const length = reader.u32();
  return length === nullLength ? null : reader.raw(length);
}

/** Open ACLs are nearly all there are: one byte, and one object in memory. */
const openAclTag = 0;
const listedAclTag = 1;

export function writeAcl(writer: ByteWriter, acl: Acl): void {
  if (isOpen(acl)) {
    writer.u8(openAclTag);
    return;
  }
  writer.u8(listedAclTag).u32(acl.length);
  for (const entry of acl) writer.i32(entry.permissions).text(entry.scheme).text(entry.id);
}

function isOpen(acl: Acl): boolean {
  if (acl === openAcl) return true;
  const entry = acl[0];
  const open = openAcl[0];
  return (
    acl.length === 1 &&
    entry?.permissions === open?.permissions &&
    entry?.scheme === open?.scheme &&
    entry?.id === open?.id
  );
}

export function readAcl(reader: ByteReader): Acl {
  const tag = reader.u8();
  if (tag === openAclTag) return openAcl;
  if (tag !== listedAclTag) throw new MalformedBytes(`an ACL of form ${String(tag)}`);
  return readList(reader, 12, (from) => ({
    permissions: from.i32(),
    scheme: from.text(),
    id: from.text(),
  }));
}

export function writeStat(writer: ByteWriter, stat: Stat): void {
  writeZxid(writer, stat.czxid);
  writeZxid(writer, stat.mzxid);
  // As `u53`, which would have to be given a number made for it.
  writer.i32(Math.floor(stat.ctime / 0x1_0000_0000) | 0).i32(stat.ctime | 0);
  writer.i32(Math.floor(stat.mtime / 0x1_0000_0000) | 0).i32(stat.mtime | 0);
  writer.i32(stat.version).i32(stat.cversion).i32(stat.aversion);
  writeSession(writer, stat.ephemeralOwner);
  writer.u32(stat.dataLength).u32(stat.numChildren);
  writeZxid(writer, stat.pzxid);
}

export function readStat(reader: ByteReader): Stat {
  return {
    czxid: readZxid(reader),
    mzxid: readZxid(reader),
    ctime: reader.u53(),
    mtime: reader.u53(),
    version: reader.i32(),
    cversion: reader.i32(),
    aversion: reader.i32(),
    ephemeralOwner: readSessionOrNone(reader),
    dataLength: reader.u32(),
    numChildren: reader.u32(),
    pzxid: readZxid(reader),
  };
}

/** Reads a path from a peer's client: checked by the rules, as the leader trusts no other peer's door. */
export function readPath(reader: ByteReader, sequential = false): ZnodePath {
  const path = parsePath(reader.text(), { sequential });
  if (typeof path !== 'string') throw new MalformedBytes(`a path: ${path.complaint}`);
  return path;
}

export function writeOptionalZxid(writer: ByteWriter, value: Zxid | undefined): void {
  writer.bool(value !== undefined);
  if (value !== undefined) writeZxid(writer, value);
}

export function readOptionalZxid(reader: ByteReader): Zxid | undefined {
  return reader.bool() ? readZxid(reader) : undefined;
}
