import { ByteReader, ByteWriter, MalformedBytes, roomFor } from '../base/bytes.ts';
import { unreachable } from '../base/assert.ts';
import { openAcl } from '../model/acl.ts';
import { noSession } from '../model/ids.ts';
import type { ZnodePath } from '../model/path.ts';
import type { Stat } from '../model/stat.ts';
import type { Change, IdempotentUse, OwnedKind, Txn } from '../model/txn.ts';
import { readZxid, writeZxid, zeroZxid } from '../model/zxid.ts';
import {
  choice,
  plainBytes,
  readAcl,
  readData,
  readFlags,
  readSession,
  readStat,
  writeAcl,
  writeData,
  writeSession,
  writeStat,
} from './values.ts';

// Txns as the log holds them. On every write's path, on every peer: one buffer for all, no object per field.
//
//   version u8, flags u8, timeMs u53, [session], [key text, fingerprint bytes, [owner text]], [forgetUpTo], count u32,
//   changes
//
// A reader of a newer format must keep reading this one: logs outlive the program that wrote them. A txn that says no
// more than the format before could is written in that one.

const version = 4;
/** Keys are forgotten by the times of txns. */
const byTimeVersion = 3;
/** And without the owners of keys. */
const ownerlessVersion = 2;
/** And without the stats and ACLs that watchers need. */
const bareVersion = 1;

const hasSession = 1;
const isOrElse = 2;
const isIdempotent = 4;
const isOwned = 8;
const forgets = 16;

/** By format. */
const knownFlags = [
  0,
  hasSession | isOrElse | isIdempotent,
  hasSession | isOrElse | isIdempotent,
  hasSession | isOrElse | isIdempotent | isOwned,
  hasSession | isOrElse | isIdempotent | isOwned | forgets,
];

/** A larger buffer is not kept: it is what the txn is given out in, as far as it is full. */
const keptBytesMax = 131_072;
/** Room is made for more changes than this at once. */
const reservedForMin = 16;
/** What a check has beside its path, and any other change beside path and data, about. */
const checkBytes = 9;
const changeBytes = 96;
const writer = new ByteWriter(4_096);

export function encodeTxn(txn: Txn): Uint8Array {
  writer.reset();
  writeTxn(writer, txn);
  return writer.length > keptBytesMax ? writer.detach() : writer.takeShared();
}

/**
 * Decodes a txn. Throws `MalformedBytes`. The txn shares no memory with the bytes: znodes outlive the log page they
 * came from.
 */
export function decodeTxn(bytes: Uint8Array): Txn {
  const reader = new ByteReader(plainBytes(bytes));
  const txn = readTxn(reader);
  reader.end();
  return txn;
}

export const txnCodec = { encode: encodeTxn, decode: decodeTxn };

function writeTxn(to: ByteWriter, txn: Txn): void {
  const { session, idempotency, changes, forgetUpTo } = txn;
  const owner = idempotency?.owner;
  const older = owner === undefined ? ownerlessVersion : byTimeVersion;
  to.u8(txn.forgetsByTime === true ? older : version).u8(
    (session === undefined ? 0 : hasSession) |
      (txn.branch === 'orElse' ? isOrElse : 0) |
      (idempotency === undefined ? 0 : isIdempotent) |
      (owner === undefined ? 0 : isOwned) |
      (forgetUpTo === undefined ? 0 : forgets),
  );
  to.u53(txn.timeMs);
  if (session !== undefined) writeSession(to, session);
  if (idempotency !== undefined) to.text(idempotency.key).bytes(idempotency.fingerprint);
  if (owner !== undefined) to.text(owner);
  if (forgetUpTo !== undefined) writeZxid(to, forgetUpTo);
  to.u32(changes.length);
  if (changes.length > reservedForMin) to.reserve(bytesAbout(changes));
  for (const change of changes) writeChange(to, change);
}

/** Many changes take a megabyte: a buffer that grows to that copies it several times. */
function bytesAbout(changes: readonly Change[]): number {
  let bytes = 0;
  let longest = 0;
  for (const change of changes) {
    if (!('path' in change)) continue;
    const { length } = change.path;
    bytes += length + (change.change === 'check' ? checkBytes : changeBytes);
    if ('data' in change && change.data !== null) bytes += change.data.length;
    longest = Math.max(longest, length);
  }
  return roomFor(bytes, longest);
}

function readTxn(from: ByteReader): Txn {
  const found = from.u8();
  const isBare = found === bareVersion;
  if (found > version || found < bareVersion) {
    throw new MalformedBytes(
      `a txn of format ${String(found)}, and this program reads format ${String(version)}: ` +
        'run the newer Quoll that wrote it; nothing was changed',
    );
  }
  const flags = readFlags(from, knownFlags[found] ?? 0);
  const timeMs = from.u53();
  const session = (flags & hasSession) === 0 ? undefined : readSession(from);
  const idempotency = (flags & isIdempotent) === 0 ? undefined : readUse(from, flags);
  const forgetUpTo = (flags & forgets) === 0 ? undefined : readZxid(from);
  const changes: Change[] = [];
  for (let left = from.count(leastChangeBytes); left > 0; left--) {
    changes.push(readChange(from, isBare));
  }
  const branch = (flags & isOrElse) === 0 ? 'ops' : 'orElse';
  // Set one by one: spreading optional fields costs more than all the rest.
  const txn: { -readonly [Field in keyof Txn]: Txn[Field] } = { timeMs, changes, branch };
  if (isBare) txn.isBare = true;
  if (found < version) txn.forgetsByTime = true;
  if (session !== undefined) txn.session = session;
  if (idempotency !== undefined) txn.idempotency = idempotency;
  if (forgetUpTo !== undefined) txn.forgetUpTo = forgetUpTo;
  return txn;
}

