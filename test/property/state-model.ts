import type { Acl, AclEntry, Identity } from '../../src/model/acl.ts';
import type { ErrorCode } from '../../src/model/error-code.ts';
import type { SessionId } from '../../src/model/ids.ts';
import type { Limits } from '../../src/model/limits.ts';
import type {
  CreateOp,
  DeleteOp,
  Expected,
  OpResult,
  RequestContext,
  TreeOp,
  StateRequest,
} from '../../src/model/request.ts';
import type { Stat } from '../../src/model/stat.ts';
import { compareZxid, zeroZxid, type Zxid } from '../../src/model/zxid.ts';
import { noSession } from '../../src/model/ids.ts';
import type { ZnodePath } from '../../src/model/path.ts';

// The rules of the data model said once more, as plainly as possible and with no thought of speed: one flat object of
// znodes, copied whole before every request, so that a rollback is to forget the copy.

export interface ModelZnode {
  data: Uint8Array | null;
  acl: Acl;
  kind: CreateOp['kind'];
  owner: SessionId;
  ttlMs: number;
  czxid: Zxid;
  mzxid: Zxid;
  pzxid: Zxid;
  ctime: number;
  mtime: number;
  version: number;
  aversion: number;
  creates: number;
}

export interface ModelWrite {
  fingerprint: string;
  zxid: Zxid;
  results: OpResult[];
  branch: 'ops' | 'orElse';
}

class Refused extends Error {
  readonly code: ErrorCode;
  failedIndex: number | undefined;
  constructor(code: ErrorCode) {
    super(code);
    this.code = code;
  }
}

export type Verdict =
  | { kind: 'refused'; code: ErrorCode; failedIndex: number | undefined }
  | { kind: 'replay' }
  | { kind: 'nothing'; branch: 'ops' | 'orElse' }
  | { kind: 'txn'; results: OpResult[]; branch: 'ops' | 'orElse' };

const world = (permissions: number): Acl => [{ permissions, scheme: 'world', id: 'anyone' }];
const reserved = ['/', '/zookeeper', '/zookeeper/config', '/zookeeper/quota'];

export class Model {
  znodes: Record<string, ModelZnode> = {};
  sessions: Record<string, { timeoutMs: number; secret: string; owner: string }> = {};
  writes: Record<string, ModelWrite> = {};
  timeMs = 0;
  readonly limits: Limits;

  constructor(limits: Limits) {
    this.limits = limits;
    for (const path of reserved) this.znodes[path] = initial(world(31), 0);
    this.znodes['/zookeeper/config'] = initial(world(1), -1);
  }

  copy(): Model {
    const copy = new Model(this.limits);
    copy.znodes = structuredClone(this.znodes);
    copy.sessions = structuredClone(this.sessions);
    copy.writes = structuredClone(this.writes);
    copy.timeMs = this.timeMs;
    return copy;
  }

  children(path: string): string[] {
    return Object.keys(this.znodes)
      .filter((other) => other !== '/' && parent(other) === path)
      .map((other) => other.slice(other.lastIndexOf('/') + 1))
      .sort();
  }

  stat(path: string): Stat {
    const znode = this.existing(path);
    const numChildren = this.children(path).length;
    const { czxid, mzxid, pzxid, ctime, mtime, version, aversion, creates, owner, data } = znode;
    const cversion = 2 * creates - numChildren;
    const dataLength = data?.length ?? 0;
    const changes = { czxid, mzxid, ctime, mtime, version, cversion, aversion };
    return { ...changes, ephemeralOwner: owner, dataLength, numChildren, pzxid };
  }

  /** Carries the request out on this very model, or leaves it in no defined state: call it on a copy. */
  run(
    request: StateRequest,
    context: RequestContext,
    at: { zxid: Zxid; wallMs: number; agedUpTo: Zxid; fingerprint: string },
  ): Verdict {
    const isFarAhead = this.timeMs - at.wallMs > 10_000;
    const timeMs = isFarAhead ? at.wallMs : Math.max(this.timeMs, at.wallMs);
    const isOld = (write: ModelWrite): boolean => compareZxid(write.zxid, at.agedUpTo) <= 0;
    const key = context.idempotencyKey;
    const known = key === undefined ? undefined : this.writes[key];
    if (known !== undefined && !isOld(known)) {
      if (known.fingerprint === at.fingerprint) return { kind: 'replay' };
      return { kind: 'refused', code: 'keyReused', failedIndex: undefined };
    }
    const before = this.copy();
    try {
      const verdict = this.decide(request, context, { zxid: at.zxid, timeMs });
      if (verdict.kind === 'nothing' || verdict.kind === 'replay') this.become(before);
      if (verdict.kind !== 'txn') return verdict;
      this.timeMs = timeMs;
      for (const [name, write] of Object.entries(this.writes)) {
        if (isOld(write)) Reflect.deleteProperty(this.writes, name);
      }
      if (key !== undefined) {
        const { results, branch } = verdict;
        this.writes[key] = { fingerprint: at.fingerprint, zxid: at.zxid, results, branch };
      }
      return verdict;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.become(before);
      return { kind: 'refused', code: error.code, failedIndex: error.failedIndex };
    }
  }

