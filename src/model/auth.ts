import { fromUtf8, utf8, utf8Length } from '../base/bytes.ts';
import type { Identity } from './acl.ts';
import { childOf, nameOf, parentOf, parsePath, rootPath, type ZnodePath } from './path.ts';

// Grants: who may do what below which prefix, beside the ACLs. They are plain znodes with JSON in them, so the log,
// snapshots and digests know nothing of them; the leader takes no document there that can't be read.

/** What a rule may allow. */
export const verbs = ['read', 'write', 'create', 'delete', 'admin', 'lock', 'watch'] as const;
export type Verb = (typeof verbs)[number];

/** Where all of it is: its data says whether grants are asked for. */
export const authRoot = '/zookeeper/quoll/auth' as ZnodePath;
export const authRolesPath = childOf(authRoot, 'roles');
export const authGrantsPath = childOf(authRoot, 'grants');
/** Of static tokens: each a document of its own kind. */
export const authTokensPath = childOf(authRoot, 'tokens');

/** The role that may do all, below `/zookeeper` too. It is no znode, and nobody can change it. */
export const adminRole = 'admin';
/** The role, and the grant, that give everybody all verbs below `/` where grants are begun open. A role like others. */
export const openRole = 'open';

/** Roles of the ensemble; more are refused: tooLarge. */
const rolesMax = 1_000;
/** Grants of the ensemble; more are refused: tooLarge. */
const grantsMax = 1_000;
/** Static tokens of the ensemble; more are refused: tooLarge. */
const tokensMax = 10_000;
/** Rules of one role; more are refused: badArguments. */
const rulesPerRoleMax = 100;
/** Principals of one grant; more are refused: badArguments. */
const principalsPerGrantMax = 1_000;
/** Principals of all grants together; more are refused: tooLarge. */
const principalsMax = 10_000;
/** Roles of one grant; more are refused: badArguments. */
const rolesPerGrantMax = 100;
/** Groups that a token is of; more are refused: badArguments. */
const groupsPerTokenMax = 32;
/** Bytes in the name of a role, a grant or a token; more are refused: badArguments. */
const nameBytesMax = 64;
/** Bytes of a principal in text, its scheme included; more are refused: badArguments. */
const principalBytesMax = 1_024;
/** Names in the prefix of a rule; more are refused: badArguments. */
const prefixDepthMax = 64;
/** Bytes in the prefix of a rule; more are refused: badArguments. */
const prefixBytesMax = 2_560;
/** Bytes of the document of a role, a grant or a token; more are refused: badArguments. */
const documentBytesMax = 65_536;
/** Roles, grants or tokens in one page of a list; more follow in the next. */
const listMax = 1_000;
/** Bytes of documents in one page of roles, grants or tokens, but for a single one; more follow in the next. */
const listBytesMax = 262_144;

/** What there may be of grants. The same on every peer, so nobody can set it. */
export const authLimits = Object.freeze({
  rolesMax,
  grantsMax,
  tokensMax,
  rulesPerRoleMax,
  principalsPerGrantMax,
  principalsMax,
  rolesPerGrantMax,
  groupsPerTokenMax,
  nameBytesMax,
  principalBytesMax,
  prefixDepthMax,
  prefixBytesMax,
  documentBytesMax,
  listMax,
  listBytesMax,
});

export interface AuthSwitch {
  readonly on: boolean;
}

export interface RoleRule {
  /** The znode itself and all below it. */
  readonly prefix: ZnodePath;
  readonly verbs: readonly Verb[];
}

export interface RoleDocument {
  readonly rules: readonly RoleRule[];
}

export interface GrantDocument {
  /** Identities and groups in text: `x509:CN=ops`, `group:team-a`, `ip:10.0.0.0/8`, `world:anyone`. */
  readonly principals: readonly string[];
  readonly roles: readonly string[];
}

