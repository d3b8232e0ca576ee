// What survives a crash of a simulated peer, and how changes alter it. Plain functions over a plain value, so that checkers
// and simulators can ask the same questions of an image as the store itself does.

import { assert } from '../../src/base/assert.ts';
import type { Nonce, ServerId } from '../../src/model/ids.ts';
import { emptyLog, type LogEntry, type LogPosition } from '../../src/model/log-entry.ts';
import { decodeMembership, type Membership } from '../../src/model/membership.ts';
import type { Seed } from '../../src/model/seed.ts';
import {
  compareZxid,
  maxZxid,
  minZxid,
  zeroZxid,
  zxidEquals,
  type Zxid,
} from '../../src/model/zxid.ts';
import type { Hash } from '../../src/ports/hash.ts';
import type { LogRange, StoredSnapshot, StoreFailure } from '../../src/ports/store.ts';
import type { DiskImage as JudgedImage } from './disk.ts';

export interface ImageSnapshot extends StoredSnapshot {
  readonly content: readonly Uint8Array[];
}

/** What survives a crash. Owned by one store at a time. */
export interface DiskImage {
  serverId: ServerId | undefined;
  nonce: Nonce;
  incarnation: number;
  acceptedEpoch: number;
  currentEpoch: number;
  founded: Membership | null;
  seed: Seed | null;
  base: LogPosition;
  baseMembership: Membership | null;
  /** The highest hint; may be above the log's end. */
  commit: Zxid;
  snapshot: ImageSnapshot | null;
  /** After `base`, in order. */
  entries: LogEntry[];
  /** The second file: a lower bound of what was ever acked, written lazily (brief D2.6). */
  guard: { acked: LogPosition; acceptedEpoch: number };
  /** Why nothing of it may be used any more. */
  diverged: string | undefined;
}

/** A new, empty disk. */
export function emptyDisk(): DiskImage {
  return {
    serverId: undefined,
    nonce: '' as Nonce,
    incarnation: 0,
    acceptedEpoch: 0,
    currentEpoch: 0,
    founded: null,
    seed: null,
    base: emptyLog,
    baseMembership: null,
    commit: zeroZxid,
    snapshot: null,
    entries: [],
    guard: { acked: emptyLog, acceptedEpoch: 0 },
    diverged: undefined,
  };
}

export function lastOf(image: DiskImage): LogPosition {
  const { zxid, chain } = image.entries.at(-1) ?? image.base;
  return { zxid, chain };
}

/** As the checkers look at it. Field by field: they ask for it all the time, and to spread the whole image is slow. */
export function judged(image: DiskImage): JudgedImage {
  return {
    acceptedEpoch: image.acceptedEpoch,
    currentEpoch: image.currentEpoch,
    founded: image.founded,
    base: image.base,
    baseMembership: image.baseMembership,
    log: image.entries,
    commit: image.commit,
    snapshot: image.snapshot,
    staged: null,
  };
}

/** May be changed while the store runs: a disk that turns slow, fills up, breaks. */
export interface DiskFaults {
  /** Of one group commit; drawn evenly between the two. */
  latencyMsMin: number;
  latencyMsMax: number;
  /** The next group fails with this: the store reports it and never calls back again. */
  failNextWrite: StoreFailure | undefined;
  /** `load` fails with this: a disk that can't be used. */
  failLoad: StoreFailure | undefined;
  freeBytes: number;
  totalBytes: number;
  /** Called with the number of the durable write (1, 2, …; counted from this store's load): a place to crash at. */
  beforeDurable: ((write: number) => void) | undefined;
  /** It is durable now and nobody was told yet. */
  afterDurable: ((write: number) => void) | undefined;
}

export function healthyDisk(): DiskFaults {
  return {
    latencyMsMin: 0.1,
    latencyMsMax: 2,
    failNextWrite: undefined,
    failLoad: undefined,
    freeBytes: 100e9,
    totalBytes: 200e9,
    beforeDurable: undefined,
    afterDurable: undefined,
  };
}

/** What disks and people do to the data of a peer that is down, and must be found out when it starts. */
export type Damage = 'bitRot' | 'tornEntry' | 'lostTail' | 'olderCopy';

/**
 * Damages the database; the guard beside it is whole and says how far the peer had come. Undefined when there is nothing
 * that this could be done to. `older` is a copy of the same disk, made before.
 */
