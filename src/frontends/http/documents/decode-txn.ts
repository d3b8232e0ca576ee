import { z } from 'zod';
import { openAcl, permissionsFromLetters, type Acl } from '../../../model/acl.ts';
import type { Limits } from '../../../model/limits.ts';
import { parsePath, rootPath, type ZnodePath } from '../../../model/path.ts';
import { ttlMsMax, type Expected, type MultiRequest, type TreeOp } from '../../../model/request.ts';
import { parseZxid } from '../../../model/zxid.ts';
import { sessionIdFrom } from '../exchange/caller.ts';
import { zxidFrom } from '../exchange/decode.ts';
import { checkedBy, decodeJson } from '../exchange/json-body.ts';
import { Problem } from '../exchange/problem.ts';
import { dataField, dataFields, dataFrom, mistake, zxidField } from './fields.ts';
import { eitherQueue } from './queue-path.ts';

// JSON bodies that name znodes: transactions and ACLs. The schemas are strict: a field that is not known is a mistake
// that would otherwise go unnoticed.

const versionSchema = z.int().min(-1).max(2_147_483_647);
const aclEntrySchema = z.strictObject({
  permissions: z.string().refine(arePermissions, 'must be letters of "cdrwa", each at most once'),
  scheme: z.string().min(1),
  id: z.string(),
});
/** More than any ACL has, so that a long list is not walked: the service has the exact limit. */
const aclEntriesMax = 1_000;
const aclSchema = z
  .array(z.unknown())
  .max(aclEntriesMax, `may have ${String(aclEntriesMax)} entries`)
  .pipe(z.array(aclEntrySchema));
const aclBodySchema = z.strictObject({ acl: aclSchema });

const expectedFields = { version: versionSchema.optional(), czxid: zxidField.optional() };
const path = z.string();

const opNames = 'create, set, delete, setAcl, check, checkAbsent, checkLock or checkSession';

const opSchemas = [
  z.strictObject({
    op: z.literal('create'),
    path,
    ...dataFields,
    acl: aclSchema.optional(),
    kind: z.enum(['persistent', 'ephemeral', 'container', 'ttl']).optional(),
    sequential: z.boolean().optional(),
    ttlMs: z.int().min(1).max(ttlMsMax).optional(),
    parents: z.boolean().optional(),
  }),
  z.strictObject({
    op: z.literal('set'),
    path,
    ...dataFields,
    data: dataField,
    ...expectedFields,
    create: z.boolean().optional(),
    parents: z.boolean().optional(),
    acl: aclSchema.optional(),
  }),
  z.strictObject({
    op: z.literal('delete'),
    path,
    ...expectedFields,
    recursive: z.boolean().optional(),
  }),
  z.strictObject({
    op: z.literal('setAcl'),
    path,
    acl: aclSchema,
    version: versionSchema.optional(),
  }),
  z.strictObject({ op: z.literal('check'), path, ...expectedFields }),
  z.strictObject({ op: z.literal('checkAbsent'), path }),
  z.strictObject({
    op: z.literal('checkLock'),
    lock: z.string().optional(),
    election: z.string().optional(),
    token: zxidField,
  }),
  z.strictObject({ op: z.literal('checkSession'), session: z.string() }),
] as const;
const opSchema = z.discriminatedUnion('op', opSchemas, { error: `"op" must be ${opNames}` });

type OpBody = z.output<typeof opSchema>;

/** Holds how many ops there may be: they are counted before anything is made of them. */
type TxnLimits = Pick<Limits, 'opsPerMultiMax'>;

/** The ops are checked one by one, once they are counted, and no further than to the first mistake. */
const txnSchema = z.strictObject({
  ops: z.array(z.unknown()).min(1),
  else: z.array(z.unknown()).optional(),
});

/** Decodes the body of `PUT ?acl`. Throws a `Problem`. */
export function decodeAcl(body: Uint8Array): Acl {
  return aclFrom(decodeJson(body, aclBodySchema).acl);
}

/** Decodes a transaction, the body of `POST /v1/txn`. Throws a `Problem`. */
export function decodeTxn(body: Uint8Array, limits: TxnLimits): MultiRequest {
  return txnFrom(decodeJson(body, txnSchema), limits);
}

/** Decodes a transaction whose document came in something larger. Throws a `Problem`. */
export function decodeTxnDocument(document: unknown, limits: TxnLimits): MultiRequest {
  return txnFrom(checkedBy(txnSchema, document), limits);
}

/** Decodes one op that is a request of its own. Throws a `Problem`. */
export function decodeSingleOp(document: unknown): MultiRequest {
  return { kind: 'multi', single: true, ops: [decodeOp(checkedBy(opSchema, document), 'op')] };
}