/** A static token: whoever knows its text is it. */
export interface TokenDocument {
  /** Of the token's text, in hex. */
  readonly sha256: string;
  readonly groups: readonly string[];
  /** Its last moment, in ms by the wall clock; null: it has no end. */
  readonly notAfter: number | null;
}

/** Why a document or a name is refused, in words that tell what to change. */
export interface AuthComplaint {
  readonly complaint: string;
}

/** What a principal may be proved by. */
export const principalSchemes: ReadonlySet<string> = new Set([
  ...['x509', 'jwt', 'group', 'token', 'digest', 'sasl', 'ip', 'world'],
]);

export function isComplaint(value: object): value is AuthComplaint {
  return 'complaint' in value;
}

/** What the ensemble keeps for itself. */
export const keptRoot = parentOf(authRoot);
/** For administrators alone, once grants are on. */
export const reservedRoot = parentOf(keptRoot);

/** Says whether a path lies where the ensemble keeps what is its own: no rule reaches there, and no plain ACL counts. */
export function isKeptPath(path: ZnodePath): boolean {
  if (!path.startsWith(keptRoot)) return false;
  return path.length === keptRoot.length || path[keptRoot.length] === '/';
}

/** Says whether a path is for administrators alone, once grants are on. */
export function isReservedPath(path: ZnodePath): boolean {
  if (!path.startsWith(reservedRoot)) return false;
  return path.length === reservedRoot.length || path[reservedRoot.length] === '/';
}

/** The kinds of documents, and the directories that hold them. */
export type AuthKind = 'switch' | 'roles' | 'grants' | 'tokens';

/** Gives what a path below `authRoot` is; undefined for one that is none of these. */
export function authPlaceOf(
  path: ZnodePath,
): { readonly kind: AuthKind; readonly name: string } | undefined {
  if (path === authRoot) return { kind: 'switch', name: '' };
  const parent = parentOf(path);
  const name = nameOf(path);
  if (parent === authRolesPath) return { kind: 'roles', name };
  if (parent === authGrantsPath) return { kind: 'grants', name };
  if (parent === authTokensPath) return { kind: 'tokens', name };
  return undefined;
}

/** The directories that documents stand in. */
export const authDirectories: readonly ZnodePath[] = [
  authRolesPath,
  authGrantsPath,
  authTokensPath,
];

/** Says what is wrong with the name of a role, a grant or a token; undefined when nothing is. */
export function complaintOfName(name: string): string | undefined {
  const isName = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name);
  if (isName && name.length <= authLimits.nameBytesMax) return undefined;
  return `a name has 1 to ${String(authLimits.nameBytesMax)} letters, digits, "-", "_" and ".", and begins with none of "-" and ".", got "${name}"`;
}

/** Reads the switch; what is empty is off. */
export function parseAuthSwitch(data: Uint8Array | null): AuthSwitch | AuthComplaint {
  if (data === null || data.length === 0) return { on: false };
  const document = parseDocument(data, ['on']);
  if (isComplaint(document)) return document;
  const { on } = document;
  return typeof on === 'boolean' ? { on } : { complaint: '"on" must be true or false' };
}

export function parseRole(data: Uint8Array | null): RoleDocument | AuthComplaint {
  const document = parseDocument(data, ['rules']);
  if (isComplaint(document)) return document;
  return readRole(document['rules']);
}

/** Reads the rules of a role as a document has them. */
export function readRole(given: unknown): RoleDocument | AuthComplaint {
  const { rulesPerRoleMax } = authLimits;
  if (!Array.isArray(given) || given.length > rulesPerRoleMax) {
    return { complaint: `"rules" must be a list of up to ${String(rulesPerRoleMax)}` };
  }
  const rules: RoleRule[] = [];
  for (const each of given as readonly unknown[]) {
    const rule = readRule(each);
    if (isComplaint(rule)) return rule;
    rules.push(rule);
  }
  return { rules };
}

