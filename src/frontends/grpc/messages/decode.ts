import type {
  AclEntry__Output,
  CreateOp__Output,
  DeleteOp__Output,
  ExpectedAcl__Output,
  Expected__Output,
  SetAclOp__Output,
  SetOp__Output,
  TxnOp__Output,
  TxnRequest__Output,
} from '../../../generated/quoll/v1/znode.ts';
import { refused } from '../../../model/error-code.ts';
import { openAcl, permission, type Acl } from '../../../model/acl.ts';
import { childOf, parsePath, rootPath, type ZnodePath } from '../../../model/path.ts';
import { electionsRoot, locksRoot } from '../../../model/lock.ts';
import {
  anyVersion,
  type Expected,
  type MultiRequest,
  type TreeOp,
  type ZnodeKind,
} from '../../../model/request.ts';
import { ServiceError } from '../../../service/service-error.ts';
import { badField, sessionOf, zxidOf } from './numbers.ts';

// Messages of quoll.v1 -> model. What is wrong is thrown as a `ServiceError`, with the name of the field.

export function pathFrom(
  text: string,
  options: { readonly sequential?: boolean; readonly field?: string } = {},
): ZnodePath {
  const path = parsePath(text, options);
  if (typeof path === 'string') return path;
  const detail = `${options.field ?? 'path'}: ${path.complaint}`;
  throw new ServiceError(refused('badArguments', detail, { path: excerpt(text) }));
}

export function lockQueue(name: string): ZnodePath {
  return queueBelow(locksRoot, name);
}

export function electionQueue(name: string): ZnodePath {
  return queueBelow(electionsRoot, name);
}

function queueBelow(root: ZnodePath, name: string): ZnodePath {
  if (name === '') throw badField('name', 'is needed');
  if (name.includes('/')) throw badField('name', 'is a single name, without "/"');
  return pathFrom(childOf(root, name), { field: 'name' });
}

export function decodeCreate(op: CreateOp__Output): TreeOp {
  const kind = kindFrom(op);
  const ttlMs = op.ttlMs.toNumber();
  return {
    op: 'create',
    path: pathFrom(op.path, { sequential: op.sequential }),
    data: dataFrom(op),
    acl: aclFrom(op.acl),
    kind,
    sequential: op.sequential,
    parents: op.parents,
    ...(kind === 'ttl' && { ttlMs }),
  };
}

export function decodeSet(op: SetOp__Output): TreeOp {
  const set = {
    op: 'set',
    path: pathFrom(op.path),
    data: dataFrom(op),
    expected: expectedFrom(op.expected),
  } as const;
  if (op.create) {
    if (set.expected.czxid !== undefined) {
      throw badField('create', 'contradicts expected.czxid, which asks for a znode that exists');
    }
    return { ...set, orCreate: { acl: aclFrom(op.acl), parents: op.parents } };
  }
  if (op.parents || op.acl.length > 0) throw badField('parents and acl', 'go with create');
  return set;
}

export function decodeDelete(op: DeleteOp__Output): TreeOp {
  const { recursive } = op;
  return {
    op: 'delete',
    path: pathFrom(op.path),
    expected: expectedFrom(op.expected),
    recursive,
  };
}

export function decodeSetAcl(op: SetAclOp__Output): TreeOp {
  const aversion = aversionFrom(op.expected);
  // An empty list is no default here, as it is at creation: the leader refuses it.
  const acl = op.acl.length === 0 ? [] : aclFrom(op.acl);
  return { op: 'setAcl', path: pathFrom(op.path), acl, aversion };
}

export function decodeTxn(request: TxnRequest__Output): MultiRequest {
  const ops = request.ops.map((op, index) => decodeOp(op, `ops[${String(index)}]`));
  if (request.orElse === null) return { kind: 'multi', single: false, ops };
  const orElse = request.orElse.ops.map((op, index) =>
    decodeOp(op, `or_else.ops[${String(index)}]`),
  );
  return { kind: 'multi', single: false, ops, orElse };
}

function decodeOp(body: TxnOp__Output, where: string): TreeOp {
  try {
    return opFrom(body);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const { code, detail, ...more } = error.refusal;
    throw new ServiceError(refused(code, `${where}.${detail}`, more));
  }
}

function opFrom(body: TxnOp__Output): TreeOp {
  if (body.create) return decodeCreate(body.create);
  if (body.set) return decodeSet(body.set);
  if (body.delete) return decodeDelete(body.delete);
  if (body.setAcl) return decodeSetAcl(body.setAcl);
  if (body.check) {
    const expected = expectedFrom(body.check.expected);
    return { op: 'check', path: pathFrom(body.check.path), expected, absent: false };
  }
  if (body.checkAbsent) {
    return {
      op: 'check',
      path: pathFrom(body.checkAbsent.path),
      expected: anyVersion,
      absent: true,
    };
  }
  if (body.checkLock) {
    const token = zxidOf(body.checkLock.fencingToken, 'fencing_token');
    if (token === undefined) throw badField('fencing_token', 'is needed');
    return { op: 'checkLock', path: pathFrom(body.checkLock.queue, { field: 'queue' }), token };
  }
  if (body.checkSession) {
    const session = sessionOf(body.checkSession.sessionId, 'session_id');
    if (session === undefined) throw badField('session_id', 'is needed');
    return { op: 'checkSession', path: rootPath, session };
  }
  throw badField('op', 'must be set');
}

function expectedFrom(expected: Expected__Output | null): Expected {
  if (expected === null) return anyVersion;
  const czxid = zxidOf(expected.czxid, 'expected.czxid');
  return { version: expected.version, ...(czxid !== undefined && { czxid }) };
}

function aversionFrom(expected: ExpectedAcl__Output | null): number {
  return expected === null ? -1 : expected.aversion;
}

function dataFrom(body: { readonly data: Buffer; readonly nullData: boolean }): Uint8Array | null {
  if (!body.nullData) return body.data;
  if (body.data.length > 0) throw badField('null_data', 'contradicts data, which is not empty');
  return null;
}

const kinds = {
  ZNODE_KIND_PERSISTENT: 'persistent',
  ZNODE_KIND_EPHEMERAL: 'ephemeral',
  ZNODE_KIND_CONTAINER: 'container',
  ZNODE_KIND_TTL: 'ttl',
} as const satisfies Record<string, ZnodeKind>;

function kindFrom(op: CreateOp__Output): ZnodeKind {
  const hasTtl = !op.ttlMs.isZero();
  const kind =
    op.kind === 'ZNODE_KIND_UNSPECIFIED'
      ? hasTtl
        ? 'ttl'
        : 'persistent'
      : knownWord(kinds, op.kind, 'kind');
  if ((kind === 'ttl') !== hasTtl) {
    throw badField('ttl_ms', 'goes with the kind TTL, and it needs it');
  }
  return kind;
}

/**
 * Gives the word of an enum value. The library gives a number for one that this version does not know: it is refused.
 */
export function knownWord<Words extends Readonly<Record<string, unknown>>>(
  words: Words,
  given: string | number,
  field: string,
): Words[keyof Words] {
  if (Object.hasOwn(words, given)) return words[String(given)] as Words[keyof Words];
  throw badField(field, `${String(given)} is not known`);
}

export function aclFrom(entries: readonly AclEntry__Output[]): Acl {
  if (entries.length === 0) return openAcl;
  for (const { permissions } of entries) {
    if (permissions > permission.all) {
      throw badField('acl', `permissions is a sum of bits up to ${String(permission.all)}`);
    }
  }
  return entries.map(({ permissions, scheme, id }) => ({ permissions, scheme, id }));
}

function excerpt(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
