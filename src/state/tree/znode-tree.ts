import { openAcl, permission, type Acl } from '../../model/acl.ts';
import { compareText, rootPath, type ZnodePath } from '../../model/path.ts';
import type { Stat } from '../../model/stat.ts';
import type { OwnedKind } from '../../model/txn.ts';
import { zeroZxid, type Zxid } from '../../model/zxid.ts';
import { AclTable } from './acl-table.ts';
import { laneSeeds, type RunningDigest } from '../digest/digest.ts';
import { finish, hashText, mix } from '../digest/mixing.ts';
import { NameIndex } from './name-index.ts';
import { OpenLists } from './open-lists.ts';
import { OrderedIds } from './ordered-ids.ts';
import { field, nullData, type Field } from './znode-records.ts';
import { Znodes } from './znodes.ts';

/** The id of `/`. */
export const rootId = 1;

/** What a znode takes in memory without its name and data, about: its row, its places in indexes, what rounding costs. */
export const znodeBytes = 140;

/** Children above which a parent's names are kept in order, and below which they are not any more. */
const orderedFrom = 64;
const orderedUntil = 32;

/** What a txn says of a znode that it creates. */
export interface NewZnode {
  readonly name: string;
  readonly data: Uint8Array | null;
  readonly acl: Acl;
  readonly owned: OwnedKind;
}

export interface Moment {
  readonly zxid: Zxid;
  readonly timeMs: number;
}

/**
 * The committed tree. Znodes are known by id (a number, 0 for none, private to this process); memory layout and
 * reasons are in DESIGN.md. Whoever changes it has checked that the change is allowed; the tree keeps its own counts,
 * its index and its share of the digest right.
 */
export class ZnodeTree {
  readonly znodes = new Znodes();
  readonly acls = new AclTable();
  readonly openLists = new OpenLists();
  readonly #index = new NameIndex(this.znodes.records);
  readonly #ordered = new Map<number, OrderedIds>();
  readonly #digest: RunningDigest;
  /** Called before the replicated part of a znode changes or goes: a snapshot keeps the old image. */
  beforeChange: ((id: number) => void) | undefined;
  #count = 0;
  #ephemerals = 0;
  /** The parent that was found last, by path and id: what comes next is as often as not beside it. */
  #nearPath = '';
  #nearId = 0;
  /**
   * A parent whose share is out of the digest for now, 0 for none: of many changes right below it in a row, the first
   * takes the share out and whoever needs the digest puts it back.
   */
  #outstanding = 0;
  #dataBytes = 0;
  #nameBytes = 0;

  constructor(digest: RunningDigest) {
    this.#digest = digest;
  }

  get count(): number {
    return this.#count;
  }

  get ephemerals(): number {
    return this.#ephemerals;
  }

  /** The bytes of data alone, without names and bookkeeping. */
  get dataBytes(): number {
    return this.#dataBytes;
  }

  /** What it takes in memory, about: rows, names, data and ACLs. */
  get bytes(): number {
    return this.#count * znodeBytes + this.#nameBytes + this.#dataBytes + this.acls.bytes;
  }

  /** Makes the tree that a fresh ZooKeeper has, `cversion` -1 and -2 and the read-only `/zookeeper/config` included. */
  addInitialZnodes(): void {
    const at = { zxid: zeroZxid, timeMs: 0 };
    const empty = { data: new Uint8Array(0), acl: openAcl, owned: { kind: 'persistent' } as const };
    this.#add(0, { name: '', ...empty }, at);
    const reserved = this.#addInitial(rootId, { name: 'zookeeper', ...empty });
    const readOnly = [{ permissions: permission.read, scheme: 'world', id: 'anyone' }];
    const config = this.#addInitial(reserved, { name: 'config', ...empty, acl: readOnly });
    this.setAcl(config, readOnly, -1);
    this.#addInitial(reserved, { name: 'quota', ...empty });
  }

  /** Gives the id of a znode; 0 when there is no such znode. */
  find(path: string): number {
    if (path === '/') return rootId;
    const slash = path.lastIndexOf('/');
    const parent = slash === 0 ? rootId : this.#findParent(path, slash);
    return parent === 0 ? 0 : this.#findChild(parent, path, slash + 1, path.length);
  }

  child(parent: number, name: string): number {
    return this.#findChild(parent, name, 0, name.length);
  }

