import type { Acl } from '../../model/acl.ts';
import { sessionIdFromWords } from '../../model/ids.ts';
import { compareText } from '../../model/path.ts';
import type { OwnedKind } from '../../model/txn.ts';
import type { Zxid } from '../../model/zxid.ts';

/** What ZooKeeper keeps of a znode: its StatPersisted, data and ACL, and the place in the tree. */
export interface Znode {
  readonly name: string;
  readonly parent: Znode | undefined;
  children: Map<string, Znode> | undefined;
  data: Uint8Array | null;
  /** Undefined while only the id is known of an ACL that came into the cache after a fuzzy snapshot had written it. */
  acl: Acl | undefined;
  owned: OwnedKind;
  readonly czxid: Zxid;
  mzxid: Zxid;
  pzxid: Zxid;
  readonly ctime: number;
  mtime: number;
  version: number;
  /** Child creates, ever. ZooKeeper's files call it cversion, which is another thing on the wire. */
  creates: number;
  aversion: number;
}

const containerHigh = 0x8000_0000;
const extendedHigh = 0xff00_0000;
/** Of the upper word: the mark of extended kinds, and which it is; 0 is a TTL. */
const extendedMask = 0xffff_ff00;

export const persistent: OwnedKind = { kind: 'persistent' };
const container: OwnedKind = { kind: 'container' };

/**
 * Reads ZooKeeper's EphemeralType out of an ephemeralOwner. Servers without extendedTypesEnabled take a TTL for a session;
 * an id of server 255 has a time where TTLs have zeros, so the two are told apart without knowing the setting.
 */
export function ownedBy(high: number, low: number): OwnedKind {
  if (high === 0 && low === 0) return persistent;
  if (high === containerHigh && low === 0) return container;
  if ((high & extendedMask) >>> 0 === extendedHigh) {
    return { kind: 'ttl', ttlMs: (high & 0xff) * 0x1_0000_0000 + low };
  }
  return { kind: 'ephemeral', owner: sessionIdFromWords(high, low) };
}

/** Gives a znode as a create without more would leave it, before it has an ACL. */
export function znodeAt(
  parent: Znode | undefined,
  name: string,
  { zxid, timeMs }: { readonly zxid: Zxid; readonly timeMs: number },
): Znode {
  return {
    name,
    parent,
    children: undefined,
    data: new Uint8Array(0),
    acl: undefined,
    owned: persistent,
    czxid: zxid,
    mzxid: zxid,
    pzxid: zxid,
    ctime: timeMs,
    mtime: timeMs,
    version: 0,
    creates: 0,
    aversion: 0,
  };
}

/** Gives a znode and all below it, parents ahead of their children. Nothing may come or go meanwhile. */
export function* znodesFrom(top: Znode): Generator<Znode> {
  const open = [top];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const child of at.children?.values() ?? []) open.push(child);
    yield at;
  }
}

export function childCount(znode: Znode): number {
  return znode.children?.size ?? 0;
}

/** Gives the children by name: the order of a ZooKeeper's own files differs from peer to peer. */
export function childrenInOrder({ children }: Znode): readonly Znode[] {
  if (children === undefined) return [];
  return [...children.values()].sort((left, right) => compareText(left.name, right.name));
}

/** Gives the path of a znode; `/` for the root. */
export function pathOf(znode: Znode): string {
  let path = '';
  for (let at = znode; at.parent !== undefined; at = at.parent) path = `/${at.name}${path}`;
  return path === '' ? '/' : path;
}
