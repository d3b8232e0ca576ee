import { unreachable } from '../base/assert.ts';
import { MalformedBytes, type ByteReader, type ByteWriter } from '../base/bytes.ts';
import type { Identity } from '../model/acl.ts';
import { reconfigure } from './reconfigure-codec.ts';
import { errorCatalogue, type ErrorCode, type Refusal } from '../model/error-code.ts';
import type { LockMode } from '../model/lock.ts';
import { rootPath } from '../model/path.ts';
import { readZxid, writeZxid } from '../model/zxid.ts';
import type {
  AcquireLockRequest,
  CheckOp,
  CloseSessionRequest,
  CreateSessionRequest,
  CreateOp,
  DeleteOp,
  Expected,
  MultiRequest,
  ReleaseLockRequest,
  RequestContext,
  SetAclOp,
  SetOp,
  TreeOp,
  WriteRequest,
  ZnodeKind,
} from '../model/request.ts';
import {
  choice,
  readAcl,
  readData,
  readFlags,
  readList,
  readOptionalZxid,
  readPath,
  readSession,
  writeAcl,
  writeData,
  writeList,
  writeOptionalZxid,
  writeSession,
} from './values.ts';

// A client's write on its way to the leader, on whose behalf, and the answer when that is no.

/**
 * Writes and reads the member of a union: `read` must make all of it, so a new required field does not compile unread.
 */
export interface Codec<Value> {
  write(writer: ByteWriter, value: Value): void;
  read(reader: ByteReader): Value;
}

const requestKind = choice<WriteRequest['kind']>({
  multi: 1,
  createSession: 2,
  closeSession: 3,
  moveSession: 4,
  acquireLock: 5,
  releaseLock: 6,
  reap: 7,
  reconfigure: 8,
  raiseLevel: 9,
});
const lockMode = choice<LockMode>({ exclusive: 1, read: 2, semaphore: 3 });
const ownDialect = choice<'curator' | 'kazoo'>({ curator: 1, kazoo: 2 });
const closeReason = choice<CloseSessionRequest['reason']>({ closed: 0, expired: 1 });

function readCreateSession(from: ByteReader): CreateSessionRequest {
  const session = readSession(from);
  const timeoutMs = from.u53();
  const secretHash = from.bytes();
  const owner = from.text();
  const created = { kind: 'createSession', session, timeoutMs, secretHash } as const;
  return owner === '' ? created : { ...created, owner };
}

export function writeRequest(to: ByteWriter, request: WriteRequest): void {
  requestKind.write(to, request.kind);
  switch (request.kind) {
    case 'multi':
      writeMulti(to, request);
      return;
    case 'createSession':
      writeSession(to, request.session);
      to.u53(request.timeoutMs)
        .bytes(request.secretHash)
        .text(request.owner ?? '');
      return;
    case 'closeSession':
      writeSession(to, request.session);
      closeReason.write(to, request.reason);
      return;
    case 'moveSession':
      writeSession(to, request.session);
      to.text(request.owner);
      return;
    case 'acquireLock':
      acquireLock.write(to, request);
      return;
    case 'releaseLock':
      releaseLock.write(to, request);
      return;
    case 'reap':
      to.text(request.path);
      writeExpected(to, request.expected);
      return;
    case 'reconfigure':
      reconfigure.write(to, request);
      return;
    case 'raiseLevel':
      to.u32(request.level).bool(request.isTrial);
      return;
    default:
      unreachable(request);
  }
}

export function readRequest(from: ByteReader): WriteRequest {
  const kind = requestKind.read(from);
  switch (kind) {
    case 'multi':
      return readMulti(from);
    case 'createSession':
      return readCreateSession(from);
    case 'closeSession':
      return { kind, session: readSession(from), reason: closeReason.read(from) };
    case 'moveSession':
      return { kind, session: readSession(from), owner: from.text() };
    case 'acquireLock':
      return acquireLock.read(from);
    case 'releaseLock':
      return releaseLock.read(from);
    case 'reconfigure':
      return reconfigure.read(from);
    case 'raiseLevel':
      return { kind, level: from.u32(), isTrial: from.bool() };
    case 'reap':
      return { kind, path: readPath(from), expected: readExpected(from) };
  }
}

