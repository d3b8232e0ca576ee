import { openAcl, type Acl } from '../../model/acl.ts';
import { sessionIdFromWords, type SessionId } from '../../model/ids.ts';
import type { OwnedKind } from '../../model/txn.ts';
import type { Zxid } from '../../model/zxid.ts';
import { MalformedRecord, JuteReader } from '../../wire/jute/jute-reader.ts';
import { opCode } from '../../wire/jute/protocol.ts';

// The records of ZooKeeper's txn log (zookeeper.jute, module org.apache.zookeeper.txn), of 3.4 to 3.9.

const createSessionCode = -10;
/** A TxnDigest: its version and a long. */
const digestBytes = 12;

/** TxnHeader, without what only a running server needs. */
export interface TxnHeader {
  readonly session: SessionId;
  readonly zxid: Zxid;
  readonly timeMs: number;
}

export interface CreateTxn {
  readonly kind: 'create';
  readonly path: string;
  readonly data: Uint8Array | null;
  readonly acl: Acl;
  readonly owned: OwnedKind;
  /** The parent's child creates after this one; -1 in logs of before 3.4: one more than there were. */
  readonly parentCreates: number;
  /** By op code `create`: of this one alone ZooKeeper mends the parent when the znode is there already. */
  readonly isPlain: boolean;
}

export type DecodedTxn =
  | CreateTxn
  | { readonly kind: 'delete'; readonly path: string }
  | {
      readonly kind: 'setData';
      readonly path: string;
      readonly data: Uint8Array | null;
      readonly version: number;
    }
  | {
      readonly kind: 'setAcl';
      readonly path: string;
      readonly acl: Acl;
      readonly aversion: number;
    }
  | { readonly kind: 'createSession' }
  /** `paths`: what it took along, where the log says so (since 3.6). */
  | { readonly kind: 'closeSession'; readonly paths: readonly string[] }
  | { readonly kind: 'multi'; readonly txns: readonly DecodedTxn[] }
  /** A check, or an error that was logged: it has a zxid, and changes nothing. */
  | { readonly kind: 'nothing' };

const nothing: DecodedTxn = { kind: 'nothing' };

/** Reads one record of a log. Throws `MalformedRecord`. */
export function decodeTxn(reader: JuteReader): { header: TxnHeader; txn: DecodedTxn } {
  const { high, low } = reader.words();
  const session = sessionIdFromWords(high, low);
  reader.int();
  const zxid = reader.zxid();
  if (zxid === undefined) throw new MalformedRecord('a zxid above 63 bits');
  const timeMs = reader.milliseconds();
  const txn = decodeBody(reader, reader.int(), session);
  return { header: { session, zxid, timeMs }, txn };
}

function decodeBody(reader: JuteReader, type: number, session: SessionId): DecodedTxn {
  switch (type) {
    case opCode.create:
    case opCode.create2:
    case opCode.createContainer:
    case opCode.createTtl:
      return decodeCreate(reader, type, session);
    case opCode.delete:
    case opCode.deleteContainer:
      return { kind: 'delete', path: reader.someText() };
    case opCode.setData:
    case opCode.reconfig: {
      const path = reader.someText();
      return { kind: 'setData', path, data: reader.ownBuffer(), version: reader.int() };
    }
    case opCode.setAcl: {
      const path = reader.someText();
      return { kind: 'setAcl', path, acl: readAcl(reader), aversion: reader.int() };
    }
    case opCode.multi:
      return decodeMulti(reader, session);
    case createSessionCode:
      return { kind: 'createSession' };
    case opCode.closeSession:
      return { kind: 'closeSession', paths: closedPaths(reader) };
    case opCode.check:
    case opCode.error:
      return nothing;
    default:
      throw new MalformedRecord(`a txn of type ${String(type)}`);
  }
}

function decodeCreate(reader: JuteReader, type: number, session: SessionId): CreateTxn {
  const path = reader.someText();
  const data = reader.ownBuffer();
  const acl = readAcl(reader);
  const isPlain = type === opCode.create;
  const create = { kind: 'create', path, data, acl, isPlain } as const;
  if (type === opCode.createContainer) {
    return { ...create, parentCreates: reader.int(), owned: { kind: 'container' } };
  }
  if (type === opCode.createTtl) {
    const parentCreates = reader.int();
    return { ...create, parentCreates, owned: { kind: 'ttl', ttlMs: reader.milliseconds() } };
  }
  const owned: OwnedKind = reader.bool()
    ? { kind: 'ephemeral', owner: session }
    : { kind: 'persistent' };
  const isOld = isPlain && reader.left < 4;
  return { ...create, owned, parentCreates: isOld ? -1 : reader.int() };
}

/** One that failed holds the error of each op in its place, and changes nothing. */
function decodeMulti(reader: JuteReader, session: SessionId): DecodedTxn {
  const parts: { readonly type: number; readonly record: Uint8Array }[] = [];
  for (let left = reader.count(8); left > 0; left--) {
    parts.push({ type: reader.int(), record: reader.buffer() ?? new Uint8Array(0) });
  }
  if (parts.some(({ type }) => type === opCode.error)) return nothing;
  const txns = parts.map(({ type, record }) => {
    const bytes = Buffer.from(record.buffer, record.byteOffset, record.length);
    return decodeBody(new JuteReader().open(bytes, 0, bytes.length), type, session);
  });
  return { kind: 'multi', txns };
}

/**
 * A log does not say whether its closeSession has paths (zookeeper.closeSessionTxn.enabled), nor whether a digest follows:
 * it is read as paths where that fits to the last byte.
 */
function closedPaths(reader: JuteReader): readonly string[] {
  if (reader.left === 0) return [];
  const bytes = reader.left;
  try {
    const paths = reader.texts();
    const fits = reader.left === 0 || reader.left === digestBytes;
    if (fits && paths.every((path) => path.startsWith('/'))) return paths;
  } catch (error) {
    if (!(error instanceof MalformedRecord)) throw error;
  }
  if (bytes === digestBytes) return [];
  throw new MalformedRecord('a closeSession with something else behind it');
}

/** None, and an empty list, let everybody do everything, as ZooKeeper's checks have it. */
export function readAcl(reader: JuteReader): Acl {
  const acl = reader.acl();
  return acl.length === 0 ? openAcl : acl;
}
