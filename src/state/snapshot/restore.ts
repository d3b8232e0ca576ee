import { ByteReader, MalformedBytes } from '../../base/bytes.ts';
import type { Acl } from '../../model/acl.ts';
import { sessionIdFromWords } from '../../model/ids.ts';
import { keptRoot } from '../../model/auth.ts';
import { electionsRoot, locksRoot } from '../../model/lock.ts';
import type { OwnedKind } from '../../model/txn.ts';
import type { RecordedWrite } from '../replicated/recorded-write.ts';
import { ReplicatedState } from '../replicated/replicated-state.ts';
import {
  readAclRecord,
  readHeader,
  readRecordedWrite,
  readSessionRecord,
  readZnodeRecord,
  recordKind,
  znodeWords,
  type SnapshotHeader,
  type ZnodePlace,
} from './snapshot-format.ts';
import { field } from '../tree/znode-records.ts';
import { rootId } from '../tree/znode-tree.ts';

/**
 * Builds a state from the chunks of a snapshot, beside the one in use, and checks it before it takes its place. Znodes
 * get new ids without gaps, whatever ids they had where the snapshot was written.
 */
export class SnapshotRestore {
  readonly #state = new ReplicatedState();
  readonly #install: (state: ReplicatedState) => void;
  readonly #digestOf: (state: ReplicatedState) => string;
  readonly #acls = new Map<number, Acl>();
  readonly #words = new Uint32Array(znodeWords);
  #header: SnapshotHeader | undefined;
  /** From the snapshot's ids to ours. */
  #ids = new Uint32Array(0);
  #idEnd = rootId + 1;
  #ended = false;
  /** By our ids. */
  #children = new Uint32Array(0);
  #placedTo = rootId;
  #countedTo = rootId;

  constructor(
    install: (state: ReplicatedState) => void,
    digestOf: (state: ReplicatedState) => string,
  ) {
    this.#install = install;
    this.#digestOf = digestOf;
  }