const acquireLock: Codec<AcquireLockRequest> = {
  write(to, request) {
    const { permits, dialect, ownSession } = request;
    to.u8(
      (request.tryOnly ? 1 : 0) |
        (permits === undefined ? 0 : 2) |
        (dialect === undefined ? 0 : 4) |
        (ownSession === undefined ? 0 : 8),
    );
    to.text(request.queue).text(request.contender);
    lockMode.write(to, request.mode);
    to.bytes(request.data);
    if (permits !== undefined) to.u32(permits);
    if (dialect !== undefined) ownDialect.write(to, dialect);
    if (ownSession === undefined) return;
    writeSession(to, ownSession.session);
    to.u53(ownSession.timeoutMs).bytes(ownSession.secretHash);
  },
  read(from) {
    const flags = readFlags(from, 15);
    return {
      kind: 'acquireLock',
      tryOnly: (flags & 1) !== 0,
      queue: readPath(from),
      contender: from.text(),
      mode: lockMode.read(from),
      data: from.bytes(),
      ...((flags & 2) !== 0 && { permits: from.u32() }),
      ...((flags & 4) !== 0 && { dialect: ownDialect.read(from) }),
      ...((flags & 8) !== 0 && {
        ownSession: {
          session: readSession(from),
          timeoutMs: from.u53(),
          secretHash: from.bytes(),
        },
      }),
    };
  },
};

const releaseLock: Codec<ReleaseLockRequest> = {
  write(to, request) {
    to.text(request.queue).text(request.contender);
    writeSession(to, request.ownSession);
    writeOptionalZxid(to, request.token);
  },
  read(from) {
    const queue = readPath(from);
    const contender = from.text();
    const ownSession = readSession(from);
    const token = readOptionalZxid(from);
    const request = { kind: 'releaseLock', queue, contender, ownSession } as const;
    return token === undefined ? request : { ...request, token };
  },
};

/** A `checkSession`: tag and id. */
const leastOpBytes = 9;

function writeMulti(to: ByteWriter, request: MultiRequest): void {
  to.u8((request.single ? 1 : 0) | (request.orElse === undefined ? 0 : 2));
  writeList(to, request.ops, writeOp);
  if (request.orElse !== undefined) writeList(to, request.orElse, writeOp);
}

function readMulti(from: ByteReader): MultiRequest {
  const flags = readFlags(from, 3);
  const ops = readList(from, leastOpBytes, readOp);
  const single = (flags & 1) !== 0;
  if ((flags & 2) === 0) return { kind: 'multi', single, ops };
  return { kind: 'multi', single, ops, orElse: readList(from, leastOpBytes, readOp) };
}

const opName = choice<TreeOp['op']>({
  create: 1,
  set: 2,
  delete: 3,
  setAcl: 4,
  check: 5,
  checkLock: 6,
  checkSession: 7,
});
const znodeKind = choice<ZnodeKind>({ persistent: 0, ephemeral: 1, container: 2, ttl: 3 });

function writeOp(to: ByteWriter, op: TreeOp): void {
  opName.write(to, op.op);
  switch (op.op) {
    case 'create':
      createOp.write(to, op);
      return;
    case 'set':
      setOp.write(to, op);
      return;
    case 'delete':
      deleteOp.write(to, op);
      return;
    case 'setAcl':
      setAclOp.write(to, op);
      return;
    case 'check':
      checkOp.write(to, op);
      return;
    case 'checkLock':
      to.text(op.path);
      writeZxid(to, op.token);
      return;
    case 'checkSession':
      writeSession(to, op.session);
      return;
    default:
      unreachable(op);
  }
}

function readOp(from: ByteReader): TreeOp {
  const op = opName.read(from);
  switch (op) {
    case 'create':
      return createOp.read(from);
    case 'set':
      return setOp.read(from);
    case 'delete':
      return deleteOp.read(from);
    case 'setAcl':
      return setAclOp.read(from);
    case 'check':
      return checkOp.read(from);
    case 'checkLock':
      return { op, path: readPath(from), token: readZxid(from) };
    case 'checkSession':
      return { op, path: rootPath, session: readSession(from) };
  }
}

const createOp: Codec<CreateOp> = {
  write(to, op) {
    to.u8((op.sequential ? 1 : 0) | (op.parents ? 2 : 0) | (op.ttlMs === undefined ? 0 : 4)).text(
      op.path,
    );
    writeData(to, op.data);
    writeAcl(to, op.acl);
    znodeKind.write(to, op.kind);
    if (op.ttlMs !== undefined) to.u53(op.ttlMs);
  },
  read(from) {
    const flags = readFlags(from, 7);
    const sequential = (flags & 1) !== 0;
    const op: CreateOp = {
      op: 'create',
      path: readPath(from, sequential),
      data: readData(from),
      acl: readAcl(from),
      kind: znodeKind.read(from),
      sequential,
      parents: (flags & 2) !== 0,
    };
    return (flags & 4) === 0 ? op : { ...op, ttlMs: from.u53() };
  },
};

const setOp: Codec<SetOp> = {
  write(to, op) {
    to.text(op.path);
    writeData(to, op.data);
    writeExpected(to, op.expected);
    to.u8((op.orCreate === undefined ? 0 : 1) | (op.orCreate?.parents === true ? 2 : 0));
    if (op.orCreate !== undefined) writeAcl(to, op.orCreate.acl);
  },
  read(from) {
    const op: SetOp = {
      op: 'set',
      path: readPath(from),
      data: readData(from),
      expected: readExpected(from),
    };
    const flags = readFlags(from, 3);
    if (flags === 2) throw new MalformedBytes('parents without a create');
    return flags === 0 ? op : { ...op, orCreate: { acl: readAcl(from), parents: flags === 3 } };
  },
};