export function parseGrant(data: Uint8Array | null): GrantDocument | AuthComplaint {
  const document = parseDocument(data, ['principals', 'roles']);
  if (isComplaint(document)) return document;
  return readGrant(document['principals'], document['roles']);
}

/** Reads a grant as a document has it. */
export function readGrant(
  givenPrincipals: unknown,
  givenRoles: unknown,
): GrantDocument | AuthComplaint {
  const { principalsPerGrantMax, rolesPerGrantMax } = authLimits;
  const principals = readTexts(givenPrincipals, principalsPerGrantMax);
  if (principals === undefined) {
    return {
      complaint: `"principals" must be a list of up to ${String(principalsPerGrantMax)} texts`,
    };
  }
  for (const principal of principals) {
    const parsed = parsePrincipal(principal);
    if ('complaint' in parsed) return parsed;
  }
  const roles = readTexts(givenRoles, rolesPerGrantMax);
  if (roles === undefined) {
    return { complaint: `"roles" must be a list of up to ${String(rolesPerGrantMax)} texts` };
  }
  for (const role of roles) {
    const complaint = complaintOfName(role);
    if (complaint !== undefined) return { complaint: `"roles": ${complaint}` };
  }
  if (roles.includes(adminRole) && principals.includes('world:anyone')) {
    return { complaint: `the role "${adminRole}" is not for world:anyone` };
  }
  return { principals, roles };
}

export function parseToken(data: Uint8Array | null): TokenDocument | AuthComplaint {
  const document = parseDocument(data, ['sha256', 'groups', 'notAfter']);
  return isComplaint(document) ? document : readToken(document);
}

/** Reads a token as a document has it. */
export function readToken(given: {
  readonly sha256?: unknown;
  readonly groups?: unknown;
  readonly notAfter?: unknown;
}): TokenDocument | AuthComplaint {
  const { sha256, groups: givenGroups = [], notAfter = null } = given;
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) {
    return {
      complaint: '"sha256" must be the hash of the token\'s text, 64 lower-case hex digits',
    };
  }
  const { groupsPerTokenMax } = authLimits;
  const groups = readTexts(givenGroups, groupsPerTokenMax);
  if (groups === undefined) {
    return { complaint: `"groups" must be a list of up to ${String(groupsPerTokenMax)} texts` };
  }
  for (const group of groups) {
    const parsed = parsePrincipal(`group:${group}`);
    if ('complaint' in parsed) return { complaint: `"groups": ${parsed.complaint}` };
  }
  if (notAfter !== null && !Number.isSafeInteger(notAfter)) {
    return { complaint: '"notAfter" must be a time in milliseconds since 1970, or null' };
  }
  return { sha256, groups, notAfter: notAfter as number | null };
}

/** Says what is wrong with a document of this kind; undefined when nothing is. */
export function complaintOfDocument(kind: AuthKind, data: Uint8Array | null): string | undefined {
  const parsed = parserOf[kind](data);
  return isComplaint(parsed) ? parsed.complaint : undefined;
}

export function encodeAuthDocument(
  document: AuthSwitch | RoleDocument | GrantDocument | TokenDocument,
): Uint8Array {
  return utf8(JSON.stringify(document));
}

/** Reads `scheme:id`; an id may have colons of its own. */
export function parsePrincipal(text: string): Identity | AuthComplaint {
  const colon = text.indexOf(':');
  const scheme = text.slice(0, Math.max(0, colon));
  const id = text.slice(colon + 1);
  if (!principalSchemes.has(scheme)) {
    const known = [...principalSchemes].join(', ');
    return { complaint: `a principal is scheme:id, with one of ${known}; got "${text}"` };
  }
  if (id === '' || utf8Length(text) > authLimits.principalBytesMax) {
    return {
      complaint: `a principal has an id behind its scheme, and up to ${String(authLimits.principalBytesMax)} bytes`,
    };
  }
  if (scheme === 'world' && id !== 'anyone') {
    return { complaint: `the only principal of the scheme "world" is world:anyone, got "${text}"` };
  }
  return { scheme, id };
}

