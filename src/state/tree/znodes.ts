import { assert } from '../../base/assert.ts';
import { Slab } from '../../base/slab.ts';
import {
  noSession,
  sessionIdFromWords,
  sessionIdHigh,
  sessionIdLow,
  type SessionId,
} from '../../model/ids.ts';
import type { Stat } from '../../model/stat.ts';
import type { OwnedKind } from '../../model/txn.ts';
import { zxidFromWords, zxidHigh, zxidLow, type Zxid } from '../../model/zxid.ts';
import { Blocks, offsetOf, roundUp } from './blocks.ts';
import { hashBytes, hashText } from '../digest/mixing.ts';
import { visibleCversion } from './versions.ts';
import { field, nullData, ZnodeRecords } from './znode-records.ts';

const kindShift = 29;
const wideName = 0x0100_0000;
const nameLengthMask = 0x00ff_ffff;
const kinds = ['persistent', 'ephemeral', 'container', 'ttl'] as const;

/**
 * Znodes by id: their rows, names and data. Knows nothing of paths, parents or who may do what; `ZnodeTree` does.
 */
export class Znodes {
  readonly records = new ZnodeRecords();
  readonly #blocks: Blocks;
  #freeId = 0;
  /** While a snapshot is taken: ids that it may still have to look at are not used again. */
  #reusesIds = true;
  /** The owner that was asked for last: the ephemerals of a session that ends are asked for one after the other. */
  #nearOwner = noSession;
  #nearOwnerHigh = 0;
  #nearOwnerLow = 0;
  readonly #copies = new Slab();

