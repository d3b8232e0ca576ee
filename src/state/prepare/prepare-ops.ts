import { unreachable } from '../../base/assert.ts';
import { utf8Length } from '../../base/bytes.ts';
import { keptAcl, permission, type Acl, type Identity } from '../../model/acl.ts';
import { isKeptPath } from '../../model/auth.ts';
import { isRefusal, refused, type Refusal } from '../../model/error-code.ts';
import type { SessionId } from '../../model/ids.ts';
import type { Limits } from '../../model/limits.ts';
import {
  childOf,
  nameOf,
  parentOf,
  rootPath,
  zookeeperConfigPath,
  type ZnodePath,
} from '../../model/path.ts';
import {
  ttlMsMax,
  type CheckOp,
  type CreateOp,
  type DeleteOp,
  type Expected,
  type SetAclOp,
  type SetOp,
  type TreeOp,
} from '../../model/request.ts';
import type { OwnedKind } from '../../model/txn.ts';
import { zxidEquals } from '../../model/zxid.ts';
import { isAllowed, noAuth, resolveAcl } from '../access/access.ts';
import type { Grants } from '../access/grants.ts';
import { unfitForKept } from './prepare-auth.ts';
import { bytesOfZnode, type Draft, type SeenZnode } from './draft.ts';
import { aclMemoryBytes } from '../tree/acl-table.ts';
import { createsMax } from '../tree/versions.ts';
import type { ZnodeFacts } from './pending-txns.ts';
import { aboveStateBytes } from './prepare-growth.ts';
import { aboveQuota } from './prepare-quota.ts';
import { checkLock, checkSession } from './prepare-guards.ts';

// One op against the view of its branch. Each check stands where ZooKeeper's PrepRequestProcessor has it, so
// that of two things wrong both name the same one.

export interface OpContext {
  readonly draft: Draft;
  readonly limits: Limits;
  readonly identities: readonly Identity[];
  readonly session: SessionId | undefined;
  /** Asked by the ensemble itself. */
  readonly isEnsembles: boolean;
  /** What was granted, as applied here; undefined for ops of our own making, which nobody's verbs are asked for. */
  readonly grants: Grants | undefined;
  /** Something was changed that the ensemble keeps for itself: what it comes to is looked at in the end. */
  touchesKept?: boolean;
  /** The index of the op in its branch: of each in turn. */
  answers: number;
}

const reservedPaths: ReadonlySet<string> = new Set([
  '/',
  '/zookeeper',
  zookeeperConfigPath,
  '/zookeeper/quota',
]);

/** Adds the op's changes to the draft, or says why not; the draft is then of no more use. */
export function prepareOp(context: OpContext, op: TreeOp): Refusal | undefined {
  const ungranted = context.grants && withoutVerb(context.grants, op, context.identities);
  if (ungranted !== undefined) return ungranted;
  if (isKeptPath(op.path)) {
    const unfit = unfitForKept(op, context.draft);
    if (unfit !== undefined) return unfit;
    context.touchesKept = true;
  }
  switch (op.op) {
    case 'create':
      return create(context, op);
    case 'set':
      return set(context, op);
    case 'delete':
      return remove(context, op);
    case 'setAcl':
      return setAcl(context, op);
    case 'check':
      return check(context, op);
    case 'checkLock':
      return checkLock(context, op);
    case 'checkSession':
      return checkSession(context, op);
    default:
      return unreachable(op);
  }
}

/**
 * Says which verb is missing for an op, before anything is looked up: who may do nothing there learns nothing. Parents
 * that are made, and an upsert, are asked for once it is known what they come to.
 */
function withoutVerb(
  grants: Grants,
  op: TreeOp,
  identities: readonly Identity[],
): Refusal | undefined {
  const { path } = op;
  switch (op.op) {
    case 'create':
      // The name that it will get is not known yet: it lies below the parent.
      return grants.refusal('create', op.sequential ? parentOf(path) : path, identities);
    case 'set': {
      const mayMake = op.orCreate !== undefined && grants.may('create', path, identities);
      return mayMake ? undefined : grants.refusal('write', path, identities);
    }
    case 'delete':
      return grants.refusal('delete', path, identities);
    case 'setAcl':
      return grants.refusal('admin', path, identities);
    case 'check':
      return grants.refusal('read', path, identities);
    case 'checkLock':
      return grants.refusal('lock', path, identities);
    case 'checkSession':
      return undefined;
    default:
      return unreachable(op);
  }
}

