import { refused, type Refusal } from '../model/error-code.ts';
import { utf8Length } from '../base/bytes.ts';
import { aclEntryOverheadBytes, type Acl } from '../model/acl.ts';
import type { Limits } from '../model/limits.ts';
import { electionsRoot, isQueuePath, locksRoot } from '../model/lock.ts';
import type { ZnodePath } from '../model/path.ts';
import type { ReadQuery } from '../model/read.ts';
import { ttlMsMax, type CreateOp, type MultiRequest, type TreeOp } from '../model/request.ts';

const int32Max = 2 ** 31 - 1;
const noOps: readonly TreeOp[] = [];
const noAcl: Acl = [];
/** What an op costs besides its path, data and ACL. */
const opOverheadBytes = 32;

/** Checks a write. Undefined when a door may send this on; else what is wrong, with the limit and what was asked. */
export function validateMulti(
  request: MultiRequest,
  idempotencyKey: string | undefined,
  limits: Limits,
): Refusal | undefined {
  const orElse = request.orElse ?? noOps;
  const count = request.ops.length + orElse.length;
  if (count === 0) return refused('badArguments', 'A transaction needs at least one operation.');
  if (count > limits.opsPerMultiMax) {
    return tooLarge('operations in one transaction', limits.opsPerMultiMax, count);
  }
  if (idempotencyKey !== undefined) {
    const keyBytes = utf8Length(idempotencyKey);
    if (keyBytes === 0) return refused('badArguments', 'An idempotency key must not be empty.');
    if (keyBytes > limits.idempotencyKeyBytesMax) {
      return tooLarge('bytes of idempotency key', limits.idempotencyKeyBytesMax, keyBytes);
    }
  }
  const refusal = validateOps(request, request.ops, limits) ?? validateOps(request, orElse, limits);
  if (refusal !== undefined) return refusal;
  let bytes = 0;
  for (const op of request.ops) bytes += opBytes(op);
  for (const op of orElse) bytes += opBytes(op);
  if (bytes > limits.requestBytesMax) {
    return tooLarge('bytes of request', limits.requestBytesMax, bytes);
  }
  return undefined;
}

function validateOps(
  { single }: MultiRequest,
  ops: readonly TreeOp[],
  limits: Limits,
): Refusal | undefined {
  let index = 0;
  for (const op of ops) {
    const refusal = validateOp(op, limits);
    if (refusal !== undefined) return single ? refusal : { ...refusal, failedIndex: index };
    index++;
  }
  return undefined;
}

/** Refuses TTL znodes, where ZooKeeper's extendedTypesEnabled is off. */
export function refuseTtl({ ops, orElse, single }: MultiRequest): Refusal | undefined {
  for (const branch of [ops, orElse ?? []]) {
    const index = branch.findIndex((op) => op.op === 'create' && op.kind === 'ttl');
    const path = branch[index]?.path;
    if (path === undefined) continue;
    const detail =
      'TTL znodes are switched off here: create another kind, or have zookeeper.extendedTypes set to true.';
    return refused('unimplemented', detail, { path, ...(!single && { failedIndex: index }) });
  }
  return undefined;
}

export function validateQuery(query: ReadQuery, limits: Limits): Refusal | undefined {
  const refusal = validatePath(query.path, limits);
  if (refusal !== undefined || !('limit' in query)) return refusal;
  if (!Number.isInteger(query.limit) || query.limit < 1) {
    return refused(
      'badArguments',
      `limit must be a whole number from 1 to ${String(limits.childrenPageMax)}.`,
    );
  }
  if (query.limit > limits.childrenPageMax) {
    return tooLarge('children in one page', limits.childrenPageMax, query.limit);
  }
  return undefined;
}

export function validateTimeout(timeoutMs: number): Refusal | undefined {
  if (Number.isFinite(timeoutMs) && timeoutMs > 0) return undefined;
  return refused('badArguments', 'A timeout must be a positive number of milliseconds.');
}

/** Clamps a session's timeout by ZooKeeper's rule: what is asked for is clamped, and the answer says to what. */
export function clampSessionTimeout(timeoutMs: number, limits: Limits): number {
  const { sessionTimeoutMsMin, sessionTimeoutMsMax } = limits;
  return Math.round(Math.min(Math.max(timeoutMs, sessionTimeoutMsMin), sessionTimeoutMsMax));
}