  constructor() {
    this.#blocks = new Blocks((id, ref) => {
      this.records.set(id, field.block, ref);
    });
  }

  set reusesIds(reuses: boolean) {
    this.#reusesIds = reuses;
  }

  isLive(id: number): boolean {
    return id < this.records.idEnd && this.records.get(id, field.nameAndKind) >>> kindShift !== 0;
  }

  /** Adds a row with name, kind and data; the rest of it is zero. */
  add(name: string, owned: OwnedKind, data: Uint8Array | null): number {
    const id = this.#takeId();
    this.#fill(id, name, owned, data);
    return id;
  }

  /** Adds one under an id that was given out before: for a snapshot, where children may come first. */
  addAt(id: number, name: string, owned: OwnedKind, data: Uint8Array | null): void {
    this.records.extendTo(id + 1);
    this.#fill(id, name, owned, data);
  }

  remove(id: number): void {
    this.#blocks.free(this.records.get(id, field.block));
    this.records.clear(id);
    this.records.set(id, field.nextSibling, this.#freeId);
    this.#freeId = id;
  }

  setData(id: number, data: Uint8Array | null): void {
    const { records } = this;
    const nameBytes = this.nameBytes(id);
    const before = records.get(id, field.dataLength);
    const oldBytes = nameBytes + (before === nullData ? 0 : before);
    const newBytes = nameBytes + (data?.length ?? 0);
    const ref = records.get(id, field.block);
    if (roundUp(oldBytes) !== roundUp(newBytes)) {
      const moved = this.#blocks.allocate(newBytes, id);
      if (nameBytes > 0) {
        const start = offsetOf(ref);
        const name = this.#blocks.bytesOf(ref).subarray(start, start + nameBytes);
        this.#blocks.bytesOf(moved).set(name, offsetOf(moved));
      }
      records.set(id, field.block, moved);
      this.#blocks.free(ref);
    }
    this.#writeData(id, data);
  }

  /** Gives a copy of the data: the znode's own bytes may be overwritten by the next txn. */
  data(id: number): Uint8Array | null {
    const length = this.records.get(id, field.dataLength);
    if (length === nullData) return null;
    if (length === 0) return new Uint8Array(0);
    const ref = this.records.get(id, field.block);
    const start = offsetOf(ref) + this.nameBytes(id);
    return this.#copies.copyOf(this.#blocks.bytesOf(ref).subarray(start, start + length));
  }

  /** Gives the bytes of the data themselves, for copying them elsewhere at once. */
  dataView(id: number): Uint8Array | null {
    const length = this.records.get(id, field.dataLength);
    if (length === nullData) return null;
    if (length === 0) return new Uint8Array(0);
    const ref = this.records.get(id, field.block);
    const start = offsetOf(ref) + this.nameBytes(id);
    return this.#blocks.bytesOf(ref).subarray(start, start + length);
  }

  /** Gives the bytes of the name as it lies in memory. */
  nameBytes(id: number): number {
    return this.records.get(id, field.nameAndKind) & nameLengthMask;
  }

  name(id: number): string {
    const nameBytes = this.nameBytes(id);
    if (nameBytes === 0) return '';
    const ref = this.records.get(id, field.block);
    const start = offsetOf(ref);
    return readName(this.#blocks.bytesOf(ref), { start, nameBytes, isWide: this.#isWide(id) });
  }

  /** Says whether the znode's name is `path.slice(from, to)`. */
  hasName(id: number, path: string, from: number, to: number): boolean {
    const nameBytes = this.nameBytes(id);
    const step = this.#isWide(id) ? 2 : 1;
    if (nameBytes !== (to - from) * step) return false;
    const ref = this.records.get(id, field.block);
    const bytes = this.#blocks.bytesOf(ref);
    let at = offsetOf(ref);
    for (let index = from; index < to; index++, at += step) {
      if (unit(bytes, at, step) !== path.charCodeAt(index)) return false;
    }
    return true;
  }

  /** Compares as `compareText(name(id), text)` does. */
  compareName(id: number, text: string): number {
    const ref = this.records.get(id, field.block);
    const bytes = this.#blocks.bytesOf(ref);
    const step = this.#isWide(id) ? 2 : 1;
    const length = this.nameBytes(id) / step;
    const start = offsetOf(ref);
    for (let index = 0; index < length && index < text.length; index++) {
      const difference = unit(bytes, start + index * step, step) - text.charCodeAt(index);
      if (difference !== 0) return difference;
    }
    return length - text.length;
  }

  owned(id: number): OwnedKind {
    const kind = this.kind(id);
    switch (kind) {
      case 'persistent':
        return persistent;
      case 'container':
        return container;
      case 'ephemeral':
        return { kind, owner: this.#owner(id) };
      case 'ttl':
        return { kind, ttlMs: this.records.getWide(id, field.ownerHigh, field.ownerLow) };
    }
  }

  kind(id: number): OwnedKind['kind'] {
    const kind = kinds[(this.records.get(id, field.nameAndKind) >>> kindShift) - 1];
    assert(kind !== undefined, 'a live znode has a kind', { id });
    return kind;
  }

  stat(id: number): Stat {
    const { records } = this;
    const length = records.get(id, field.dataLength);
    const numChildren = records.get(id, field.numChildren);
    return {
      czxid: zxidFromWords(records.get(id, field.czxidHigh), records.get(id, field.czxidLow)),
      mzxid: zxidFromWords(records.get(id, field.mzxidHigh), records.get(id, field.mzxidLow)),
      ctime: records.getWide(id, field.ctimeHigh, field.ctimeLow),
      mtime: records.getWide(id, field.mtimeHigh, field.mtimeLow),
      version: records.get(id, field.version) | 0,
      cversion: visibleCversion(records.get(id, field.creates), numChildren),
      aversion: records.get(id, field.aversion) | 0,
      ephemeralOwner: this.kind(id) === 'ephemeral' ? this.#owner(id) : noSession,
      dataLength: length === nullData ? 0 : length,
      numChildren,
      pzxid: zxidFromWords(records.get(id, field.pzxidHigh), records.get(id, field.pzxidLow)),
    };
  }

  version(id: number): number {
    return this.records.get(id, field.version) | 0;
  }

  aversion(id: number): number {
    return this.records.get(id, field.aversion) | 0;
  }

  /** Says whether it is the znode of this stat, unchanged since: data and children. */
  isAt(id: number, { czxid, pzxid, version }: Stat): boolean {
    const { records } = this;
    return (
      this.version(id) === version &&
      records.get(id, field.czxidLow) === zxidLow(czxid) &&
      records.get(id, field.czxidHigh) === zxidHigh(czxid) &&
      records.get(id, field.pzxidLow) === zxidLow(pzxid) &&
      records.get(id, field.pzxidHigh) === zxidHigh(pzxid)
    );
  }

  setCzxid(id: number, zxid: Zxid): void {
    this.records.set(id, field.czxidHigh, zxidHigh(zxid));
    this.records.set(id, field.czxidLow, zxidLow(zxid));
  }

  setMzxid(id: number, zxid: Zxid): void {
    this.records.set(id, field.mzxidHigh, zxidHigh(zxid));
    this.records.set(id, field.mzxidLow, zxidLow(zxid));
  }

  setPzxid(id: number, zxid: Zxid): void {
    this.records.set(id, field.pzxidHigh, zxidHigh(zxid));
    this.records.set(id, field.pzxidLow, zxidLow(zxid));
  }

  #takeId(): number {
    const id = this.#freeId;
    if (id === 0 || !this.#reusesIds) return this.records.addRow();
    this.#freeId = this.records.get(id, field.nextSibling);
    this.records.set(id, field.nextSibling, 0);
    return id;
  }

  #fill(id: number, name: string, owned: OwnedKind, data: Uint8Array | null): void {
    const { records } = this;
    const isWide = needsTwoBytes(name);
    const nameBytes = isWide ? name.length * 2 : name.length;
    const ref = this.#blocks.allocate(nameBytes + (data?.length ?? 0), id);
    records.set(id, field.block, ref);
    const kind = (kinds.indexOf(owned.kind) + 1) << kindShift;
    records.set(id, field.nameAndKind, kind | (isWide ? wideName : 0) | nameBytes);
    records.set(id, field.nameHash, hashText(name));
    if (nameBytes > 0) writeName(this.#blocks.bytesOf(ref), offsetOf(ref), name, isWide);
    if (owned.kind === 'ephemeral') {
      records.set(id, field.ownerHigh, sessionIdHigh(owned.owner));
      records.set(id, field.ownerLow, sessionIdLow(owned.owner));
    } else if (owned.kind === 'ttl') {
      records.setWide(id, field.ownerHigh, field.ownerLow, owned.ttlMs);
    }
    this.#writeData(id, data);
  }

  #writeData(id: number, data: Uint8Array | null): void {
    const { records } = this;
    records.set(id, field.dataLength, data === null ? nullData : data.length);
    records.set(id, field.dataHash, data === null ? 0 : hashBytes(data));
    if (data === null || data.length === 0) return;
    const ref = records.get(id, field.block);
    this.#blocks.bytesOf(ref).set(data, offsetOf(ref) + this.nameBytes(id));
  }

  #isWide(id: number): boolean {
    return (this.records.get(id, field.nameAndKind) & wideName) !== 0;
  }

  #owner(id: number): SessionId {
    const { records } = this;
    const high = records.get(id, field.ownerHigh);
    const low = records.get(id, field.ownerLow);
    if (high !== this.#nearOwnerHigh || low !== this.#nearOwnerLow) {
      this.#nearOwner = sessionIdFromWords(high, low);
      this.#nearOwnerHigh = high;
      this.#nearOwnerLow = low;
    }
    return this.#nearOwner;
  }
}

