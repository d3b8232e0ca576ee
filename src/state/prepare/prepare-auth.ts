import { openAcl, type Acl } from '../../model/acl.ts';
import {
  adminRole,
  authDirectories,
  authGrantsPath,
  authLimits,
  authPlaceOf,
  authRolesPath,
  authRoot,
  authTokensPath,
  complaintOfDocument,
  complaintOfName,
  isComplaint,
  isEndless,
  isKeptPath,
  parseAuthSwitch,
  parseGrant,
  parsePrincipal,
  type GrantDocument,
} from '../../model/auth.ts';
import { refused, type Refusal } from '../../model/error-code.ts';
import { childOf, nameOf, parentOf, type ZnodePath } from '../../model/path.ts';
import type { TreeOp } from '../../model/request.ts';
import { isBelieved } from '../access/grants.ts';
import { parseIpRange } from '../../model/ip-range.ts';
import type { Draft, SeenZnode } from './draft.ts';

// What the ensemble keeps below /zookeeper/quoll is written as everything is, and by the rules of this file besides: only
// documents that can be read, and never a state in which nobody could change it.

/** Says why an op at a kept path is not one of those that may be. */
export function unfitForKept(op: TreeOp, draft: Draft): Refusal | undefined {
  const stranger = leftBehind(op.path, draft);
  switch (op.op) {
    case 'create': {
      if (stranger !== undefined) return unfitStranger(stranger);
      if (op.kind !== 'persistent' || op.sequential) {
        return unfit(op.path, 'what is kept here is persistent, and has the name that it is given');
      }
      return unfitAcl(op.path, op.acl) ?? unfitDocument(op.path, op.data);
    }
    case 'set':
      if (stranger !== undefined) return unfitStranger(stranger);
      return (op.orCreate && unfitAcl(op.path, op.orCreate.acl)) ?? unfitDocument(op.path, op.data);
    case 'delete': {
      if (stranger !== undefined) return undefined;
      const isDocument = authDirectories.includes(parentOf(op.path));
      return isDocument ? undefined : unfit(op.path, 'it stays: switch grants off instead');
    }
    case 'setAcl':
      return unfit(op.path, 'its ACL stays: grants alone say who may do what here');
    case 'check':
    case 'checkLock':
    case 'checkSession':
      return undefined;
  }
}

/**
 * Looks at the grants as a branch leaves them: each role that is granted exists, and while grants are on, somebody is an
 * administrator for good. So the last one can't remove himself, by whatever writes.
 */
export function unfitGrants(draft: Draft): Refusal | undefined {
  const roles = draft.childrenOf(authRolesPath).filter(({ znode }) => isBelieved(znode));
  const grants = draft.childrenOf(authGrantsPath).filter(({ znode }) => isBelieved(znode));
  const many =
    tooMany(authRolesPath, roles.length, authLimits.rolesMax) ??
    tooMany(authGrantsPath, grants.length, authLimits.grantsMax) ??
    tooMany(authTokensPath, childrenOf(draft, authTokensPath), authLimits.tokensMax);
  if (many !== undefined) return many;
  const known = new Set([adminRole, ...roles.map(({ path }) => nameOf(path))]);
  let hasAdministrator = false;
  let principals = 0;
  for (const grant of grants) {
    const document = documentOf(draft, grant);
    if (document === undefined) continue;
    principals += document.principals.length;
    const unknown = document.roles.find((role) => !known.has(role));
    if (unknown !== undefined) return missingRole(grant.path, unknown);
    hasAdministrator ||=
      document.roles.includes(adminRole) &&
      document.principals.some((principal) => lasts(draft, principal));
  }
  const { principalsMax: limit } = authLimits;
  if (principals > limit) {
    const detail = `All grants together may name ${String(limit)} principals: name groups instead.`;
    return refused('tooLarge', detail, { path: authGrantsPath, limit, actual: principals });
  }
  if (hasAdministrator || !isOnAfter(draft)) return undefined;
  const detail = `Nobody would have the role "${adminRole}" any more: grant it to somebody else first, or switch grants off. Tokens that do not exist or that have an end are nobody here.`;
  return refused('badArguments', detail, { path: authGrantsPath });
}

