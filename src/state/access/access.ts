import { utf8Length } from '../../base/bytes.ts';
import { isKeptAcl, isSuper, type Acl, type AclEntry, type Identity } from '../../model/acl.ts';
import { refused, type Refusal } from '../../model/error-code.ts';
import type { Limits } from '../../model/limits.ts';
import type { ZnodePath } from '../../model/path.ts';
import { isInIpRange, parseIp, parseIpRange } from '../../model/ip-range.ts';

/** Schemes that prove nothing of a person, or of many at once, so that `auth:` does not stand for them. */
const unprovenSchemes: ReadonlySet<string> = new Set(['world', 'ip', 'super', 'group']);

/**
 * Says whether one of these identities may do one of `permissions` (a sum of bits: any of them is enough). ZooKeeper's
 * checkACL: `super` may do everything, and an empty ACL forbids nothing. Nor does that of what the ensemble keeps for
 * itself, where grants are asked alone.
 */
export function isAllowed(acl: Acl, permissions: number, identities: readonly Identity[]): boolean {
  if (acl.length === 0) return true;
  // By index: an iterator that is left early is an object, and so is each of its steps.
  for (let index = 0; index < acl.length; index++) {
    const entry = acl[index] as AclEntry;
    if ((entry.permissions & permissions) === 0) continue;
    if (entry.scheme === 'world' && entry.id === 'anyone') return true;
    if (isAmong(entry, identities)) return true;
  }
  return isSuper(identities) || isKeptAcl(acl);
}

function isAmong(named: Identity, identities: readonly Identity[]): boolean {
  return identities.some((identity) => matchesIdentity(named, identity));
}

/** Gives those of the identities that were proved of a person: what `auth:` stands for in an ACL. */
export function provenOf(identities: readonly Identity[]): Identity[] {
  return identities.filter(({ scheme }) => !unprovenSchemes.has(scheme));
}

/** Makes the refusal for who lacks a right; `wanted` names it. */
export function noAuth(path: ZnodePath, wanted: string): Refusal {
  return refused('noAuth', `This needs ${wanted}, which the ACL does not give you.`, { path });
}

/** Says whether somebody is who is named: of addresses, in the range that is. */
export function matchesIdentity(named: Identity, identity: Identity): boolean {
  if (named.scheme !== identity.scheme) return false;
  if (named.scheme !== 'ip') return named.id === identity.id;
  const range = parseIpRange(named.id);
  const address = parseIp(identity.id);
  return range !== undefined && address !== undefined && isInIpRange(address, range);
}

/**
 * Gives the ACL as it will be stored (ZooKeeper's fixupACL): duplicates go, `auth` entries become the caller's own ids,
 * and what nobody could ever match is refused. Bits that mean nothing are kept, and what comes of `auth` may stand
 * there twice.
 */
export function resolveAcl(
  acl: Acl,
  identities: readonly Identity[],
  { aclEntriesMax, aclBytesMax }: Limits,
): Acl | Refusal {
  if (acl.length === 0) {
    return refused('invalidAcl', 'An ACL must have at least one entry: name who may do what.');
  }
  const resolved: AclEntry[] = [];
  for (const entry of withoutDuplicates(acl)) {
    const complaint = complaintAbout(entry);
    if (complaint !== undefined) return refused('invalidAcl', complaint);
    if (entry.scheme !== 'auth') {
      resolved.push(entry);
      continue;
    }
    const proven = provenOf(identities);
    if (proven.length === 0) {
      return refused(
        'invalidAcl',
        'The scheme "auth" stands for the ids that you proved, and you proved none: authenticate first.',
      );
    }
    for (const { scheme, id } of proven) {
      resolved.push({ permissions: entry.permissions, scheme, id });
    }
  }
  if (resolved.length > aclEntriesMax) {
    return refused('tooLarge', `An ACL may have at most ${String(aclEntriesMax)} entries.`, {
      limit: aclEntriesMax,
      actual: resolved.length,
    });
  }
  const bytes = aclBytes(resolved);
  if (bytes <= aclBytesMax) return resolved;
  return refused('tooLarge', `The ids of an ACL may take ${String(aclBytesMax)} bytes together.`, {
    limit: aclBytesMax,
    actual: bytes,
  });
}

/** Counts the bytes of schemes and ids, in UTF-8. */
export function aclBytes(acl: Acl): number {
  let bytes = 0;
  for (const { scheme, id } of acl) bytes += utf8Length(scheme) + utf8Length(id);
  return bytes;
}

function withoutDuplicates(acl: Acl): Acl {
  if (acl.length < 2) return acl;
  const seen = new Set<string>();
  return acl.filter(({ permissions, scheme, id }) => {
    // Permissions have no space, and the length of the scheme says where the id begins.
    const key = `${String(permissions)} ${String(scheme.length)} ${scheme}${id}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function complaintAbout({ permissions, scheme, id }: AclEntry): string | undefined {
  if (permissions !== (permissions | 0)) {
    return `Permissions are a sum of 1, 2, 4, 8 and 16, got ${String(permissions)}.`;
  }
  switch (scheme) {
    case 'world':
      return id === 'anyone'
        ? undefined
        : `The only id of the scheme "world" is "anyone", got "${id}".`;
    case 'auth':
      return undefined;
    case 'digest':
      return /^[^:]*:[^:]+:*$/.test(id)
        ? undefined
        : `An id of the scheme "digest" is user:base64(sha1(user:password)), got "${id}".`;
    case 'ip':
      return parseIpRange(id) === undefined
        ? `An id of the scheme "ip" is an address or a range like 10.0.0.0/8, got "${id}".`
        : undefined;
    case 'x509':
    case 'jwt':
    case 'token':
    case 'group':
    case 'sasl':
      return id === '' ? `An id of the scheme "${scheme}" names somebody, got none.` : undefined;
    default:
      return `The scheme "${scheme}" is unknown: use world, auth, digest, ip, x509, jwt, token, group or sasl.`;
  }
}

/**
 * Gives what someone who may read a znode but not administer it sees of its ACL: digests are hidden (ZOOKEEPER-1392).
 */
export function maskDigests(acl: Acl): Acl {
  return acl.map((entry) =>
    entry.scheme === 'digest' ? { ...entry, id: `${entry.id.split(':', 1)[0] ?? ''}:x` } : entry,
  );
}