  private decide(request: StateRequest, context: RequestContext, at: Moment): Verdict {
    if (request.kind === 'createSession') {
      const secret = Buffer.from(request.secretHash).toString('hex');
      const known = this.sessions[request.session];
      if (known?.secret === secret) return { kind: 'replay' };
      if (known !== undefined) throw new Refused('authFailed');
      this.sessions[request.session] = { timeoutMs: request.timeoutMs, secret, owner: '' };
      return { kind: 'txn', results: [], branch: 'ops' };
    }
    if (request.kind === 'moveSession') {
      const session = this.sessions[request.session];
      if (session === undefined) throw new Refused('sessionExpired');
      session.owner = request.owner;
      return { kind: 'txn', results: [], branch: 'ops' };
    }
    if (request.kind === 'closeSession') {
      this.wantSession(request.session, request.reason === 'closed' ? context.owner : undefined);
      for (const [path, znode] of Object.entries(this.znodes)) {
        if (znode.owner === request.session) this.drop(path, at);
      }
      Reflect.deleteProperty(this.sessions, request.session);
      return { kind: 'txn', results: [], branch: 'ops' };
    }
    if (request.kind !== 'multi') throw new Error(`${request.kind} is not modelled`);
    if (context.session !== undefined) this.wantSession(context.session, context.owner);
    for (const ops of [request.ops, request.orElse ?? []]) {
      if (ops.length > this.limits.opsPerMultiMax) throw new Refused('tooLarge');
    }
    const before = this.copy();
    try {
      return this.runOps(request.ops, { request, branch: 'ops' }, context, at);
    } catch (error) {
      if (!(error instanceof Refused) || request.orElse === undefined) throw error;
      this.become(before);
      return this.runOps(request.orElse, { request, branch: 'orElse' }, context, at);
    }
  }

  private runOps(
    ops: readonly TreeOp[],
    { request, branch }: { request: { single: boolean }; branch: 'ops' | 'orElse' },
    context: RequestContext,
    at: Moment,
  ): Verdict {
    const results = ops.map((op, index) => {
      try {
        return this.runOp(op, context, at);
      } catch (error) {
        if (error instanceof Refused && !request.single) error.failedIndex = index;
        throw error;
      }
    });
    const isNothing = ops.every(({ op }) => op === 'check');
    if (isNothing && (request.single || context.idempotencyKey === undefined)) {
      return { kind: 'nothing', branch };
    }
    return { kind: 'txn', results, branch };
  }

  private runOp(op: TreeOp, context: RequestContext, at: Moment): OpResult {
    const { path } = op;
    const { identities } = context;
    switch (op.op) {
      case 'create':
        return this.create(op, context, at);
      case 'set': {
        if ((op.data?.length ?? 0) > this.limits.dataBytesMax) throw new Refused('tooLarge');
        const { version, czxid } = op.expected;
        if (this.znodes[path] === undefined && op.orCreate !== undefined) {
          if (version !== -1 || czxid !== undefined) throw new Refused('noNode');
          const { data } = op;
          const plain = { op: 'create', kind: 'persistent', sequential: false } as const;
          return this.create({ ...plain, path, data, ...op.orCreate }, context, at);
        }
        const znode = this.existing(path);
        want(znode.acl, 2, identities);
        expect(znode, op.expected);
        znode.data = op.data;
        znode.version++;
        znode.mzxid = at.zxid;
        znode.mtime = at.timeMs;
        return { op: 'set', path, stat: this.stat(path) };
      }
      case 'delete':
        return { op: 'delete', path, deleted: this.delete(op, identities, at) };
      case 'setAcl': {
        const acl = fix(op.acl, identities);
        const znode = this.existing(path);
        want(znode.acl, 16, identities);
        if (op.aversion !== -1 && op.aversion !== znode.aversion) throw new Refused('badVersion');
        znode.acl = acl;
        znode.aversion++;
        return { op: 'setAcl', path, stat: this.stat(path) };
      }
      case 'check':
        if (op.absent) {
          if (this.znodes[path] !== undefined) throw new Refused('nodeExists');
        } else {
          const znode = this.existing(path);
          want(znode.acl, 1, identities);
          expect(znode, op.expected);
        }
        return { op: 'check', path };
      case 'checkLock':
      case 'checkSession':
        throw new Error(`${op.op} is not modelled`);
    }
  }