export function formatPrincipal({ scheme, id }: Identity): string {
  return `${scheme}:${id}`;
}

/** Stands where a digest's hash would: whoever has the hash can guess at the password as fast as he can count. */
const maskedHash = 'x';

/** Gives a principal as it is shown to others. */
export function maskPrincipal(principal: string): string {
  const [scheme, user = ''] = principal.split(':', 2);
  return scheme === 'digest' ? `digest:${user}:${maskedHash}` : principal;
}

/** No password has such a digest. */
export function isMasked(principal: string): boolean {
  return principal.startsWith('digest:') && principal.endsWith(`:${maskedHash}`);
}

/** Says whether the document of a token gives it no end. */
export function isEndless(data: Uint8Array | null): boolean {
  const document = parseToken(data);
  return !isComplaint(document) && document.notAfter === null;
}

const parserOf: Readonly<Record<AuthKind, (data: Uint8Array | null) => object>> = {
  switch: parseAuthSwitch,
  roles: parseRole,
  grants: parseGrant,
  tokens: parseToken,
};

function readRule(given: unknown): RoleRule | AuthComplaint {
  if (!isObject(given)) return { complaint: 'a rule is an object with "prefix" and "verbs"' };
  const unknown = unknownField(given, ['prefix', 'verbs']);
  if (unknown !== undefined) return { complaint: `a rule has no "${unknown}"` };
  const prefix = readPrefix(given['prefix']);
  if (typeof prefix !== 'string') return prefix;
  const granted = readTexts(given['verbs'], verbs.length);
  if (granted === undefined || granted.length === 0) {
    return { complaint: `"verbs" must be a list with some of ${verbs.join(', ')}` };
  }
  const strange = granted.find((verb) => !(verbs as readonly string[]).includes(verb));
  if (strange !== undefined) {
    return { complaint: `"${strange}" is no verb: use ${verbs.join(', ')}` };
  }
  return { prefix, verbs: granted as readonly Verb[] };
}

function readPrefix(given: unknown): ZnodePath | AuthComplaint {
  if (typeof given !== 'string') return { complaint: '"prefix" must be the path of a znode' };
  const path = parsePath(given);
  if (typeof path !== 'string') return { complaint: `"prefix": ${path.complaint}` };
  if (path.split('/').length - 1 > prefixDepthMax || utf8Length(path) > prefixBytesMax) {
    return {
      complaint: `"prefix" has up to ${String(prefixDepthMax)} names and ${String(prefixBytesMax)} bytes`,
    };
  }
  if (path !== rootPath && isReservedPath(path)) {
    return {
      complaint: `what is below /zookeeper is for administrators alone: no rule reaches "${path}"`,
    };
  }
  return path;
}

function parseDocument(
  data: Uint8Array | null,
  fields: readonly string[],
): Readonly<Record<string, unknown>> | AuthComplaint {
  if (data === null || data.length > authLimits.documentBytesMax) {
    return {
      complaint: `a document has up to ${String(authLimits.documentBytesMax)} bytes of JSON`,
    };
  }
  let document: unknown;
  try {
    document = JSON.parse(fromUtf8(data));
  } catch {
    return { complaint: 'the document is not JSON' };
  }
  if (!isObject(document)) return { complaint: 'the document is no JSON object' };
  const unknown = unknownField(document, fields);
  return unknown === undefined
    ? document
    : { complaint: `a document like this has no "${unknown}"` };
}

function unknownField(document: object, fields: readonly string[]): string | undefined {
  return Object.keys(document).find((field) => !fields.includes(field));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Each once, in the order given; undefined for anything but a list of so many texts. */
function readTexts(given: unknown, max: number): string[] | undefined {
  if (!Array.isArray(given) || given.length > max) return undefined;
  const texts = given as readonly unknown[];
  if (!texts.every((text) => typeof text === 'string')) return undefined;
  return [...new Set(texts)];
}
