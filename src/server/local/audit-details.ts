import { permissionsToLetters, type Acl, type AclEntry } from '../../model/acl.ts';
import { auditName } from '../../model/audit.ts';
import {
  authPlaceOf,
  isComplaint,
  parseAuthSwitch,
  parseGrant,
  parsePrincipal,
  parseRole,
  parseToken,
  type AuthComplaint,
  type AuthKind,
  type TokenDocument,
} from '../../model/auth.ts';
import type { ZnodePath } from '../../model/path.ts';

// What a record of the audit log says of what somebody's rights were changed to, in a few words.

/** Entries of a list that a record shows. */
const shownEntriesMax = 20;

/** As zkCli writes it: `world:anyone:cdrwa`. */
export function describeAcl(acl: Acl): string {
  return listOf(acl, describeEntry);
}

/**
 * What a role allows, who is granted what, which groups a token has and until when: never the hash of a token. Undefined for
 * what is no such document.
 */
export function describeAuth(path: ZnodePath, data: Uint8Array): string | undefined {
  const place = authPlaceOf(path);
  return place && describers[place.kind](data);
}

const describers: Readonly<Record<AuthKind, (data: Uint8Array) => string | undefined>> = {
  switch: (data) => told(parseAuthSwitch(data), ({ on }) => (on ? 'on' : 'off')),
  roles: (data) =>
    told(parseRole(data), ({ rules }) =>
      listOf(rules, ({ prefix, verbs }) => `${prefix}:${verbs.join('+')}`),
    ),
  grants: (data) =>
    told(
      parseGrant(data),
      ({ principals, roles }) => `${listOf(principals, nameOf)} may as ${listOf(roles, String)}`,
    ),
  tokens: (data) => told(parseToken(data), describeToken),
};

function told<Document extends object>(
  parsed: Document | AuthComplaint,
  tell: (document: Document) => string,
): string | undefined {
  return isComplaint(parsed) ? undefined : tell(parsed);
}

function describeToken({ groups, notAfter }: TokenDocument): string {
  const end = notAfter === null ? 'without end' : `until ${timeOf(notAfter)}`;
  return groups.length === 0 ? end : `${listOf(groups, (group) => `group:${group}`)}, ${end}`;
}

/** No time that a `Date` has is so far away as an integer may be. */
function timeOf(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `${String(ms)} ms` : date.toISOString();
}

/** As it would be named if it asked. */
function nameOf(principal: string): string {
  const parsed = parsePrincipal(principal);
  return isComplaint(parsed) ? principal : auditName(parsed);
}

function describeEntry({ scheme, id, permissions }: AclEntry): string {
  return `${auditName({ scheme, id })}:${permissionsToLetters(permissions)}`;
}

function listOf<Entry>(all: readonly Entry[], text: (entry: Entry) => string): string {
  const shown = all.slice(0, shownEntriesMax).map(text);
  if (all.length > shown.length) shown.push(`… ${String(all.length - shown.length)} more`);
  return shown.join(', ');
}