const persistent: OwnedKind = Object.freeze({ kind: 'persistent' });
const container: OwnedKind = Object.freeze({ kind: 'container' });

function unit(bytes: Uint8Array, at: number, step: number): number {
  const low = bytes[at] as number;
  return step === 1 ? low : low | ((bytes[at + 1] as number) << 8);
}

function needsTwoBytes(name: string): boolean {
  for (let index = 0; index < name.length; index++) if (name.charCodeAt(index) > 0xff) return true;
  return false;
}

function writeName(bytes: Uint8Array, start: number, name: string, isWide: boolean): void {
  let at = start;
  for (let index = 0; index < name.length; index++) {
    const code = name.charCodeAt(index);
    bytes[at++] = code & 0xff;
    if (isWide) bytes[at++] = code >>> 8;
  }
}

/** Up to here a string that is put together character by character is one piece; a longer one is a piece for each. */
const shortName = 12;
/** Characters that one call is given: far below what a stack holds. */
const charactersAtOnce = 1_024;

/** Gives a name whose characters lie together, however long it is: such as are in pieces cost 30 bytes each, and time. */
function readName(
  bytes: Uint8Array,
  { start, nameBytes, isWide }: { start: number; nameBytes: number; isWide: boolean },
): string {
  const step = isWide ? 2 : 1;
  const end = start + nameBytes;
  let name = '';
  if (nameBytes <= shortName * step) {
    for (let at = start; at < end; at += step) name += String.fromCharCode(unit(bytes, at, step));
    return name;
  }
  for (let at = start; at < end; at += charactersAtOnce * step) {
    const part = bytes.subarray(at, Math.min(end, at + charactersAtOnce * step));
    name += textOf(isWide ? unitsOf(part) : part);
  }
  return name;
}

function unitsOf(bytes: Uint8Array): Uint16Array {
  const units = new Uint16Array(bytes.length / 2);
  for (let index = 0; index < units.length; index++) units[index] = unit(bytes, index * 2, 2);
  return units;
}

/** As a spread into the call, which would copy the array first, number by number. */
function textOf(units: ArrayLike<number>): string {
  return Reflect.apply(String.fromCharCode, undefined, units) as string;
}