/** Gives the uppermost znode, from a kept path upwards, that was not made by these rules: it is no part of what is kept. */
function leftBehind(path: ZnodePath, draft: Draft): ZnodePath | undefined {
  let found: ZnodePath | undefined;
  for (let at = path; isKeptPath(at); at = parentOf(at)) {
    const znode = draft.find(at);
    if (znode !== undefined && !isBelieved(znode)) found = at;
  }
  return found;
}

function unfitStranger(path: ZnodePath): Refusal {
  const detail = `"${path}" was left here by a version that knew no grants, and counts for nothing: let "quoll auth init" take its place, or delete it with all below it.`;
  return refused('badArguments', detail, { path });
}

function unfitAcl(path: ZnodePath, acl: Acl): Refusal | undefined {
  const [entry, ...more] = acl;
  const [open] = openAcl;
  const isOpen =
    more.length === 0 &&
    entry?.scheme === open?.scheme &&
    entry?.id === open?.id &&
    entry?.permissions === open?.permissions;
  return isOpen ? undefined : unfit(path, 'ask for an open ACL: grants alone say who may do what');
}

function unfitDocument(path: ZnodePath, data: Uint8Array | null): Refusal | undefined {
  if (path === parentOf(authRoot) || authDirectories.includes(path)) {
    return data === null || data.length === 0 ? undefined : unfit(path, 'it holds no data');
  }
  const place = authPlaceOf(path);
  if (place === undefined) return unfit(path, 'nothing is kept under this path');
  const { kind, name } = place;
  const complaint =
    (kind === 'switch' ? undefined : complaintOfName(name)) ??
    (kind === 'roles' && name === adminRole ? `the role "${name}" is built in` : undefined) ??
    complaintOfDocument(kind, data) ??
    (kind === 'grants' ? complaintOfRanges(data) : undefined);
  return complaint === undefined ? undefined : unfit(path, complaint);
}

/** Says which address of a grant could be nobody's. */
function complaintOfRanges(data: Uint8Array | null): string | undefined {
  const grant = parseGrant(data);
  if (isComplaint(grant)) return grant.complaint;
  for (const principal of grant.principals) {
    const named = parsePrincipal(principal);
    if ('complaint' in named || named.scheme !== 'ip') continue;
    if (parseIpRange(named.id) === undefined) {
      return `"${principal}" is no address and no range like ip:10.0.0.0/8`;
    }
  }
  return undefined;
}

/**
 * Says whether somebody can be this principal for good, as far as it is known here: a token is one that exists and has no
 * end. Whom certificates, issuers and addresses prove is not for us to know.
 */
function lasts(draft: Draft, principal: string): boolean {
  const named = parsePrincipal(principal);
  if ('complaint' in named) return false;
  if (named.scheme !== 'token') return true;
  if (complaintOfName(named.id) !== undefined) return false;
  const token = draft.find(childOf(authTokensPath, named.id));
  return token !== undefined && isBelieved(token) && isEndless(token.document ?? null);
}

function isOnAfter(draft: Draft): boolean {
  const top = draft.find(authRoot);
  if (top === undefined || !isBelieved(top)) return false;
  const read = parseAuthSwitch(top.document ?? null);
  return isComplaint(read) || read.on;
}

/** What is in flight or of this branch has its document with it; of the rest it is known what is applied. */
function documentOf(draft: Draft, { path, znode }: SeenZnode): GrantDocument | undefined {
  if (znode.document === undefined) return draft.view.state.grants.grant(nameOf(path));
  const read = parseGrant(znode.document);
  return isComplaint(read) ? undefined : read;
}

function childrenOf(draft: Draft, path: ZnodePath): number {
  return draft.find(path)?.stat.numChildren ?? 0;
}

function tooMany(path: ZnodePath, actual: number, limit: number): Refusal | undefined {
  if (actual <= limit) return undefined;
  const detail = `"${path}" may hold ${String(limit)} documents: delete some first.`;
  return refused('tooLarge', detail, { path, limit, actual });
}

function missingRole(grant: ZnodePath, role: string): Refusal {
  const detail = `"${grant}" grants the role "${role}", which would not exist: make the role first, or take it out of the grant first.`;
  return refused('badArguments', detail, { path: grant });
}

function unfit(path: ZnodePath, complaint: string): Refusal {
  return refused('badArguments', `"${path}" is the ensemble's own: ${complaint}.`, { path });
}