function create(context: OpContext, op: CreateOp): Refusal | undefined {
  const { limits, identities } = context;
  const owned = ownedBy(op, context.session);
  if (owned.kind === 'refused') return owned;
  const unusable = unusablePath(op.path, op.sequential, limits) ?? largeData(op, limits);
  if (unusable !== undefined) return unusable;
  const acl = isKeptPath(op.path) ? keptAcl : resolveAcl(op.acl, identities, limits);
  if (isRefusal(acl)) return { ...acl, path: op.path };
  if (owned.kind === 'ephemeral') {
    const tooMany = tooManyEphemerals(context, owned.owner);
    if (tooMany !== undefined) return { ...tooMany, path: op.path };
  }
  const parentPath = parentOf(op.path);
  if (op.parents) {
    const hindered = createParents(context, parentPath, acl);
    if (hindered !== undefined) return hindered;
  }
  return createOne(context, op, { acl, owned });
}

function createOne(
  context: Pick<OpContext, 'draft' | 'limits' | 'identities' | 'answers'>,
  op: Pick<CreateOp, 'path' | 'data' | 'sequential'>,
  as: { readonly acl: Acl; readonly owned: OwnedKind },
): Refusal | undefined {
  const { draft, limits, identities, answers } = context;
  const parentPath = parentOf(op.path);
  const parent = draft.find(parentPath);
  if (parent === undefined) {
    return refused(
      'noParent',
      `The parent "${parentPath}" does not exist: create it first, or ask for parents.`,
      { path: op.path },
    );
  }
  if (!isAllowed(parent.acl, permission.create, identities)) {
    return noAuth(op.path, `CREATE on "${parentPath}"`);
  }
  let path = op.path;
  if (op.sequential) {
    if (parent.creates >= createsMax) {
      return refused(
        'sequenceExhausted',
        `"${parentPath}" has had ${String(createsMax)} children: use another parent.`,
        { path: op.path, limit: createsMax, actual: parent.creates },
      );
    }
    const name = nameOf(op.path) + String(parent.creates).padStart(10, '0');
    path = childOf(parentPath, name);
    const unusable = unusablePath(path, false, limits);
    if (unusable !== undefined) return unusable;
  }
  if (draft.find(path) !== undefined) {
    return refused('nodeExists', `"${path}" exists already.`, { path });
  }
  if (parent.owned.kind === 'ephemeral') {
    return refused('noChildrenForEphemerals', `"${parentPath}" is ephemeral and has no children.`, {
      path,
    });
  }
  const bytes = op.data?.length ?? 0;
  const above =
    aboveQuota(draft, path, 1, bytes) ??
    aboveStateBytes(draft, path, bytesOfZnode(path, bytes, as.acl), limits);
  if (above !== undefined) return above;
  draft.create(path, parent, { data: op.data, ...as, answers });
  return undefined;
}

