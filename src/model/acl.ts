/** ZooKeeper's permission bits. */
export const permission = { read: 1, write: 2, create: 4, delete: 8, admin: 16, all: 31 } as const;

export interface AclEntry {
  /** A sum of `permission` bits; an int32, whose other bits mean nothing. */
  readonly permissions: number;
  /** `world`, `auth`, `digest`, `ip`, … */
  readonly scheme: string;
  readonly id: string;
}

export type Acl = readonly AclEntry[];

const permissionLetters = [
  ['c', permission.create],
  ['d', permission.delete],
  ['r', permission.read],
  ['w', permission.write],
  ['a', permission.admin],
] as const;

/** Writes permissions as ZooKeeper's shell does, `cdrwa`: all, in this order. */
export function permissionsToLetters(permissions: number): string {
  return permissionLetters
    .map(([letter, bit]) => ((permissions & bit) === 0 ? '' : letter))
    .join('');
}

/** Reads what `permissionsToLetters` writes; other letters mean nothing. */
export function permissionsFromLetters(letters: string): number {
  return permissionLetters.reduce(
    (sum, [letter, bit]) => sum + (letters.includes(letter) ? bit : 0),
    0,
  );
}

/** Everyone may do everything: ZooKeeper's OPEN_ACL_UNSAFE, the default. */
export const openAcl: Acl = Object.freeze([
  Object.freeze({ permissions: permission.all, scheme: 'world', id: 'anyone' }),
]);

/** Nobody can ask for an entry of this scheme, at no door and in no version. */
const keptScheme = 'super';

/**
 * Of what the ensemble keeps for itself: grants alone say who may do what there. The mark of what was made by the rules
 * for it, for no client of whatever version can have made a znode with it.
 */
export const keptAcl: Acl = Object.freeze([
  Object.freeze({ permissions: permission.all, scheme: keptScheme, id: '' }),
]);

/** Says whether an ACL is the one that only the ensemble gives. */
export function isKeptAcl(acl: Acl): boolean {
  return acl.length === 1 && acl[0]?.scheme === keptScheme;
}

/** What an entry takes in a message besides its scheme and id: counted wherever a request or a txn is measured. */
export const aclEntryOverheadBytes = 12;

/** Who a caller was proved to be: set by the peer that received the request, never by the client. */
export interface Identity {
  readonly scheme: string;
  readonly id: string;
}

/** Who may do everything: what a peer does by itself, and the super user as well. */
export const superIdentities: readonly Identity[] = Object.freeze([
  Object.freeze({ scheme: 'super', id: '' }),
]);

export function isSuper(identities: readonly Identity[]): boolean {
  return identities.some(({ scheme }) => scheme === 'super');
}

/** Gives where a caller is, as its door saw it; empty when it did not say. */
export function addressOf(identities: readonly Identity[] | undefined): string {
  return identities?.find(({ scheme }) => scheme === 'ip')?.id ?? '';
}