  private create(op: CreateOp, context: RequestContext, at: Moment): OpResult {
    const { identities, session } = context;
    if (op.kind === 'ephemeral' && session === undefined) throw new Refused('badArguments');
    if ((op.data?.length ?? 0) > this.limits.dataBytesMax) throw new Refused('tooLarge');
    const acl = fix(op.acl, identities);
    const above = parent(op.path);
    if (op.parents && this.znodes[above] === undefined) {
      const plain = { kind: 'persistent', sequential: false, data: new Uint8Array(0) } as const;
      this.create({ ...op, ...plain, path: above as ZnodePath }, context, at);
    }
    const parentZnode = this.znodes[above];
    if (parentZnode === undefined) throw new Refused('noParent');
    want(parentZnode.acl, 4, identities);
    const number = String(parentZnode.creates).padStart(10, '0');
    const path = op.sequential ? op.path + number : op.path;
    if (this.znodes[path] !== undefined) throw new Refused('nodeExists');
    if (parentZnode.kind === 'ephemeral') throw new Refused('noChildrenForEphemerals');
    parentZnode.creates++;
    parentZnode.pzxid = at.zxid;
    const { zxid, timeMs } = at;
    this.znodes[path] = {
      data: op.data,
      acl,
      kind: op.kind,
      owner: op.kind === 'ephemeral' && session !== undefined ? session : noSession,
      ttlMs: op.ttlMs ?? 0,
      czxid: zxid,
      mzxid: zxid,
      pzxid: zxid,
      ctime: timeMs,
      mtime: timeMs,
      version: 0,
      aversion: 0,
      creates: 0,
    };
    return { op: 'create', path: path as ZnodePath, stat: this.stat(path) };
  }

  private delete(op: DeleteOp, identities: readonly Identity[], at: Moment): number {
    if (reserved.includes(op.path)) throw new Refused('badArguments');
    const above = this.existing(parent(op.path));
    want(above.acl, 8, identities);
    expect(this.existing(op.path), op.expected);
    if (!op.recursive) {
      if (this.children(op.path).length > 0) throw new Refused('notEmpty');
      this.drop(op.path, at);
      return 1;
    }
    const all = Object.keys(this.znodes).filter(
      (path) => path === op.path || path.startsWith(`${op.path}/`),
    );
    if (all.length > this.limits.recursiveDeleteMax) throw new Refused('tooLarge');
    for (const path of all) {
      if (this.children(path).length > 0) want(this.existing(path).acl, 8, identities);
    }
    all.sort((left, right) => right.length - left.length);
    for (const path of all) this.drop(path, at);
    return all.length;
  }

  private drop(path: string, at: Moment): void {
    Reflect.deleteProperty(this.znodes, path);
    this.existing(parent(path)).pzxid = at.zxid;
  }

  private existing(path: string): ModelZnode {
    const znode = this.znodes[path];
    if (znode === undefined) throw new Refused('noNode');
    return znode;
  }

  private wantSession(id: SessionId, owner: string | undefined): void {
    const session = this.sessions[id];
    if (session === undefined) throw new Refused('sessionExpired');
    if (owner !== undefined && owner !== session.owner) throw new Refused('sessionMoved');
  }

  private become(other: Model): void {
    const { znodes, sessions, writes, timeMs } = other.copy();
    Object.assign(this, { znodes, sessions, writes, timeMs });
  }
}

interface Moment {
  zxid: Zxid;
  timeMs: number;
}

function initial(acl: Acl, aversion: number): ModelZnode {
  const zxids = { czxid: zeroZxid, mzxid: zeroZxid, pzxid: zeroZxid };
  const counts = { ctime: 0, mtime: 0, version: 0, aversion, creates: 0, ttlMs: 0 };
  return {
    data: new Uint8Array(0),
    acl,
    kind: 'persistent',
    owner: noSession,
    ...zxids,
    ...counts,
  };
}

function parent(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

function expect(znode: ModelZnode, expected: Expected): void {
  const { version, czxid } = expected;
  if (version !== -1 && version !== znode.version) throw new Refused('badVersion');
  if (czxid === undefined) return;
  const isSame = czxid.epoch === znode.czxid.epoch && czxid.counter === znode.czxid.counter;
  if (!isSame) throw new Refused('badVersion');
}

function want(acl: Acl, permission: number, identities: readonly Identity[]): void {
  const held = (entry: AclEntry): boolean =>
    entry.scheme === 'world' ||
    identities.some(({ scheme, id }) => scheme === entry.scheme && id === entry.id);
  const isSuper = identities.some(({ scheme }) => scheme === 'super');
  if (isSuper || acl.some((entry) => (entry.permissions & permission) !== 0 && held(entry))) return;
  throw new Refused('noAuth');
}

/** Of the schemes that the test draws: world, digest, auth, and one that is unknown. */
function fix(acl: Acl, identities: readonly Identity[]): Acl {
  const fixed: AclEntry[] = [];
  for (const entry of acl) {
    if (!['world', 'digest', 'auth'].includes(entry.scheme)) throw new Refused('invalidAcl');
    const proven = identities.filter(({ scheme }) => scheme === 'digest');
    if (entry.scheme === 'auth' && proven.length === 0) throw new Refused('invalidAcl');
    const { permissions } = entry;
    if (entry.scheme !== 'auth') fixed.push(entry);
    else fixed.push(...proven.map((identity) => ({ permissions, ...identity })));
  }
  if (fixed.length === 0) throw new Refused('invalidAcl');
  const texts = fixed.map((entry) => JSON.stringify(entry));
  return fixed.filter((_, index) => texts.indexOf(texts[index] ?? '') === index);
}
