import { parseSessionIdHex, sessionIdFromWords, type SessionId } from '../../../model/ids.ts';
import { parsePath, rootPath, type ZnodePath } from '../../../model/path.ts';
import {
  anyVersion,
  ttlMsMax,
  type CheckOp,
  type Expected,
  type TreeOp,
  type ZnodeKind,
} from '../../../model/request.ts';
import type { Zxid } from '../../../model/zxid.ts';
import { numberOfCode } from './error-map.ts';
import { MalformedRecord, type JuteReader } from '../../../wire/jute/jute-reader.ts';
import {
  badArguments,
  marshallingError,
  noPassword,
  opCode,
  unimplemented,
} from '../../../wire/jute/protocol.ts';

// Records of ZooKeeper's requests, as ops of the model.

/**
 * An op, or ZooKeeper's number for why it can't be one. MARSHALLINGERROR refuses a multi as a whole, without a result for
 * each of its ops.
 */
export type Decoded = TreeOp | { readonly error: number };

export interface DecodeOptions {
  /** ZooKeeper's extendedTypesEnabled: without, a TTL is unimplemented. */
  readonly extendedTypes: boolean;
}

/** Where an op stands: what a create makes is said by its op code alone, and by its flags in a multi. */
export type Place = 'alone' | 'inMulti';

/** A ConnectRequest, the one frame without a header. */
export interface ConnectRequest {
  readonly lastZxidSeen: Zxid | undefined;
  readonly timeoutMs: number;
  /** `new`, or one that was had before; `unknown` when it can't be one of ours. */
  readonly session: SessionId | 'new' | 'unknown';
  readonly password: Uint8Array;
  /** Clients older than 3.4, and some younger ones, don't know the flag: they are not answered with it either. */
  readonly knowsReadOnly: boolean;
}

interface CreateMode {
  readonly kind: ZnodeKind;
  readonly sequential: boolean;
}

const persistent: CreateMode = { kind: 'persistent', sequential: false };
const container: CreateMode = { kind: 'container', sequential: false };
const sequentialContainer: CreateMode = { kind: 'container', sequential: true };
/** ZooKeeper's CreateMode.fromFlag. */
const createModes: readonly CreateMode[] = [
  persistent,
  { kind: 'ephemeral', sequential: false },
  { kind: 'persistent', sequential: true },
  { kind: 'ephemeral', sequential: true },
  container,
  { kind: 'ttl', sequential: false },
  { kind: 'ttl', sequential: true },
];

/** Gives undefined when it is cut short. */
export function readConnectRequest(record: JuteReader): ConnectRequest | undefined {
  try {
    record.int();
    const lastZxidSeen = record.zxid();
    const timeoutMs = record.int();
    const { high, low } = record.words();
    // Kept as long as the session is carried: a view would keep all that came with it.
    const password = new Uint8Array(record.buffer() ?? noPassword);
    const session =
      high === 0 && low === 0
        ? 'new'
        : (parseSessionIdHex(sessionIdFromWords(high, low)) ?? 'unknown');
    return { lastZxidSeen, timeoutMs, session, password, knowsReadOnly: record.left > 0 };
  } catch (error) {
    if (error instanceof MalformedRecord) return undefined;
    throw error;
  }
}

/** Reads a write of one op, alone or in a multi; gives undefined when the code is none of these. */
export function readOp(
  code: number,
  record: JuteReader,
  place: Place,
  options: DecodeOptions,
): Decoded | undefined {
  switch (code) {
    case opCode.create:
    case opCode.create2:
    case opCode.createContainer:
    case opCode.createTtl:
      return readCreate(code, record, place, options);
    case opCode.delete: {
      const text = record.someText();
      const version = record.int();
      const path = parsePath(text);
      if (typeof path !== 'string') return { error: errorOfDeleted(text) };
      return { op: 'delete', path, expected: expectedOf(version), recursive: false };
    }
    case opCode.setData: {
      const path = readPath(record);
      const data = record.ownBuffer();
      const version = record.int();
      if (path === undefined) return refusedPath;
      return { op: 'set', path, data, expected: expectedOf(version) };
    }
    case opCode.setAcl: {
      const path = readPath(record);
      const acl = record.acl();
      const aversion = record.int();
      if (path === undefined) return refusedPath;
      return { op: 'setAcl', path, acl, aversion };
    }
    case opCode.check: {
      const path = readPath(record);
      const version = record.int();
      if (path === undefined) return refusedPath;
      return { op: 'check', path, expected: expectedOf(version), absent: false };
    }
    default:
      return undefined;
  }
}