  path(id: number): ZnodePath {
    if (id === rootId) return rootPath;
    let path = '';
    for (let at = id; at !== rootId; at = this.parent(at)) path = `/${this.znodes.name(at)}${path}`;
    return path as ZnodePath;
  }

  parent(id: number): number {
    return this.znodes.records.get(id, field.parent);
  }

  stat(id: number): Stat {
    return this.znodes.stat(id);
  }

  acl(id: number): Acl {
    return this.acls.acl(this.znodes.records.get(id, field.acl));
  }

  /** Counts the child creates, ever: where sequence numbers come from. */
  creates(id: number): number {
    return this.znodes.records.get(id, field.creates);
  }

  numChildren(id: number): number {
    return this.znodes.records.get(id, field.numChildren);
  }

  /** Gives the children, in no order. */
  *childIds(id: number): Generator<number> {
    const { records } = this.znodes;
    let child = records.get(id, field.firstChild);
    while (child !== 0) {
      yield child;
      child = records.get(child, field.nextSibling);
    }
  }

  /** Gives at most `limit` children whose names come after `after`, in code point order. */
  orderedChildren(id: number, after: string | undefined, limit: number): readonly number[] {
    const ordered = this.#ordered.get(id);
    if (ordered !== undefined) return ordered.page(after, limit);
    const named: { name: string; id: number }[] = [];
    for (const child of this.childIds(id)) named.push({ name: this.znodes.name(child), id: child });
    named.sort((left, right) => compareText(left.name, right.name));
    return named
      .filter(({ name }) => after === undefined || compareText(name, after) > 0)
      .slice(0, limit)
      .map((child) => child.id);
  }

  create(parent: number, znode: NewZnode, at: Moment & { parentCreates: number }): number {
    const { records } = this.znodes;
    this.#willChangeBelow(parent);
    const id = this.#add(parent, znode, at);
    this.#countAbove(id, 1, znode.data?.length ?? 0);
    records.set(parent, field.creates, at.parentCreates);
    records.set(parent, field.numChildren, records.get(parent, field.numChildren) + 1);
    this.znodes.setPzxid(parent, at.zxid);
    this.#order(parent, id, znode.name);
    return id;
  }

  /** Gives the bytes of data; 0 also where there is none. */
  dataLength(id: number): number {
    const length = this.znodes.records.get(id, field.dataLength);
    return length === nullData ? 0 : length;
  }

  /** Counts all below a znode. */
  below(id: number): number {
    return this.znodes.records.get(id, field.below);
  }

  /** Counts the bytes of data of all below a znode, without its own. */
  bytesBelow(id: number): number {
    return this.znodes.records.getWide(id, field.bytesBelowHigh, field.bytesBelowLow);
  }

  setData(id: number, data: Uint8Array | null, version: number, at: Moment): void {
    const { records } = this.znodes;
    this.#willChange(id);
    this.#putData(id, data);
    this.znodes.setMzxid(id, at.zxid);
    records.setWide(id, field.mtimeHigh, field.mtimeLow, at.timeMs);
    records.set(id, field.version, version);
    this.#changed(id);
  }

  /** Changes the data alone, as if it had always been so: no time and no version moves. */
  replaceData(id: number, data: Uint8Array): void {
    this.#willChange(id);
    this.#putData(id, data);
    this.#changed(id);
  }

  setAcl(id: number, acl: Acl, aversion: number): void {
    const { records } = this.znodes;
    this.#willChange(id);
    const before = records.get(id, field.acl);
    records.set(id, field.acl, this.acls.acquire(acl));
    this.acls.release(before);
    records.set(id, field.aversion, aversion);
    this.#changed(id);
  }

