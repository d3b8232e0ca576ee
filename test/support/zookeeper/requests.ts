import { JuteOut, type JuteIn } from './jute.ts';

// ZooKeeper's requests as plain values, and what they are answered with.

/** ZooDefs.OpCode. */
export const opCodes = {
  create: 1,
  delete: 2,
  exists: 3,
  getData: 4,
  setData: 5,
  getAcl: 6,
  setAcl: 7,
  getChildren: 8,
  sync: 9,
  ping: 11,
  getChildren2: 12,
  check: 13,
  multi: 14,
  create2: 15,
  reconfig: 16,
  checkWatches: 17,
  removeWatches: 18,
  createContainer: 19,
  createTtl: 21,
  multiRead: 22,
  auth: 100,
  setWatches: 101,
  sasl: 102,
  getEphemerals: 103,
  getAllChildrenNumber: 104,
  setWatches2: 105,
  addWatch: 106,
  whoAmI: 107,
  closeSession: -11,
  /** One that no server has. */
  unknown: 888,
} as const;

export type OpName = keyof typeof opCodes;

export interface AclItem {
  /** The sum of read 1, write 2, create 4, delete 8, admin 16. */
  readonly perms: number;
  readonly scheme: string;
  readonly id: string;
}

/** CreateMode's flags. */
export const flags = {
  persistent: 0,
  ephemeral: 1,
  sequential: 2,
  ephemeralSequential: 3,
  container: 4,
  ttl: 5,
  ttlSequential: 6,
} as const;

export const openAcl: readonly AclItem[] = [{ perms: 31, scheme: 'world', id: 'anyone' }];

interface Create {
  readonly path: string | null;
  readonly data: string | Uint8Array | null;
  readonly acl: readonly AclItem[] | null;
  readonly flags: number;
}

/** An op that can stand in a multi too. Versions as in ZooKeeper: -1 is any. */
export type WriteOp =
  | ({ readonly op: 'create' | 'create2' | 'createContainer' } & Create)
  | ({ readonly op: 'createTtl'; readonly ttlMs: number } & Create)
  | { readonly op: 'delete' | 'check'; readonly path: string | null; readonly version: number }
  | {
      readonly op: 'setData';
      readonly path: string | null;
      readonly data: string | Uint8Array | null;
      readonly version: number;
    };

export type ReadOp = {
  readonly op: 'getData' | 'getChildren';
  readonly path: string | null;
  readonly watch: boolean;
};

export type Request =
  | WriteOp
  | ReadOp
  | {
      readonly op: 'exists' | 'getChildren2';
      readonly path: string | null;
      readonly watch: boolean;
    }
  | { readonly op: 'getAcl' | 'sync' | 'getAllChildrenNumber'; readonly path: string | null }
  | { readonly op: 'getEphemerals'; readonly prefix: string | null }
  | {
      readonly op: 'setAcl';
      readonly path: string | null;
      readonly acl: readonly AclItem[] | null;
      readonly version: number;
    }
  | { readonly op: 'multi'; readonly ops: readonly WriteOp[] }
  | { readonly op: 'multiRead'; readonly ops: readonly ReadOp[] }
  /** WatcherType: 1 children, 2 data, 3 any, 4 persistent, 5 persistent recursive. */
  | {
      readonly op: 'checkWatches' | 'removeWatches';
      readonly path: string | null;
      readonly type: number;
    }
  /** AddWatchMode: 0 persistent, 1 persistent recursive. */
  | { readonly op: 'addWatch'; readonly path: string | null; readonly mode: number }
  | {
      readonly op: 'setWatches';
      readonly since: bigint;
      readonly data: readonly string[];
      readonly exist: readonly string[];
      readonly child: readonly string[];
    }
  | {
      readonly op: 'setWatches2';
      readonly since: bigint;
      readonly data: readonly string[];
      readonly exist: readonly string[];
      readonly child: readonly string[];
      readonly persistent: readonly string[];
      readonly recursive: readonly string[];
    }
  | { readonly op: 'auth'; readonly scheme: string; readonly auth: string }
  | { readonly op: 'sasl'; readonly token: string | null }
  | { readonly op: 'reconfig'; readonly newMembers: string | null }
  | { readonly op: 'ping' | 'whoAmI' | 'closeSession' | 'unknown' };

export interface Stat {
  readonly czxid: bigint;
  readonly mzxid: bigint;
  readonly ctime: bigint;
  readonly mtime: bigint;
  readonly version: number;
  readonly cversion: number;
  readonly aversion: number;
  readonly ephemeralOwner: bigint;
  readonly dataLength: number;
  readonly numChildren: number;
  readonly pzxid: bigint;
}

/** One result of a multi or multiRead, with the type and error of its header. */
export interface MultiItem {
  readonly type: number;
  readonly headerErr: number;
  /** Of an ErrorResponse. */
  readonly err?: number;
  readonly body?: ReplyBody;
}

/** What follows the header of a reply; only what its op gives. */
export interface ReplyBody {
  readonly path?: string | null;
  readonly stat?: Stat;
  readonly data?: Buffer | null;
  readonly acl?: readonly AclItem[];
  readonly children?: readonly string[];
  readonly paths?: readonly string[];
  readonly total?: number;
  readonly clientInfo?: readonly { readonly scheme: string; readonly user: string | null }[];
  readonly token?: Buffer | null;
  /** Of the ErrorResponse that addWatch is answered with. */
  readonly err?: number;
  readonly results?: readonly MultiItem[];
}