/** As if each missing parent had been asked for by itself, from the top: the same checks, the same ACL. */
function createParents(context: OpContext, path: ZnodePath, acl: Acl): Refusal | undefined {
  const missing: ZnodePath[] = [];
  for (let at = path; context.draft.find(at) === undefined; at = parentOf(at)) missing.push(at);
  for (const at of missing.reverse()) {
    const ungranted = context.grants?.refusal('create', at, context.identities);
    if (ungranted !== undefined) return ungranted;
    const op = { path: at, data: new Uint8Array(0), sequential: false };
    const owned = { kind: 'persistent' } as const;
    const { draft, limits, identities } = context;
    const each = { draft, limits, identities, answers: -1 };
    const refusal = createOne(each, op, { acl, owned });
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function set(context: OpContext, op: SetOp): Refusal | undefined {
  const { draft, limits, identities, answers } = context;
  const large = largeData(op, limits);
  if (large !== undefined) return large;
  const znode = draft.find(op.path);
  if (znode === undefined) {
    const acceptsNone = op.expected.version === -1 && op.expected.czxid === undefined;
    if (op.orCreate === undefined || !acceptsNone) return noNode(op.path);
    const ungranted = context.grants?.refusal('create', op.path, identities);
    if (ungranted !== undefined) return ungranted;
    const { acl, parents } = op.orCreate;
    const { path, data } = op;
    return create(context, {
      op: 'create',
      path,
      data,
      acl,
      parents,
      kind: 'persistent',
      sequential: false,
    });
  }
  if (op.orCreate !== undefined) {
    const ungranted = context.grants?.refusal('write', op.path, identities);
    if (ungranted !== undefined) return ungranted;
  }
  if (!isAllowed(znode.acl, permission.write, identities)) return noAuth(op.path, 'WRITE');
  const bytes = (op.data?.length ?? 0) - znode.stat.dataLength;
  const above = aboveQuota(draft, op.path, 0, bytes) ?? grownTooFar(context, op.path, bytes);
  if (above !== undefined) return above;
  const mismatch = unexpected(op.path, znode, op.expected);
  if (mismatch !== undefined) return mismatch;
  if (op.path === zookeeperConfigPath && !context.isEnsembles) return ensembles(op.path);
  draft.set(op.path, znode, op.data, answers);
  return undefined;
}

/** Whoever has all rights would only think that he had changed who is a member. */
function ensembles(path: ZnodePath): Refusal {
  const detail =
    `"${path}" shows who is a member, and is written by the ensemble alone. To change who is one: quoll member, or ` +
    "reconfig for ZooKeeper's clients.";
  return refused('badArguments', detail, { path });
}

/** The ensemble's own line-up is written whatever else there is. */
function grownTooFar(
  { draft, limits }: OpContext,
  path: ZnodePath,
  bytes: number,
): Refusal | undefined {
  return path === zookeeperConfigPath ? undefined : aboveStateBytes(draft, path, bytes, limits);
}

function remove(context: OpContext, op: DeleteOp): Refusal | undefined {
  const { draft, identities, answers } = context;
  if (reservedPaths.has(op.path)) {
    return op.path === zookeeperConfigPath
      ? ensembles(op.path)
      : refused('badArguments', `"${op.path}" can't be deleted.`, { path: op.path });
  }
  const parentPath = parentOf(op.path);
  const parent = draft.find(parentPath);
  if (parent === undefined) return noNode(op.path);
  if (!isAllowed(parent.acl, permission.delete, identities)) {
    return noAuth(op.path, `DELETE on "${parentPath}"`);
  }
  const znode = draft.find(op.path);
  if (znode === undefined) return noNode(op.path);
  const mismatch = unexpected(op.path, znode, op.expected);
  if (mismatch !== undefined) return mismatch;
  if (znode.stat.numChildren > 0) {
    if (op.recursive) return removeAll(context, { path: op.path, znode });
    const detail = `"${op.path}" has children: delete them first, or delete recursively.`;
    return refused('notEmpty', detail, { path: op.path });
  }
  draft.delete(op.path, znode, answers);
  return undefined;
}

/** The znode and everything below, children before parents, or nothing. */
function removeAll(context: OpContext, top: SeenZnode): Refusal | undefined {
  const { draft, limits, identities, answers } = context;
  // Parents before children and, within one parent, from the first name: to be deleted from the end.
  const found = [top];
  for (let index = 0; index < found.length; index++) {
    const { path, znode } = found[index] as SeenZnode;
    const { numChildren } = znode.stat;
    if (numChildren === 0) continue;
    const actual = found.length + numChildren;
    const tooMany = tooManyGone(top.path, actual, limits) ?? tooManyChanges(draft, actual, limits);
    if (tooMany !== undefined) return tooMany;
    if (!isAllowed(znode.acl, permission.delete, identities)) {
      return noAuth(path, `DELETE on "${path}"`);
    }
    for (const child of draft.childrenOf(path)) found.push(child);
  }
  draft.deleteAll(found.reverse(), answers);
  return undefined;
}

function tooManyGone(
  path: ZnodePath,
  actual: number,
  { recursiveDeleteMax: limit }: Limits,
): Refusal | undefined {
  if (actual <= limit) return undefined;
  const detail = `More than ${String(limit)} znodes would go: delete parts of "${path}" first.`;
  return refused('tooLarge', detail, { path, limit, actual });
}

/** What all ops together change is what every peer must apply in one go. */
export function tooManyChanges(
  { changes }: Draft,
  more: number,
  { changesPerTxnMax: limit }: Limits,
): Refusal | undefined {
  const actual = changes.length + more;
  if (actual <= limit) return undefined;
  const detail = `One transaction may create, change and delete ${String(limit)} znodes, parents and all that goes along included: send it in parts.`;
  return refused('tooLarge', detail, { limit, actual });
}

function setAcl(context: OpContext, op: SetAclOp): Refusal | undefined {
  const { draft, limits, identities, answers } = context;
  const acl = resolveAcl(op.acl, identities, limits);
  if (isRefusal(acl)) return { ...acl, path: op.path };
  const znode = draft.find(op.path);
  if (znode === undefined) return noNode(op.path);
  if (!isAllowed(znode.acl, permission.admin, identities)) return noAuth(op.path, 'ADMIN');
  if (op.aversion !== -1 && op.aversion !== znode.stat.aversion) {
    return badVersion(op.path, `aversion ${String(op.aversion)}`, znode);
  }
  const above = grownTooFar(context, op.path, aclMemoryBytes(acl) - aclMemoryBytes(znode.acl));
  if (above !== undefined) return above;
  draft.setAcl(op.path, znode, { acl, answers });
  return undefined;
}

function check(context: OpContext, op: CheckOp): Refusal | undefined {
  const { draft, identities, answers } = context;
  const znode = draft.find(op.path);
  if (op.absent) {
    // That something exists is no secret, on any door: `stat` asks for no permission either.
    if (znode !== undefined) {
      return refused('nodeExists', `"${op.path}" exists.`, { path: op.path });
    }
  } else {
    if (znode === undefined) return noNode(op.path);
    if (!isAllowed(znode.acl, permission.read, identities)) return noAuth(op.path, 'READ');
    const mismatch = unexpected(op.path, znode, op.expected);
    if (mismatch !== undefined) return mismatch;
  }
  draft.check(op.path, answers);
  return undefined;
}

function ownedBy(op: CreateOp, session: SessionId | undefined): OwnedKind | Refusal {
  const { kind, path, ttlMs } = op;
  switch (kind) {
    case 'persistent':
    case 'container':
      return { kind };
    case 'ttl':
      if (ttlMs !== undefined && Number.isInteger(ttlMs) && ttlMs >= 1 && ttlMs <= ttlMsMax) {
        return { kind, ttlMs };
      }
      return refused('badArguments', 'A TTL is 1 to 2^40 - 1 milliseconds.', {
        path,
        limit: ttlMsMax,
        ...(ttlMs === undefined ? {} : { actual: ttlMs }),
      });
    case 'ephemeral':
      if (session !== undefined) return { kind, owner: session };
      return refused('badArguments', 'An ephemeral znode needs a session to belong to.', { path });
    default:
      return unreachable(kind);
  }
}

function tooManyEphemerals({ draft, limits }: OpContext, session: SessionId): Refusal | undefined {
  const limit = limits.ephemeralsPerSessionMax;
  const actual = draft.ephemeralCount(session);
  if (actual < limit) return undefined;
  const detail = `A session may own ${String(limit)} ephemeral znodes: delete some, or open another session.`;
  return refused('tooLarge', detail, { limit, actual });
}

function unusablePath(path: ZnodePath, isPrefix: boolean, limits: Limits): Refusal | undefined {
  if (path.endsWith('/') && path !== rootPath && !isPrefix) {
    return refused('badArguments', 'Only a sequential path may end in "/".', { path });
  }
  const bytes = utf8Length(path);
  if (bytes > limits.pathBytesMax) {
    return refused('tooLarge', `A path may have at most ${String(limits.pathBytesMax)} bytes.`, {
      path,
      limit: limits.pathBytesMax,
      actual: bytes,
    });
  }
  const depth = path === rootPath ? 0 : path.split('/').length - 1;
  if (depth <= limits.pathDepthMax) return undefined;
  return refused('tooLarge', `A path may have at most ${String(limits.pathDepthMax)} names.`, {
    path,
    limit: limits.pathDepthMax,
    actual: depth,
  });
}

function largeData(
  { path, data }: { readonly path: ZnodePath; readonly data: Uint8Array | null },
  { dataBytesMax }: Limits,
): Refusal | undefined {
  if (data === null || data.length <= dataBytesMax) return undefined;
  return refused('tooLarge', `A znode may hold at most ${String(dataBytesMax)} bytes.`, {
    path,
    limit: dataBytesMax,
    actual: data.length,
  });
}

/** Says why it is not the znode that was expected; undefined when it is. */
export function unexpected(
  path: ZnodePath,
  znode: ZnodeFacts,
  expected: Expected,
): Refusal | undefined {
  const { version, czxid } = expected;
  if (version !== -1 && version !== znode.stat.version) {
    return badVersion(path, `version ${String(version)}`, znode);
  }
  if (czxid !== undefined && !zxidEquals(czxid, znode.stat.czxid)) {
    return refused('badVersion', `"${path}" was deleted and made again: read it anew.`, { path });
  }
  return undefined;
}

function badVersion(path: ZnodePath, wanted: string, { stat }: ZnodeFacts): Refusal {
  const detail = `"${path}" is not at ${wanted} (version ${String(stat.version)}, aversion ${String(stat.aversion)}): read it anew.`;
  return refused('badVersion', detail, { path });
}

function noNode(path: ZnodePath): Refusal {
  return refused('noNode', `"${path}" does not exist.`, { path });
}