  /** Removes a znode, which must have no children. */
  remove(id: number, zxid: Zxid): void {
    const { records } = this.znodes;
    const parent = this.parent(id);
    this.#willChangeBelow(parent);
    this.#willChange(id);
    this.openLists.willGo(parent, id);
    if (id === this.#nearId) this.#nearId = 0;
    const ordered = this.#ordered.get(parent);
    const numChildren = records.get(parent, field.numChildren) - 1;
    this.#countAbove(id, -1, -this.dataLength(id));
    if (ordered !== undefined && numChildren <= orderedUntil) this.#ordered.delete(parent);
    else ordered?.remove(this.znodes.name(id));
    this.#unlink(id, parent);
    this.#index.remove(id);
    this.#tally(id, -1);
    this.acls.release(records.get(id, field.acl));
    this.znodes.remove(id);
    records.set(parent, field.numChildren, numChildren);
    this.znodes.setPzxid(parent, zxid);
  }

  /** Puts a znode of a snapshot in its place; its parent may come later. `finishRestore` completes it. */
  restore(id: number, place: { parent: number; words: Uint32Array }, znode: NewZnode): void {
    const { records } = this.znodes;
    this.znodes.addAt(id, znode.name, znode.owned, znode.data);
    records.extendTo(place.parent + 1);
    records.set(id, field.acl, this.acls.acquire(znode.acl));
    for (let column = 0; column < place.words.length; column++) {
      records.set(id, column as Field, place.words[column] as number);
    }
    this.#attach(id, place.parent);
    this.#tally(id, 1);
  }

  /**
   * Does, once all znodes are there, the part that needs them: as much for each, however many are beside or below it.
   * False when the znode's place can't be right. Whether each has as many children as it says is for the caller to see.
   */
  finishRestore(id: number): boolean {
    if (!this.znodes.isLive(id) || !this.#reachesRoot(id)) return false;
    if (id !== rootId) {
      const parent = this.parent(id);
      if (this.numChildren(parent) > orderedFrom) {
        this.#orderOf(parent).insert(id, this.znodes.name(id));
      }
      this.#countAbove(id, 1, this.dataLength(id));
    }
    this.#changed(id);
    return true;
  }

  /** Puts back what is out of the digest: it may then be read. */
  settleDigest(): void {
    if (this.#outstanding !== 0) this.#changed(this.#outstanding);
    this.#outstanding = 0;
  }

  /** Adds every znode's share anew: for tests of the incremental digest. */
  addTo(digest: RunningDigest): void {
    for (let id = rootId; id < this.znodes.records.idEnd; id++) {
      if (this.znodes.isLive(id)) this.#contribute(id, digest, 'add');
    }
  }

  #putData(id: number, data: Uint8Array | null): void {
    const more = (data?.length ?? 0) - this.dataLength(id);
    this.znodes.setData(id, data);
    if (more === 0) return;
    this.#dataBytes += more;
    this.#countAbove(id, 0, more);
  }

  /** Counts a znode and the bytes of its data with what is below each of its ancestors. */
  #countAbove(id: number, znodes: number, bytes: number): void {
    const { records } = this.znodes;
    for (let at = this.parent(id); at !== 0; at = this.parent(at)) {
      records.addBelow(at, znodes, bytes);
    }
  }

  #addInitial(parent: number, znode: NewZnode): number {
    // Not counted as creates, as in ZooKeeper.
    return this.create(parent, znode, { zxid: zeroZxid, timeMs: 0, parentCreates: 0 });
  }