function readUse(from: ByteReader, flags: number): IdempotentUse {
  const use = { key: from.text(), fingerprint: copyOf(from.bytes()) };
  return (flags & isOwned) === 0 ? use : { ...use, owner: from.text() };
}

/** A `closeSession`, or a `check` of the root. */
const leastChangeBytes = 10;

const changeTag = {
  create: 1,
  set: 2,
  delete: 3,
  setAcl: 4,
  check: 5,
  createSession: 6,
  moveSession: 7,
  closeSession: 8,
} as const satisfies Record<Change['change'], number>;

const closeReason = choice<'closed' | 'expired'>({ closed: 0, expired: 1 });

function writeChange(to: ByteWriter, change: Change): void {
  to.u8(changeTag[change.change]);
  switch (change.change) {
    case 'create':
      to.text(change.path).i32(change.answers);
      writeData(to, change.data);
      writeAcl(to, change.acl);
      writeOwned(to, change.owned);
      to.u32(change.parentCreates);
      writeAcl(to, change.parentAcl);
      return;
    case 'set':
      to.text(change.path).i32(change.answers);
      writeData(to, change.data);
      writeStat(to, change.stat);
      writeAcl(to, change.acl);
      return;
    case 'delete':
      to.text(change.path).i32(change.answers);
      writeStat(to, change.stat);
      writeAcl(to, change.acl);
      writeAcl(to, change.parentAcl);
      return;
    case 'setAcl':
      to.text(change.path).i32(change.answers);
      writeAcl(to, change.acl);
      to.i32(change.aversion);
      return;
    case 'check':
      to.text(change.path).i32(change.answers);
      return;
    case 'createSession':
      writeSession(to, change.session);
      to.u53(change.timeoutMs).bytes(change.secretHash);
      return;
    case 'moveSession':
      writeSession(to, change.session);
      to.text(change.owner);
      return;
    case 'closeSession':
      writeSession(to, change.session);
      closeReason.write(to, change.reason);
      return;
    default:
      unreachable(change);
  }
}

function readChange(from: ByteReader, isBare: boolean): Change {
  const tag = from.u8();
  switch (tag as (typeof changeTag)[Change['change']]) {
    case changeTag.create:
      return {
        change: 'create',
        path: readTxnPath(from),
        answers: from.i32(),
        data: copyOf(readData(from)),
        acl: readAcl(from),
        owned: readOwned(from),
        parentCreates: from.u32(),
        parentAcl: isBare ? openAcl : readAcl(from),
      };
    case changeTag.set:
      return {
        change: 'set',
        path: readTxnPath(from),
        answers: from.i32(),
        data: copyOf(readData(from)),
        stat: isBare ? bareStat(from.i32()) : readStat(from),
        acl: isBare ? openAcl : readAcl(from),
      };
    case changeTag.delete:
      return {
        change: 'delete',
        path: readTxnPath(from),
        answers: from.i32(),
        stat: readStat(from),
        acl: readAcl(from),
        parentAcl: isBare ? openAcl : readAcl(from),
      };
    case changeTag.setAcl:
      return {
        change: 'setAcl',
        path: readTxnPath(from),
        answers: from.i32(),
        acl: readAcl(from),
        aversion: from.i32(),
      };
    case changeTag.check:
      return { change: 'check', path: readTxnPath(from), answers: from.i32() };
    case changeTag.createSession:
      return {
        change: 'createSession',
        session: readSession(from),
        timeoutMs: from.u53(),
        secretHash: copyOf(from.bytes()),
      };
    case changeTag.moveSession:
      return { change: 'moveSession', session: readSession(from), owner: from.text() };
    case changeTag.closeSession:
      return { change: 'closeSession', session: readSession(from), reason: closeReason.read(from) };
    default:
      throw new MalformedBytes(`a change of kind ${String(tag)}`);
  }
}

/** Format 1 says the version alone; nobody reads the rest of a bare txn. */
function bareStat(version: number): Stat {
  return {
    czxid: zeroZxid,
    mzxid: zeroZxid,
    ctime: 0,
    mtime: 0,
    version,
    cversion: 0,
    aversion: 0,
    ephemeralOwner: noSession,
    dataLength: 0,
    numChildren: 0,
    pzxid: zeroZxid,
  };
}

/** Was checked when the leader made the txn; here only that it is a path at all. */
function readTxnPath(from: ByteReader): ZnodePath {
  const path = from.text();
  if (!path.startsWith('/')) throw new MalformedBytes('a path that is not absolute');
  return path as ZnodePath;
}

/** In memory of its own: an event may keep data for as long as a reader takes to come by. */
function copyOf<Bytes extends Uint8Array | null>(view: Bytes): Bytes {
  return (view === null ? null : new Uint8Array(view)) as Bytes;
}

const ownedKind = choice<OwnedKind['kind']>({ persistent: 0, ephemeral: 1, container: 2, ttl: 3 });

function writeOwned(to: ByteWriter, owned: OwnedKind): void {
  ownedKind.write(to, owned.kind);
  if (owned.kind === 'ephemeral') writeSession(to, owned.owner);
  else if (owned.kind === 'ttl') to.u53(owned.ttlMs);
}

function readOwned(from: ByteReader): OwnedKind {
  const kind = ownedKind.read(from);
  switch (kind) {
    case 'ephemeral':
      return { kind, owner: readSession(from) };
    case 'ttl':
      return { kind, ttlMs: from.u53() };
    case 'persistent':
    case 'container':
      return { kind };
  }
}
