import { MalformedBytes, type ByteReader, type ByteWriter } from '../../base/bytes.ts';
import type { Acl } from '../../model/acl.ts';
import type { SessionId } from '../../model/ids.ts';
import type { OwnedKind } from '../../model/txn.ts';
import { readZxid, writeZxid, type Zxid } from '../../model/zxid.ts';
import type { RecordedWrite } from '../replicated/recorded-write.ts';
import type { Session } from '../replicated/sessions.ts';
import { field } from '../tree/znode-records.ts';

// A snapshot is a run of records, cut into chunks between records: header, then sessions, recorded writes, ACLs and
// znodes in any order (an ACL before the first znode that names it), then the end. Ids are numbers within the snapshot.

export const snapshotMagic = 'quoll-snapshot';
export const snapshotVersion = 2;
/** Without the owners of recorded writes: read as before. */
const ownerlessVersion = 1;

export const recordKind = {
  header: 1,
  session: 2,
  write: 3,
  acl: 4,
  znode: 5,
  end: 6,
  /** A recorded write with its owner; `write` is one without. */
  ownedWrite: 7,
} as const;

/** The columns of a znode that are written as they are: all up to and including `numChildren`. */
export const znodeWords = field.numChildren + 1;

export interface SnapshotHeader {
  readonly zxid: Zxid;
  readonly timeMs: number;
  /** All znode ids are below this. */
  readonly idEnd: number;
  readonly znodes: number;
  readonly sessions: number;
  readonly writes: number;
  /** As `StateMachine.digest()` of what is restored. */
  readonly digest: string;
}

export interface ZnodePlace {
  readonly id: number;
  /** 0 for the root. */
  readonly parent: number;
  readonly acl: number;
  readonly words: Uint32Array;
  readonly name: string;
  readonly kind: OwnedKind['kind'];
  readonly data: Uint8Array | null;
}

/** Thrown for a snapshot that was written by a Quoll that knows more than this one. */
export class UnknownSnapshotFormat extends Error {
  constructor(version: number) {
    super(
      `this snapshot has format ${String(version)}, and this Quoll reads format ${String(snapshotVersion)}: ` +
        'start the version that wrote it, or a newer one',
    );
    this.name = 'UnknownSnapshotFormat';
  }
}

const znodeKinds = ['persistent', 'ephemeral', 'container', 'ttl'] as const;

export function writeHeader(writer: ByteWriter, header: SnapshotHeader): void {
  writer.u8(recordKind.header).text(snapshotMagic).u32(snapshotVersion);
  writeZxid(writer, header.zxid);
  writer.u53(header.timeMs).u32(header.idEnd).u32(header.znodes);
  writer.u32(header.sessions).u32(header.writes).text(header.digest);
}

export function readHeader(reader: ByteReader): SnapshotHeader {
  if (reader.u8() !== recordKind.header || reader.text() !== snapshotMagic) {
    throw new MalformedBytes('this is no snapshot');
  }
  const version = reader.u32();
  if (version !== snapshotVersion && version !== ownerlessVersion) {
    throw new UnknownSnapshotFormat(version);
  }
  return {
    zxid: readZxid(reader),
    timeMs: reader.u53(),
    idEnd: reader.u32(),
    znodes: reader.u32(),
    sessions: reader.u32(),
    writes: reader.u32(),
    digest: reader.text(),
  };
}

export function writeSessionRecord(writer: ByteWriter, session: Session): void {
  writer.u8(recordKind.session).text(session.session).u53(session.timeoutMs);
  writer.bytes(session.secretHash).text(session.owner);
}

// Copies, not views: what is kept must not hold on to the chunk. (`slice` of Node's Buffer would be a view as well.)

export function readSessionRecord(reader: ByteReader): Session {
  return {
    session: reader.text() as SessionId,
    timeoutMs: reader.u53(),
    secretHash: new Uint8Array(reader.bytes()),
    owner: reader.text(),
  };
}

export function writeRecordedWrite(writer: ByteWriter, write: RecordedWrite): void {
  const { owner } = write;
  writer.u8(owner === '' ? recordKind.write : recordKind.ownedWrite);
  if (owner !== '') writer.text(owner);
  writer.text(write.key).bytes(write.fingerprint);
  writeZxid(writer, write.zxid);
  writer.u53(write.timeMs).bytes(write.outcome);
}

/** `owner`: what stands before the rest of one that has it. */
export function readRecordedWrite(reader: ByteReader, owner: string): RecordedWrite {
  return {
    owner,
    key: reader.text(),
    fingerprint: new Uint8Array(reader.bytes()),
    zxid: readZxid(reader),
    timeMs: reader.u53(),
    outcome: new Uint8Array(reader.bytes()),
  };
}

export function writeAclRecord(writer: ByteWriter, id: number, acl: Acl): void {
  writer.u8(recordKind.acl).u32(id).u32(acl.length);
  for (const entry of acl) writer.i32(entry.permissions).text(entry.scheme).text(entry.id);
}

export function readAclRecord(reader: ByteReader): { readonly id: number; readonly acl: Acl } {
  const id = reader.u32();
  const acl = [];
  for (let left = reader.count(12); left > 0; left--) {
    acl.push({ permissions: reader.i32(), scheme: reader.text(), id: reader.text() });
  }
  return { id, acl };
}

export function writeZnodeRecord(writer: ByteWriter, place: ZnodePlace): void {
  writer.u8(recordKind.znode).u32(place.id).u32(place.parent).u32(place.acl);
  for (let column = 0; column < znodeWords; column++) writer.u32(place.words[column] as number);
  writer
    .text(place.name)
    .u8(znodeKinds.indexOf(place.kind))
    .bool(place.data !== null);
  if (place.data !== null) writer.bytes(place.data);
}

/** Reads a znode. `words` is filled and handed out again: it is the caller's, and good until the next call. */
export function readZnodeRecord(reader: ByteReader, words: Uint32Array): ZnodePlace {
  const id = reader.u32();
  const parent = reader.u32();
  const acl = reader.u32();
  for (let column = 0; column < znodeWords; column++) words[column] = reader.u32();
  const name = reader.text();
  const kind = znodeKinds[reader.u8()];
  if (kind === undefined) throw new MalformedBytes('a znode of an unknown kind');
  return { id, parent, acl, words, name, kind, data: reader.bool() ? reader.bytes() : null };
}