  /**
   * Takes every chunk, in order. Throws `MalformedBytes` or `UnknownSnapshotFormat`; this object is then of no more
   * use.
   */
  feed(chunk: Uint8Array): void {
    const reader = new ByteReader(chunk);
    if (this.#header === undefined) {
      this.#header = readHeader(reader);
      this.#ids = new Uint32Array(this.#header.idEnd);
      this.#ids[rootId] = rootId;
      this.#children = new Uint32Array(this.#header.idEnd + 1);
    }
    while (reader.remaining > 0) {
      if (this.#ended) throw new MalformedBytes('records after the end of a snapshot');
      this.#readRecord(reader);
    }
  }

  /**
   * After the last chunk: puts up to `znodesMax` znodes in their places, then looks at as many again. True once all is
   * checked and the restored state is in use; throws `MalformedBytes` when it is not what was written.
   */
  finish(znodesMax: number): boolean {
    const header = this.#header;
    if (header === undefined || !this.#ended) throw new MalformedBytes('a snapshot without an end');
    const { tree, sessions, writes } = this.#state;
    const roots = [locksRoot, electionsRoot]
      .map((path) => tree.find(path))
      .filter((id) => id !== 0);
    let left = znodesMax;
    for (; left > 0 && this.#placedTo < this.#idEnd; left--) this.#place(this.#placedTo++, roots);
    for (; left > 0 && this.#countedTo < this.#idEnd; left--) this.#count(this.#countedTo++);
    if (this.#countedTo < this.#idEnd) return false;
    const isWhole =
      tree.count === header.znodes &&
      sessions.size === header.sessions &&
      writes.size === header.writes;
    if (!isWhole) throw new MalformedBytes('a snapshot with other counts than its header says');
    this.#readGrants();
    this.#state.lastApplied = header.zxid;
    this.#state.lastTimeMs = header.timeMs;
    if (this.#digestOf(this.#state) !== header.digest) {
      throw new MalformedBytes('a snapshot with another digest than its header says');
    }
    this.#install(this.#state);
    return true;
  }

  /** `lockRoots`: below their children lie the contenders. */
  #place(id: number, lockRoots: readonly number[]): void {
    const { tree, sessions, lockQueues } = this.#state;
    if (!tree.finishRestore(id)) throw new MalformedBytes('a znode without its parent');
    const parent = tree.parent(id);
    this.#children[parent] = (this.#children[parent] ?? 0) + 1;
    const owned = tree.znodes.owned(id);
    if (lockRoots.includes(tree.parent(parent))) {
      lockQueues.created(tree.path(id), { czxid: tree.stat(id).czxid, owned });
    }
    if (owned.kind !== 'ephemeral') return;
    if (sessions.get(owned.owner) === undefined) {
      throw new MalformedBytes('an ephemeral znode without a session');
    }
    sessions.own(owned.owner, id);
  }

  #count(id: number): void {
    if (this.#children[id] !== this.#state.tree.numChildren(id)) {
      throw new MalformedBytes('a znode with other children than it says');
    }
  }

  /** A few documents, and nearly always none; or what a version without grants let be made there. */
  #readGrants(): void {
    const { tree, grants } = this.#state;
    const { znodes } = tree;
    const ids = [tree.find(keptRoot)];
    for (let id = ids.pop() ?? 0; id !== 0; id = ids.pop() ?? 0) {
      const kept = { data: znodes.data(id), acl: tree.acl(id), owned: znodes.owned(id) };
      grants.changed(tree.path(id), kept);
      ids.push(...tree.childIds(id));
    }
  }

  #readRecord(reader: ByteReader): void {
    const kind = reader.u8();
    switch (kind) {
      case recordKind.session:
        this.#state.sessions.put(readSessionRecord(reader));
        return;
      case recordKind.write:
        this.#addWrite(readRecordedWrite(reader, ''));
        return;
      case recordKind.ownedWrite:
        this.#addWrite(readRecordedWrite(reader, reader.text()));
        return;
      case recordKind.acl: {
        const { id, acl } = readAclRecord(reader);
        this.#acls.set(id, acl);
        return;
      }
      case recordKind.znode:
        this.#addZnode(readZnodeRecord(reader, this.#words));
        return;
      case recordKind.end:
        this.#ended = true;
        return;
      default:
        throw new MalformedBytes(`a snapshot record of kind ${String(kind)}`);
    }
  }

  #addWrite(write: RecordedWrite): void {
    if (this.#state.writes.get(write.key) !== undefined) throw new MalformedBytes('a key twice');
    this.#state.writes.record(write);
  }

  #addZnode({ id, parent, acl, words, name, kind, data }: ZnodePlace): void {
    const { tree } = this.#state;
    const ourId = this.#ourId(id);
    const stored = this.#acls.get(acl);
    const isPlaced = id === rootId ? parent === 0 && name === '' : parent !== 0 && name !== '';
    if (stored === undefined || !isPlaced || tree.znodes.isLive(ourId)) {
      throw new MalformedBytes('a znode out of place');
    }
    const place = { parent: parent === 0 ? 0 : this.#ourId(parent), words };
    tree.restore(ourId, place, { name, data, acl: stored, owned: ownedBy(kind, words) });
  }

  /** Also of a znode that is only known as a parent yet. */
  #ourId(id: number): number {
    const known = this.#ids[id];
    if (known === undefined || id === 0) throw new MalformedBytes('a znode id out of range');
    if (known !== 0) return known;
    const given = this.#idEnd++;
    this.#ids[id] = given;
    return given;
  }
}

/** The words hold the owner or the TTL. */
function ownedBy(kind: OwnedKind['kind'], words: Uint32Array): OwnedKind {
  const high = words[field.ownerHigh] ?? 0;
  const low = words[field.ownerLow] ?? 0;
  switch (kind) {
    case 'ephemeral':
      return { kind, owner: sessionIdFromWords(high, low) };
    case 'ttl':
      return { kind, ttlMs: high * 0x1_0000_0000 + low };
    case 'persistent':
    case 'container':
      return { kind };
  }
}