export function damaged(
  image: DiskImage,
  how: { readonly kind: Damage; readonly older: DiskImage | undefined; readonly at: number },
): DiskImage | undefined {
  const guard = guardOf(image);
  const { entries } = image;
  const index = Math.floor(how.at * entries.length);
  const entry = entries[index];
  switch (how.kind) {
    case 'bitRot': {
      if (entry === undefined || entry.payload.length === 0) return undefined;
      const payload = entry.payload.slice();
      payload[0] = (payload[0] ?? 0) ^ 1;
      return { ...image, guard, entries: entries.with(index, { ...entry, payload }) };
    }
    // Pages of the database itself, where no log of SQLite's heals them any more.
    case 'tornEntry': {
      const last = entries.at(-1);
      if (last === undefined || last.payload.length === 0) return undefined;
      const payload = last.payload.slice(0, Math.floor(how.at * last.payload.length));
      return { ...image, guard, entries: entries.with(-1, { ...last, payload }) };
    }
    case 'lostTail':
      if (entry === undefined) return undefined;
      return { ...image, guard, entries: entries.slice(0, index) };
    case 'olderCopy': {
      const { older } = how;
      if (older?.nonce !== image.nonce || samePosition(lastOf(older), guard.acked)) {
        return undefined;
      }
      return { ...older, guard };
    }
  }
}

/** Shares nothing that changes. */
export function copyOfDisk(image: DiskImage): DiskImage {
  return { ...image, entries: [...image.entries] };
}

export function appendTo(
  image: DiskImage,
  hash: Hash,
  entries: readonly LogEntry[],
  commit: Zxid,
): void {
  for (const entry of entries) {
    const last = lastOf(image);
    const { epoch, counter } = entry.zxid;
    const follows =
      epoch === last.zxid.epoch
        ? counter === last.zxid.counter + 1
        : epoch > last.zxid.epoch && counter === 1;
    assert(follows, 'an entry follows the end of the log', { last: last.zxid, zxid: entry.zxid });
    assert(epoch <= image.acceptedEpoch, 'no entry is of an epoch above the accepted one', {
      zxid: entry.zxid,
    });
    const chain = hash.chain(last.chain, entry.zxid, entry.kind, entry.payload);
    assert(entry.chain === chain, 'the chain of an entry continues the log', { zxid: entry.zxid });
    image.entries.push({ ...entry, payload: entry.payload.slice() });
  }
  image.commit = maxZxid(image.commit, commit);
}

export function truncateImage(image: DiskImage, to: LogPosition): void {
  assert(holds(image, to), 'the place to cut the log at is in the log', { to });
  assert(compareZxid(to.zxid, knownCommit(image)) >= 0, 'nothing committed is cut off', {
    to,
    commit: knownCommit(image),
  });
  image.entries.length = indexAfter(image, to.zxid);
  if (compareZxid(image.guard.acked.zxid, to.zxid) > 0) image.guard = { ...image.guard, acked: to };
}

export function compactImage(image: DiskImage, upTo: Zxid): void {
  assert(
    compareZxid(upTo, image.snapshot?.at.zxid ?? zeroZxid) <= 0,
    'the log is never compacted above the snapshot',
    { upTo },
  );
  const kept = indexAfter(image, upTo);
  for (const entry of image.entries.slice(0, kept)) {
    image.baseMembership = membershipOf(entry) ?? image.baseMembership;
    image.base = { zxid: entry.zxid, chain: entry.chain };
  }
  image.entries.splice(0, kept);
}

export function readImageLog(image: DiskImage, range: LogRange): readonly LogEntry[] | undefined {
  if (compareZxid(range.after, image.base.zxid) < 0) return undefined;
  const found: LogEntry[] = [];
  let bytes = 0;
  for (let index = indexAfter(image, range.after); index < image.entries.length; index++) {
    const entry = image.entries[index];
    if (entry === undefined || compareZxid(entry.zxid, range.upTo) > 0) break;
    bytes += entry.payload.length;
    if (found.length > 0 && bytes > range.bytesMax) break;
    found.push(entry);
  }
  return found;
}

/** Index of the first entry above the zxid. */
export function indexAfter(image: DiskImage, value: Zxid): number {
  const { entries } = image;
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle];
    if (entry !== undefined && compareZxid(entry.zxid, value) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function holds(image: DiskImage, position: LogPosition): boolean {
  const { base, entries } = image;
  const index = indexAfter(image, position.zxid);
  return samePosition(index === 0 ? base : (entries[index - 1] ?? base), position);
}

export function guardOf(image: DiskImage): DiskImage['guard'] {
  return { acked: lastOf(image), acceptedEpoch: image.acceptedEpoch };
}
/** Hints may be ahead of the log. */
export function knownCommit(image: DiskImage): Zxid {
  return minZxid(image.commit, lastOf(image).zxid);
}

export function membershipOf(entry: LogEntry): Membership | null {
  return entry.kind === 'txn' ? null : decodeMembership(entry.payload);
}

export function samePosition(left: LogPosition, right: LogPosition): boolean {
  return zxidEquals(left.zxid, right.zxid) && left.chain === right.chain;
}

export function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
