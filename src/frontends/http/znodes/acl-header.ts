import type { IncomingHttpHeaders } from 'node:http';
import { permissionsFromLetters, type Acl, type AclEntry } from '../../../model/acl.ts';
import { arePermissions } from '../documents/decode-txn.ts';
import { badRequest } from '../exchange/problem.ts';
import { excerpt } from '../exchange/query.ts';

/**
 * Decodes `X-Acl: world:anyone:r, digest:alice:<hash>:cdrwa`: the ACL of the znode that the request creates, as
 * ZooKeeper's shell writes one. Scheme up to the first colon, permissions after the last. Undefined when there is
 * none. Throws a `Problem`.
 */
export function decodeAclHeader(headers: IncomingHttpHeaders): Acl | undefined {
  const header = headers['x-acl'];
  if (typeof header !== 'string') return undefined;
  return header.split(',').map((entry) => decodeEntry(entry.trim()));
}

/** Refuses `X-Acl` on requests that create nothing: an ACL that is silently left away is a hole. */
export function refuseAclHeader(headers: IncomingHttpHeaders): void {
  if (headers['x-acl'] !== undefined) {
    throw badRequest(
      'X-Acl goes with the creation of a znode: change the ACL of one that exists with PUT ?acl',
    );
  }
}

function decodeEntry(text: string): AclEntry {
  const first = text.indexOf(':');
  const last = text.lastIndexOf(':');
  const letters = text.slice(last + 1);
  if (first < 1 || last === first || !arePermissions(letters)) {
    throw badRequest(
      `X-Acl is a list of scheme:id:permissions, as in "world:anyone:r, auth::cdrwa", with letters of "cdrwa" once each; got "${excerpt(text)}"`,
    );
  }
  return {
    permissions: permissionsFromLetters(letters),
    scheme: text.slice(0, first),
    id: text.slice(first + 1, last),
  };
}