function validateOp(op: TreeOp, limits: Limits): Refusal | undefined {
  const refusal = validatePath(op.path, limits);
  if (refusal !== undefined) return refusal;
  const data = dataOf(op);
  const large = data === null ? undefined : validateData(op.path, data, limits);
  if (large !== undefined) return large;
  const aclEntries = aclOf(op).length;
  if (aclEntries > limits.aclEntriesMax) {
    return tooLarge('entries in an ACL', limits.aclEntriesMax, aclEntries, op.path);
  }
  if (op.op === 'create') return validateTtl(op);
  if (op.op === 'checkSession') return undefined;
  if (op.op === 'checkLock') return validateQueue(op.path);
  const version = op.op === 'setAcl' ? op.aversion : op.expected.version;
  // Versions wrap, so those below -1 are versions too.
  if (!Number.isInteger(version) || version < -int32Max - 1 || version > int32Max) {
    return refused(
      'badArguments',
      `A version is a whole number of 32 bits, -1 for any, got ${String(version)}.`,
      { path: op.path },
    );
  }
  return undefined;
}

export function validateData(
  path: ZnodePath,
  data: Uint8Array,
  { dataBytesMax }: Limits,
): Refusal | undefined {
  if (data.length <= dataBytesMax) return undefined;
  return tooLarge('bytes of data', dataBytesMax, data.length, path);
}

export function validateQueue(path: ZnodePath): Refusal | undefined {
  if (isQueuePath(path)) return undefined;
  return refused(
    'badArguments',
    `A lock is a directory right below ${locksRoot}, an election one right below ${electionsRoot}: its name has no "/".`,
    { path },
  );
}

function validateTtl({ kind, ttlMs, path }: CreateOp): Refusal | undefined {
  if (kind !== 'ttl') {
    return ttlMs === undefined
      ? undefined
      : refused('badArguments', 'Only a znode of kind ttl takes a ttl.', { path });
  }
  if (ttlMs !== undefined && Number.isInteger(ttlMs) && ttlMs >= 1 && ttlMs <= ttlMsMax) {
    return undefined;
  }
  return refused(
    'badArguments',
    `A ttl is a whole number of milliseconds from 1 to ${String(ttlMsMax)}.`,
    { path },
  );
}

export function validatePath(path: ZnodePath, limits: Limits): Refusal | undefined {
  // Three bytes a code unit is the most that UTF-8 needs: short paths are not encoded just to be measured.
  if (path.length * 3 > limits.pathBytesMax) {
    const bytes = utf8Length(path);
    if (bytes > limits.pathBytesMax) {
      return tooLarge('bytes of path', limits.pathBytesMax, bytes, path);
    }
  }
  if (path.length <= limits.pathDepthMax) return undefined;
  let depth = 0;
  for (let index = path.indexOf('/'); index >= 0; index = path.indexOf('/', index + 1)) depth++;
  return depth > limits.pathDepthMax
    ? tooLarge('levels of path', limits.pathDepthMax, depth, path)
    : undefined;
}

function opBytes(op: TreeOp): number {
  let bytes = opOverheadBytes + utf8Length(op.path) + (dataOf(op)?.length ?? 0);
  for (const { scheme, id } of aclOf(op)) {
    bytes += aclEntryOverheadBytes + utf8Length(scheme) + utf8Length(id);
  }
  return bytes;
}

function dataOf(op: TreeOp): Uint8Array | null {
  return op.op === 'set' || op.op === 'create' ? op.data : null;
}

function aclOf(op: TreeOp): Acl {
  if (op.op === 'set') return op.orCreate?.acl ?? noAcl;
  return op.op === 'create' || op.op === 'setAcl' ? op.acl : noAcl;
}

function tooLarge(what: string, limit: number, actual: number, path?: string): Refusal {
  return refused(
    'tooLarge',
    `At most ${String(limit)} ${what} are allowed, got ${String(actual)}.`,
    {
      limit,
      actual,
      ...(path === undefined ? {} : { path }),
    },
  );
}