function txnFrom(
  txn: z.output<typeof txnSchema>,
  { opsPerMultiMax: limit }: TxnLimits,
): MultiRequest {
  const actual = txn.ops.length + (txn.else?.length ?? 0);
  if (actual > limit) {
    throw new Problem(
      'tooLarge',
      `a transaction may have ${String(limit)} ops, and this one has ${String(actual)}: send less at a time`,
      { limit, actual },
    );
  }
  const ops = opsFrom(txn.ops, 'ops');
  if (txn.else === undefined) return { kind: 'multi', single: false, ops };
  return { kind: 'multi', single: false, ops, orElse: opsFrom(txn.else, 'else') };
}

function opsFrom(documents: readonly unknown[], branch: string): TreeOp[] {
  return documents.map((document, index) => {
    const where = `${branch}.${String(index)}`;
    return decodeOp(checkedBy(opSchema, document, where), where);
  });
}

function decodeOp(body: OpBody, where: string): TreeOp {
  if (body.op === 'checkLock') return checkLockOp(body, where);
  if (body.op === 'checkSession') {
    const session = sessionIdFrom(body.session, `${where}.session`);
    return { op: 'checkSession', path: rootPath, session };
  }
  const sequential = body.op === 'create' && body.sequential === true;
  const target = opPath(body.path, sequential, where);
  switch (body.op) {
    case 'create':
      return createOp(body, target, where);
    case 'set':
      return setOp(body, target, where);
    case 'delete':
      return {
        op: 'delete',
        path: target,
        expected: expectedFrom(body),
        recursive: body.recursive ?? false,
      };
    case 'setAcl':
      return { op: 'setAcl', path: target, acl: aclFrom(body.acl), aversion: body.version ?? -1 };
    case 'check':
      return { op: 'check', path: target, expected: expectedFrom(body), absent: false };
    case 'checkAbsent':
      return { op: 'check', path: target, expected: { version: -1 }, absent: true };
  }
}

function checkLockOp(body: Extract<OpBody, { op: 'checkLock' }>, where: string): TreeOp {
  const path = eitherQueue(body);
  if (path === undefined) throw mistake(where, 'name either a lock or an election');
  return { op: 'checkLock', path, token: zxidFrom(body.token, `${where}.token`) };
}

function createOp(
  body: Extract<OpBody, { op: 'create' }>,
  target: ZnodePath,
  where: string,
): TreeOp {
  const kind = body.kind ?? (body.ttlMs === undefined ? 'persistent' : 'ttl');
  if ((kind === 'ttl') !== (body.ttlMs !== undefined)) {
    throw mistake(where, 'ttlMs and kind "ttl" go together');
  }
  const created = {
    op: 'create',
    path: target,
    data: dataFrom(body, where),
    acl: body.acl === undefined ? openAcl : aclFrom(body.acl),
    kind,
    sequential: body.sequential ?? false,
    parents: body.parents ?? false,
  } as const;
  return body.ttlMs === undefined ? created : { ...created, ttlMs: body.ttlMs };
}

function setOp(body: Extract<OpBody, { op: 'set' }>, target: ZnodePath, where: string): TreeOp {
  const set = {
    op: 'set',
    path: target,
    data: dataFrom(body, where),
    expected: expectedFrom(body),
  } as const;
  if (body.create === true) {
    if (body.czxid !== undefined) {
      throw mistake(where, 'create contradicts czxid, which asks for a znode that exists');
    }
    const acl = body.acl === undefined ? openAcl : aclFrom(body.acl);
    return { ...set, orCreate: { acl, parents: body.parents ?? false } };
  }
  if (body.parents === true || body.acl !== undefined) {
    throw mistake(where, 'parents and acl go with create');
  }
  return set;
}

function opPath(text: string, sequential: boolean, where: string): ZnodePath {
  const parsed = parsePath(text, { sequential });
  if (typeof parsed !== 'string') throw mistake(`${where}.path`, parsed.complaint);
  return parsed;
}

function expectedFrom(body: {
  version?: number | undefined;
  czxid?: string | undefined;
}): Expected {
  const version = body.version ?? -1;
  const czxid = body.czxid === undefined ? undefined : parseZxid(body.czxid);
  return czxid === undefined ? { version } : { version, czxid };
}

function aclFrom(entries: z.output<typeof aclSchema>): Acl {
  return entries.map(({ permissions, scheme, id }) => ({
    permissions: permissionsFromLetters(permissions),
    scheme,
    id,
  }));
}

export function arePermissions(text: string): boolean {
  return /^[cdrwa]{1,5}$/.test(text) && new Set(text).size === text.length;
}
