import { isKeptAcl, isSuper, type Acl, type Identity } from '../../model/acl.ts';
import {
  adminRole,
  authPlaceOf,
  authRoot,
  formatPrincipal,
  isComplaint,
  isKeptPath,
  parseAuthSwitch,
  parseGrant,
  parsePrincipal,
  parseRole,
  type GrantDocument,
  type RoleDocument,
  type RoleRule,
  type Verb,
} from '../../model/auth.ts';
import { refused, type Refusal } from '../../model/error-code.ts';
import { parentOf, type ZnodePath } from '../../model/path.ts';
import type { OwnedKind } from '../../model/txn.ts';
import { isInIpRange, parseIp, parseIpRange, type IpRange } from '../../model/ip-range.ts';
import { allRights, CompiledRules, type Rights } from './rights.ts';
import { Tokens } from './tokens.ts';

/** Sets of roles whose rights are kept ready; beyond, all are worked out anew. */
const compiledMax = 1_000;
/** Sets of identities, by their text, of which it is known what rights they have; beyond, all are looked up anew. */
const knownMax = 1_000;
/** Characters of such a text; longer ones are looked up each time, so that nobody's long names are kept. */
const knownLengthMax = 512;

/** A znode, as far as it is asked whether it is to be believed. */
export interface KeptZnode {
  readonly data: Uint8Array | null;
  readonly acl: Acl;
  readonly owned: OwnedKind;
}

/**
 * Says whether a znode at a kept path was made by the rules for these. Versions that knew no grants let every client make
 * what he liked there: such a znode has another ACL, and is as if it were not there.
 */
export function isBelieved({ acl, owned }: Omit<KeptZnode, 'data'>): boolean {
  return owned.kind === 'persistent' && isKeptAcl(acl);
}

/** What some identities were granted, in words. */
export interface GrantedRoles {
  readonly roles: readonly string[];
  readonly rules: readonly RoleRule[];
}

/**
 * Who was granted what, worked out from the documents below `authRoot` as they change: they are the only record, this is
 * a view of them. No part of the digest or of snapshots; a restored state builds its own.
 *
 * Rights are compiled for each set of roles that somebody has, and dropped when a document changes: so a verdict is that
 * of now, and costs a look at a map. Strangers, however many names they take, have the roles of strangers.
 */
export class Grants {
  readonly tokens = new Tokens();
  #isOn = false;
  /** Kept paths where something stands that is not believed. */
  readonly #leftBehind = new Set<ZnodePath>();
  readonly #roles = new Map<string, RoleDocument>();
  readonly #grants = new Map<string, GrantDocument>();
  /** Made anew when it is asked for. */
  #index: PrincipalIndex | undefined;
  #generation: object = {};
  /** By the names of the roles. */
  readonly #compiled = new Map<string, Rights>();
  /** By the text of the identities. */
  readonly #byText = new Map<string, Rights>();
  /** Connections keep their identities: most sets that ask are the very object that asked before. */
  #known = new WeakMap<readonly Identity[], Rights>();

  /** Grants are asked for. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** Another object after each change: what was worked out under the one before may not be right any more. */
  get generation(): object {
    return this.#generation;
  }

  /** Gives what stands at kept paths and is not believed, each to be deleted with all below it. */
  leftBehind(): ZnodePath[] {
    const strange = this.#leftBehind;
    return [...strange].filter((path) => !strange.has(parentOf(path))).sort();
  }