/** Those that belong to no request's turn have an xid of their own; undefined for the others. */
export function specialXid(op: OpName): number | undefined {
  return { ping: -2, auth: -4, setWatches: -8, setWatches2: -8 }[op as string];
}

/** With its header, without its length. */
export function encodeRequest(xid: number, request: Request): Buffer {
  const out = new JuteOut().int(xid).int(opCodes[request.op]);
  writeBody(out, request);
  return out.bytes();
}

function writeBody(out: JuteOut, request: Request): void {
  switch (request.op) {
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTtl':
    case 'delete':
    case 'check':
    case 'setData':
      writeWrite(out, request);
      return;
    case 'exists':
    case 'getData':
    case 'getChildren':
    case 'getChildren2':
      out.buffer(request.path).bool(request.watch);
      return;
    case 'getAcl':
    case 'sync':
    case 'getAllChildrenNumber':
      out.buffer(request.path);
      return;
    case 'getEphemerals':
      out.buffer(request.prefix);
      return;
    case 'setAcl':
      out.buffer(request.path);
      writeAcl(out, request.acl);
      out.int(request.version);
      return;
    case 'multi':
    case 'multiRead':
      for (const op of request.ops) {
        out.int(opCodes[op.op]).bool(false).int(-1);
        writeBody(out, op);
      }
      out.int(-1).bool(true).int(-1);
      return;
    case 'checkWatches':
    case 'removeWatches':
      out.buffer(request.path).int(request.type);
      return;
    case 'addWatch':
      out.buffer(request.path).int(request.mode);
      return;
    case 'setWatches':
    case 'setWatches2':
      out.long(request.since).texts(request.data).texts(request.exist).texts(request.child);
      if (request.op === 'setWatches2') out.texts(request.persistent).texts(request.recursive);
      return;
    case 'auth':
      out.int(0).buffer(request.scheme).buffer(request.auth);
      return;
    case 'sasl':
      out.buffer(request.token);
      return;
    case 'reconfig':
      out.buffer(null).buffer(null).buffer(request.newMembers).long(-1n);
      return;
    case 'ping':
    case 'whoAmI':
    case 'closeSession':
    case 'unknown':
  }
}

function writeWrite(out: JuteOut, request: WriteOp): void {
  out.buffer(request.path);
  switch (request.op) {
    case 'setData':
      out.buffer(request.data).int(request.version);
      return;
    case 'delete':
    case 'check':
      out.int(request.version);
      return;
    default:
      out.buffer(request.data);
      writeAcl(out, request.acl);
      out.int(request.flags);
      if (request.op === 'createTtl') out.long(BigInt(request.ttlMs));
  }
}

function writeAcl(out: JuteOut, acl: readonly AclItem[] | null): void {
  out.vector(acl, ({ perms, scheme, id }) => out.int(perms).buffer(scheme).buffer(id));
}

/** What a reply without an error holds, by the op that it answers. */
export function decodeReply(op: OpName, from: JuteIn): ReplyBody {
  switch (op) {
    case 'create':
    case 'sync':
      return { path: from.textOrNull() };
    case 'create2':
    case 'createContainer':
    case 'createTtl':
      return { path: from.text(), stat: readStat(from) };
    case 'exists':
    case 'setData':
    case 'setAcl':
      return { stat: readStat(from) };
    case 'getData':
    case 'reconfig':
      return { data: from.buffer(), stat: readStat(from) };
    case 'getAcl':
      return {
        acl: from.vector(() => ({ perms: from.int(), scheme: from.text(), id: from.text() })),
        stat: readStat(from),
      };
    case 'getChildren':
      return { children: from.vector(() => from.text()) };
    case 'getChildren2':
      return { children: from.vector(() => from.text()), stat: readStat(from) };
    case 'getEphemerals':
      return { paths: from.vector(() => from.text()) };
    case 'getAllChildrenNumber':
      return { total: from.int() };
    case 'multi':
    case 'multiRead':
      return { results: readResults(from) };
    case 'addWatch':
      return { err: from.int() };
    case 'whoAmI':
      return {
        clientInfo: from.vector(() => ({ scheme: from.text(), user: from.textOrNull() })),
      };
    case 'sasl':
      return { token: from.buffer() };
    case 'delete':
    case 'check':
    case 'ping':
    case 'checkWatches':
    case 'removeWatches':
    case 'auth':
    case 'setWatches':
    case 'setWatches2':
    case 'closeSession':
    case 'unknown':
      return {};
  }
}

const nameOfCode = new Map<number, OpName>(
  Object.entries(opCodes).map(([name, code]) => [code, name as OpName]),
);

function readResults(from: JuteIn): MultiItem[] {
  const results: MultiItem[] = [];
  for (;;) {
    const type = from.int();
    const isDone = from.bool();
    const headerErr = from.int();
    if (isDone) return results;
    if (type === -1) {
      results.push({ type, headerErr, err: from.int() });
      continue;
    }
    const op = nameOfCode.get(type);
    if (op === undefined) throw new RangeError(`a result of type ${String(type)}`);
    results.push({ type, headerErr, body: decodeReply(op, from) });
  }
}

function readStat(from: JuteIn): Stat {
  return {
    czxid: from.long(),
    mzxid: from.long(),
    ctime: from.long(),
    mtime: from.long(),
    version: from.int(),
    cversion: from.int(),
    aversion: from.int(),
    ephemeralOwner: from.long(),
    dataLength: from.int(),
    numChildren: from.int(),
    pzxid: from.long(),
  };
}