const deleteOp: Codec<DeleteOp> = {
  write(to, op) {
    to.text(op.path);
    writeExpected(to, op.expected);
    to.bool(op.recursive);
  },
  read(from) {
    return {
      op: 'delete',
      path: readPath(from),
      expected: readExpected(from),
      recursive: from.bool(),
    };
  },
};

const setAclOp: Codec<SetAclOp> = {
  write(to, op) {
    to.text(op.path);
    writeAcl(to, op.acl);
    to.i32(op.aversion);
  },
  read(from) {
    return { op: 'setAcl', path: readPath(from), acl: readAcl(from), aversion: from.i32() };
  },
};

const checkOp: Codec<CheckOp> = {
  write(to, op) {
    to.text(op.path);
    writeExpected(to, op.expected);
    to.bool(op.absent);
  },
  read(from) {
    return { op: 'check', path: readPath(from), expected: readExpected(from), absent: from.bool() };
  },
};

function writeExpected(to: ByteWriter, expected: Expected): void {
  to.i32(expected.version);
  writeOptionalZxid(to, expected.czxid);
}

function readExpected(from: ByteReader): Expected {
  const version = from.i32();
  const czxid = readOptionalZxid(from);
  return czxid === undefined ? { version } : { version, czxid };
}

function writeIdentity(to: ByteWriter, identity: Identity): void {
  to.text(identity.scheme).text(identity.id);
}

function readIdentity(from: ByteReader): Identity {
  return { scheme: from.text(), id: from.text() };
}

export const contextCodec: Codec<RequestContext> = {
  write(to, context) {
    to.u8(
      (context.session === undefined ? 0 : 1) |
        (context.owner === undefined ? 0 : 2) |
        (context.idempotencyKey === undefined ? 0 : 4),
    );
    if (context.session !== undefined) writeSession(to, context.session);
    if (context.owner !== undefined) to.text(context.owner);
    if (context.idempotencyKey !== undefined) to.text(context.idempotencyKey);
    writeList(to, context.identities, writeIdentity);
  },
  read(from) {
    const flags = readFlags(from, 7);
    return {
      ...((flags & 1) !== 0 && { session: readSession(from) }),
      ...((flags & 2) !== 0 && { owner: from.text() }),
      ...((flags & 4) !== 0 && { idempotencyKey: from.text() }),
      identities: readList(from, 8, readIdentity),
    };
  },
};

// By name, not by number: refusals are rare, and a peer of another version then says which code it does not know.
function readErrorCode(from: ByteReader): ErrorCode {
  const code = from.text();
  if (!Object.hasOwn(errorCatalogue, code)) {
    throw new MalformedBytes(`an unknown error code ${JSON.stringify(code)}`);
  }
  return code as ErrorCode;
}

const appliedWord = choice<NonNullable<Refusal['applied']>>({ no: 0, unknown: 1 });

export const refusalCodec: Codec<Refusal> = {
  write(to, refusal) {
    to.text(refusal.code).text(refusal.detail);
    to.u8(
      (refusal.path === undefined ? 0 : 1) |
        (refusal.limit === undefined ? 0 : 2) |
        (refusal.actual === undefined ? 0 : 4) |
        (refusal.failedIndex === undefined ? 0 : 8) |
        (refusal.applied === undefined ? 0 : 16) |
        (refusal.retryable === undefined ? 0 : 32),
    );
    if (refusal.path !== undefined) to.text(refusal.path);
    if (refusal.limit !== undefined) to.u53(refusal.limit);
    if (refusal.actual !== undefined) to.u53(refusal.actual);
    if (refusal.failedIndex !== undefined) to.u32(refusal.failedIndex);
    if (refusal.applied !== undefined) appliedWord.write(to, refusal.applied);
    if (refusal.retryable !== undefined) to.bool(refusal.retryable);
  },
  read(from) {
    const code = readErrorCode(from);
    const detail = from.text();
    const flags = readFlags(from, 63);
    return {
      kind: 'refused',
      code,
      detail,
      ...((flags & 1) !== 0 && { path: from.text() }),
      ...((flags & 2) !== 0 && { limit: from.u53() }),
      ...((flags & 4) !== 0 && { actual: from.u53() }),
      ...((flags & 8) !== 0 && { failedIndex: from.u32() }),
      ...((flags & 16) !== 0 && { applied: appliedWord.read(from) }),
      ...((flags & 32) !== 0 && { retryable: from.bool() }),
    };
  },
};