  #add(parent: number, znode: NewZnode, at: Moment): number {
    const { records } = this.znodes;
    const id = this.znodes.add(znode.name, znode.owned, znode.data);
    this.znodes.setCzxid(id, at.zxid);
    this.znodes.setMzxid(id, at.zxid);
    this.znodes.setPzxid(id, at.zxid);
    records.setWide(id, field.ctimeHigh, field.ctimeLow, at.timeMs);
    records.setWide(id, field.mtimeHigh, field.mtimeLow, at.timeMs);
    records.set(id, field.acl, this.acls.acquire(znode.acl));
    this.#attach(id, parent);
    this.#tally(id, 1);
    this.#changed(id);
    return id;
  }

  /** Finds what is at `path.slice(0, end)`, which is not the root. */
  #findParent(path: string, end: number): number {
    if (this.#nearId !== 0 && this.#nearPath.length === end) {
      // Not `startsWith`, which V8 has compare unit by unit: ten times as long.
      if (path.slice(0, end) === this.#nearPath) return this.#nearId;
    }
    let id: number = rootId;
    for (let from = 1; from <= end && id !== 0;) {
      const slash = path.indexOf('/', from);
      const to = slash === -1 || slash > end ? end : slash;
      id = this.#findChild(id, path, from, to);
      from = to + 1;
    }
    if (id !== 0) {
      this.#nearPath = path.slice(0, end);
      this.#nearId = id;
    }
    return id;
  }

  #findChild(parent: number, path: string, from: number, to: number): number {
    const nameHash = hashText(path, from, to);
    let id = this.#index.first(parent, nameHash);
    while (id !== 0 && !this.znodes.hasName(id, path, from, to)) {
      id = this.#index.next(id, parent, nameHash);
    }
    return id;
  }

  /** Into the index and the list of siblings. */
  #attach(id: number, parent: number): void {
    const { records } = this.znodes;
    records.set(id, field.parent, parent);
    if (parent === 0) return;
    this.#index.insert(id);
    const next = records.get(parent, field.firstChild);
    records.set(id, field.nextSibling, next);
    if (next !== 0) records.set(next, field.previousSibling, id);
    records.set(parent, field.firstChild, id);
  }

  #unlink(id: number, parent: number): void {
    const { records } = this.znodes;
    const next = records.get(id, field.nextSibling);
    const previous = records.get(id, field.previousSibling);
    if (previous === 0) records.set(parent, field.firstChild, next);
    else records.set(previous, field.nextSibling, next);
    if (next !== 0) records.set(next, field.previousSibling, previous);
  }

  #order(parent: number, id: number, name: string): void {
    const ordered = this.#ordered.get(parent);
    if (ordered !== undefined) {
      ordered.insert(id, name);
    } else if (this.numChildren(parent) > orderedFrom) {
      const made = this.#newOrder();
      for (const child of this.childIds(parent)) made.insert(child, this.znodes.name(child));
      this.#ordered.set(parent, made);
    }
  }

  /** Of a parent whose children are put in one by one; begun when there is none. */
  #orderOf(parent: number): OrderedIds {
    let ordered = this.#ordered.get(parent);
    if (ordered === undefined) this.#ordered.set(parent, (ordered = this.#newOrder()));
    return ordered;
  }

  #newOrder(): OrderedIds {
    return new OrderedIds((id, name) => this.znodes.compareName(id, name));
  }

  #tally(id: number, by: 1 | -1): void {
    this.#count += by;
    this.#dataBytes += by * this.dataLength(id);
    this.#nameBytes += by * this.znodes.nameBytes(id);
    if (this.znodes.kind(id) === 'ephemeral') this.#ephemerals += by;
  }

  #willChange(id: number): void {
    this.beforeChange?.(id);
    if (id === this.#outstanding) this.#outstanding = 0;
    else this.#contribute(id, this.#digest, 'subtract');
  }

  /** As `#willChange`, of a parent; its share comes back with `settleDigest`, when it changes itself, or another does. */
  #willChangeBelow(parent: number): void {
    this.beforeChange?.(parent);
    if (parent === this.#outstanding) return;
    this.settleDigest();
    this.#contribute(parent, this.#digest, 'subtract');
    this.#outstanding = parent;
  }

  #changed(id: number): void {
    this.#contribute(id, this.#digest, 'add');
  }

  /** The znode's share of the digest: where it is and all that is replicated of it. */
  #contribute(id: number, digest: RunningDigest, how: 'add' | 'subtract'): void {
    const { records } = this.znodes;
    let first: number = laneSeeds[0];
    let second: number = laneSeeds[1];
    for (let at = id; at !== 0; at = records.get(at, field.parent)) {
      const word = records.get(at, field.nameHash);
      first = mix(first, word);
      second = mix(second, Math.imul(word, secondLane));
    }
    const page = records.pageOf(id);
    const start = records.startOf(id);
    for (let at = start; at <= start + field.dataHash; at++) {
      const word = page[at] as number;
      first = mix(first, word);
      second = mix(second, Math.imul(word, secondLane));
    }
    const kind = records.get(id, field.nameAndKind);
    const acl = this.acls.hash(records.get(id, field.acl));
    // Signed: a number of 32 bits above that is an object.
    first = finish(mix(mix(first, kind), acl)) | 0;
    second = finish(mix(mix(second, kind), Math.imul(acl, secondLane))) | 0;
    if (how === 'add') digest.add(first, second);
    else digest.subtract(first, second);
  }

  #reachesRoot(id: number): boolean {
    let steps = 0;
    for (let at = id; at !== rootId; at = this.parent(at)) {
      if (!this.znodes.isLive(at) || steps++ > this.#count) return false;
    }
    return true;
  }
}

/** Odd: makes the second lane's words another permutation than the first's. */
const secondLane = 0x2c1b3c6d;