function expectedOf(version: number): Expected {
  return version === -1 ? anyVersion : { version };
}

/** Stands for an op that is refused here, in a multi whose earlier ops may be refused first: it never holds. */
export const neverHolds: CheckOp = {
  op: 'check',
  path: rootPath,
  expected: anyVersion,
  absent: true,
};

/** Reads a path; gives undefined when it is not one by ZooKeeper's rules. */
export function readPath(record: JuteReader): ZnodePath | undefined {
  const path = parsePath(record.someText());
  return typeof path === 'string' ? path : undefined;
}

/**
 * Reads a path as reads take it: the empty path is the root, as in ZooKeeper's DataTree; what is no path is simply not
 * there.
 */
export function readLookedUpPath(record: JuteReader): ZnodePath | undefined {
  const text = record.someText();
  if (text === '') return rootPath;
  const path = parsePath(text);
  return typeof path === 'string' ? path : undefined;
}

/** Those that are paths. Each is looked at when it is taken: a request holds a hundred thousand. */
export function readPaths(record: JuteReader): Iterable<ZnodePath> {
  return pathsAmong(record.texts());
}

function* pathsAmong(texts: readonly string[]): Generator<ZnodePath> {
  for (const text of texts) {
    const path = parsePath(text);
    if (typeof path === 'string') yield path;
  }
}

/** ZooKeeper looks for the parent before it looks at the whole path: below what is no path there is no znode. */
function errorOfPath(text: string): number {
  const slash = text.lastIndexOf('/');
  const hasParent = slash > 0 && !text.includes('\0');
  return hasParent && typeof parsePath(text.slice(0, slash)) !== 'string'
    ? numberOfCode.noNode
    : badArguments;
}

/** And that what is no path is not there to be deleted. */
function errorOfDeleted(text: string): number {
  return text.includes('/') ? numberOfCode.noNode : badArguments;
}

const refusedPath: Decoded = { error: badArguments };

function readCreate(
  code: number,
  record: JuteReader,
  place: Place,
  options: DecodeOptions,
): Decoded {
  const text = record.someText();
  const data = record.ownBuffer();
  const acl = record.acl();
  const asked = createModes[record.int()];
  const ttlMs = code === opCode.createTtl ? record.milliseconds() : undefined;
  const mode = place === 'alone' ? modeAlone(code, asked) : modeInMulti(code, asked);
  if (typeof mode === 'number') return { error: mode };
  const { kind, sequential } = mode;
  const isTtl = kind === 'ttl';
  if (isTtl) {
    if (!options.extendedTypes) return { error: unimplemented };
    if (ttlMs === undefined || ttlMs < 1 || ttlMs > ttlMsMax) return { error: badArguments };
  }
  const path = parsePath(text, { sequential });
  if (typeof path !== 'string') return { error: errorOfPath(text) };
  const create = { op: 'create', path, data, acl, kind, sequential, parents: false } as const;
  return isTtl && ttlMs !== undefined ? { ...create, ttlMs } : create;
}

/**
 * What a create that stands alone makes, or the number of an error. Only createContainer makes containers, and it makes
 * nothing else: of its flags only the sequence counts. create and create2 take the flags of a container for a persistent
 * znode.
 */
function modeAlone(code: number, asked: CreateMode | undefined): CreateMode | number {
  if (asked === undefined) return badArguments;
  if (asked.kind === 'ttl') return asked;
  if (code === opCode.createContainer) return asked.sequential ? sequentialContainer : container;
  // ZooKeeper logs such a createTTL when its TTL is negative, can't apply it, and does not start again.
  if (code === opCode.createTtl) return badArguments;
  return asked.kind === 'container' ? persistent : asked;
}

/** The same in a multi, where the flags decide, whatever the op code. But only createTTL has a TTL in its record. */
function modeInMulti(code: number, asked: CreateMode | undefined): CreateMode | number {
  if (asked === undefined) return badArguments;
  return asked.kind === 'ttl' && code !== opCode.createTtl ? marshallingError : asked;
}

/** Reads the ops between MultiHeaders; `read` reads the record of one. */
export function readMulti<Op>(
  record: JuteReader,
  opsMax: number,
  read: (code: number) => Op | undefined,
): Op[] {
  const ops: Op[] = [];
  for (;;) {
    const code = record.int();
    const isDone = record.bool();
    record.int();
    if (isDone) return ops;
    if (ops.length === opsMax) throw new MalformedRecord(`more than ${String(opsMax)} operations`);
    const op = read(code);
    if (op === undefined) throw new MalformedRecord(`an operation of type ${String(code)}`);
    ops.push(op);
  }
}