  /** Takes in what stands at a kept path now; `undefined` once it is gone. */
  changed(path: ZnodePath, znode: KeptZnode | undefined): void {
    const isStrange = znode !== undefined && !isBelieved(znode);
    if (isStrange) this.#leftBehind.add(path);
    else this.#leftBehind.delete(path);
    const data = isStrange ? undefined : znode?.data;
    const place = authPlaceOf(path);
    if (place === undefined) return;
    if (place.kind === 'tokens') {
      this.tokens.changed(place.name, data);
      return;
    }
    this.#generation = {};
    this.#index = undefined;
    this.#compiled.clear();
    this.#byText.clear();
    this.#known = new WeakMap();
    if (place.kind === 'switch') this.#isOn = isOnBy(data);
    else if (place.kind === 'roles') {
      keep(this.#roles, place.name, data === undefined ? undefined : parseRole(data));
    } else keep(this.#grants, place.name, data === undefined ? undefined : parseGrant(data));
  }

  /** Says whether these may do that at a path. While grants are off, all may, but for what the ensemble keeps there. */
  may(verb: Verb, path: ZnodePath, identities: readonly Identity[]): boolean {
    if (!this.#isOn) return !isKeptPath(path) || isSuper(identities);
    return this.rightsOf(identities).may(verb, path);
  }

  /** Gives the refusal for who may not; undefined for who may. */
  refusal(verb: Verb, path: ZnodePath, identities: readonly Identity[]): Refusal | undefined {
    return this.may(verb, path, identities) ? undefined : notGranted(verb, path, this.#isOn);
  }

  /** Gives what these may do while grants are on. */
  rightsOf(identities: readonly Identity[]): Rights {
    const known = this.#known.get(identities);
    if (known !== undefined) return known;
    const key = keyOf(identities);
    let rights = this.#byText.get(key);
    if (rights === undefined) {
      rights = this.#compile(identities);
      if (key.length <= knownLengthMax) remember(this.#byText, key, rights, knownMax);
    }
    this.#known.set(identities, rights);
    return rights;
  }

  /** Gives a role as it is applied, but the one that is built in. */
  role(name: string): RoleDocument | undefined {
    return this.#roles.get(name);
  }

  /** Gives a grant as it is applied. */
  grant(name: string): GrantDocument | undefined {
    return this.#grants.get(name);
  }

  /** Says what these were granted, whether grants are on or not: to be shown to them. */
  grantedTo(identities: readonly Identity[]): GrantedRoles {
    const roles = [...this.#rolesOf(identities)].sort();
    return { roles, rules: roles.flatMap((role) => this.#roles.get(role)?.rules ?? []) };
  }

  #compile(identities: readonly Identity[]): Rights {
    if (isSuper(identities)) return allRights;
    const roles = this.#rolesOf(identities);
    if (roles.has(adminRole)) return allRights;
    const names = [...roles].sort();
    // No name has a space.
    const key = names.join(' ');
    const known = this.#compiled.get(key);
    if (known !== undefined) return known;
    const rights = new CompiledRules(names.flatMap((role) => this.#roles.get(role)?.rules ?? []));
    remember(this.#compiled, key, rights, compiledMax);
    return rights;
  }

  #rolesOf(identities: readonly Identity[]): Set<string> {
    const { exact, ranges } = (this.#index ??= indexOf(this.#grants.values()));
    const found = new Set<string>(exact.get('world:anyone') ?? []);
    for (const identity of identities) {
      for (const role of exact.get(formatPrincipal(identity)) ?? []) found.add(role);
      const address = identity.scheme === 'ip' ? parseIp(identity.id) : undefined;
      if (address === undefined) continue;
      for (const { range, roles } of ranges) {
        if (isInIpRange(address, range)) for (const role of roles) found.add(role);
      }
    }
    return found;
  }
}

/** Makes the refusal for who lacks a verb. */
export function notGranted(verb: Verb, path: ZnodePath, isOn: boolean): Refusal {
  const detail = isOn
    ? `This needs the verb "${verb}" on "${path}", which no role of yours gives: ask an administrator. GET /v1/auth and "quoll auth show" say who you are and what you may do.`
    : `What is below "${authRoot}" is the super user's while grants are off: use "quoll auth", or switch them on by "quoll auth init".`;
  return refused('noAuth', detail, { path });
}

/** Grants by whom they are for. */
interface PrincipalIndex {
  readonly exact: ReadonlyMap<string, ReadonlySet<string>>;
  readonly ranges: readonly { readonly range: IpRange; readonly roles: readonly string[] }[];
}

function indexOf(grants: Iterable<GrantDocument>): PrincipalIndex {
  const exact = new Map<string, Set<string>>();
  const ranges: { range: IpRange; roles: readonly string[] }[] = [];
  for (const { principals, roles } of grants) {
    for (const principal of principals) {
      const named = parsePrincipal(principal);
      if ('complaint' in named) continue;
      if (named.scheme === 'ip') {
        const range = parseIpRange(named.id);
        if (range !== undefined) ranges.push({ range, roles });
        continue;
      }
      const given = exact.get(principal) ?? new Set<string>();
      exact.set(principal, given);
      for (const role of roles) given.add(role);
    }
  }
  return { exact, ranges };
}

/** All are forgotten when there are too many: the next that ask are looked up anew. */
function remember(known: Map<string, Rights>, key: string, rights: Rights, max: number): void {
  if (known.size >= max) known.clear();
  known.set(key, rights);
}

/** A switch that can't be read is on: nobody gets in by breaking it. */
function isOnBy(data: Uint8Array | null | undefined): boolean {
  if (data === undefined) return false;
  const read = parseAuthSwitch(data);
  return isComplaint(read) || read.on;
}

/** A document that can't be read gives nobody anything. */
function keep<Document extends object>(
  documents: Map<string, Document>,
  name: string,
  read: Document | { readonly complaint: string } | undefined,
): void {
  if (read === undefined || isComplaint(read)) documents.delete(name);
  else documents.set(name, read);
}

/** Two sets of the same key are the same set: a length says where each id ends. */
function keyOf(identities: readonly Identity[]): string {
  let key = '';
  for (const { scheme, id } of identities) key += `${scheme} ${String(id.length)} ${id} `;
  return key;
}
