import type { Acl } from '../../model/acl.ts';
import type { SessionId } from '../../model/ids.ts';
import { compareZxid, zeroZxid, type Zxid } from '../../model/zxid.ts';
import type { CreateTxn, DecodedTxn, TxnHeader } from './txns.ts';
import { pathOf, znodeAt, znodesFrom, type Znode } from './znode.ts';

/**
 * ZooKeeper's DataTree, as far as a snapshot and the txns after it make one. A snapshot is fuzzy: it has some of what the
 * txns behind it did. So a txn that does not fit is passed over, as DataTree.processTxn does, and counters only rise;
 * names below are those of its methods. Quotas are counted afterwards (quota-counts.ts).
 */
export class DataTree {
  readonly root: Znode = znodeAt(undefined, '', { zxid: zeroZxid, timeMs: 0 });
  readonly #ephemerals = new Map<SessionId, Set<string>>();
  /** Equal ACLs are one object. */
  readonly #acls = new Map<string, Acl>();
  #count = 1;

  get count(): number {
    return this.#count;
  }

  find(path: string): Znode | undefined {
    if (path === '' || path === '/') return this.root;
    let at: Znode | undefined = this.root;
    for (let from = 1; from <= path.length && at !== undefined;) {
      const slash = path.indexOf('/', from);
      const to = slash === -1 ? path.length : slash;
      at = at.children?.get(path.slice(from, to));
      from = to + 1;
    }
    return at;
  }

  /** Puts a znode where no txn says why it is there: one of a snapshot, or what every ZooKeeper has. */
  place(parent: Znode, znode: Znode): void {
    parent.children ??= new Map();
    if (!parent.children.has(znode.name)) this.#count++;
    parent.children.set(znode.name, znode);
    if (znode.owned.kind === 'ephemeral') this.#own(znode.owned.owner, pathOf(znode));
  }

  shared(acl: Acl): Acl {
    const key = JSON.stringify(acl);
    const known = this.#acls.get(key);
    if (known !== undefined) return known;
    this.#acls.set(key, acl);
    return acl;
  }

  /** Applies one record of the log. */
  process(header: TxnHeader, txn: DecodedTxn): void {
    switch (txn.kind) {
      case 'create':
        this.#create(header, txn);
        return;
      case 'delete':
        this.#delete(txn.path, header.zxid);
        return;
      case 'setData':
        this.#change(txn.path, (znode) => {
          znode.data = txn.data;
          znode.version = txn.version;
          znode.mzxid = header.zxid;
          znode.mtime = header.timeMs;
        });
        return;
      case 'setAcl':
        this.#change(txn.path, (znode) => {
          znode.acl = this.shared(txn.acl);
          znode.aversion = txn.aversion;
        });
        return;
      case 'closeSession':
        this.#closeSession(header, txn.paths);
        return;
      case 'multi':
        for (const each of txn.txns) this.process(header, each);
        return;
      case 'createSession':
      case 'nothing':
        return;
    }
  }

  /** Takes a znode out with all that is below it, as if it had never been applied: no counter moves. */
  leaveOut(znode: Znode): void {
    znode.parent?.children?.delete(znode.name);
    this.#count -= sizeOf(znode);
  }

  /** createNode, and setCversionPzxid where that finds the znode there. */
  #create(header: TxnHeader, txn: CreateTxn): void {
    const { parent, name } = this.#placeOf(txn.path);
    if (parent === undefined) return;
    const acl = this.shared(txn.acl);
    const existing = parent.children?.get(name);
    if (existing !== undefined) {
      // A fuzzy snapshot may hold the id of an ACL that it does not hold itself; a later setACL comes again, too.
      existing.acl = acl;
      if (txn.isPlain) countCreate(parent, txn.parentCreates, header.zxid);
      return;
    }
    countCreate(parent, txn.parentCreates, header.zxid);
    const made = znodeAt(parent, name, header);
    this.place(parent, { ...made, data: txn.data, acl, owned: txn.owned });
  }

  #delete(path: string, zxid: Zxid): void {
    const { parent, name } = this.#placeOf(path);
    if (parent === undefined) return;
    // Also when the znode is gone already.
    if (compareZxid(zxid, parent.pzxid) > 0) parent.pzxid = zxid;
    const znode = parent.children?.get(name);
    if (znode === undefined) return;
    const { owned } = znode;
    if (owned.kind === 'ephemeral') this.#ephemerals.get(owned.owner)?.delete(path);
    this.leaveOut(znode);
  }

  #closeSession({ session, zxid }: TxnHeader, paths: readonly string[]): void {
    const own = this.#ephemerals.get(session) ?? new Set<string>();
    this.#ephemerals.delete(session);
    for (const path of new Set([...paths, ...own])) this.#delete(path, zxid);
  }

  #change(path: string, change: (znode: Znode) => void): void {
    const znode = this.find(path);
    if (znode !== undefined) change(znode);
  }

  #placeOf(path: string): { readonly parent: Znode | undefined; readonly name: string } {
    const slash = path.lastIndexOf('/');
    return { parent: this.find(path.slice(0, slash)), name: path.slice(slash + 1) };
  }

  #own(session: SessionId, path: string): void {
    const own = this.#ephemerals.get(session);
    if (own === undefined) this.#ephemerals.set(session, new Set([path]));
    else own.add(path);
  }
}

/** Of a fuzzy snapshot the parent may have been written later than the znode came: its counters never fall. */
function countCreate(parent: Znode, creates: number, zxid: Zxid): void {
  const counted = creates === -1 ? parent.creates + 1 : creates;
  if (counted <= parent.creates) return;
  parent.creates = counted;
  parent.pzxid = zxid;
}

function sizeOf(top: Znode): number {
  let size = 0;
  const all = znodesFrom(top);
  while (all.next().done !== true) size++;
  return size;
}
