import { assert } from '../../src/base/assert.ts';
import type { LogChange } from '../../src/model/log-change.ts';
import {
  emptyLog,
  type ChainHash,
  type LogEntry,
  type LogPosition,
} from '../../src/model/log-entry.ts';
import { decodeMembership, type Membership } from '../../src/model/membership.ts';
import {
  compareZxid,
  maxZxid,
  zeroZxid,
  zxid,
  zxidEquals,
  type Zxid,
} from '../../src/model/zxid.ts';
import type { Seed } from '../../src/model/seed.ts';
import type { Prng } from './prng.ts';
import type { SimulatedProcess } from './process.ts';
import type { Scheduler } from './scheduler.ts';

export interface DiskOptions {
  readonly fsyncMsMin: number;
  readonly fsyncMsMax: number;
  /** A batch that was being written when the process died is there, whole, with this probability; see `keptByCrash`. */
  readonly crashKeepsBatch: number;
}

/** The core ring's snapshot: a chain hash names a history, so the place is all there is to say about the state. */
export interface ImageSnapshot {
  readonly at: LogPosition;
  readonly membership: Membership | null;
}

export interface DiskImage {
  acceptedEpoch: number;
  currentEpoch: number;
  founded: Membership | null;
  base: LogPosition;
  baseMembership: Membership | null;
  log: LogEntry[];
  commit: Zxid;
  snapshot: ImageSnapshot | null;
  staged: ImageSnapshot | null;
  /** Of an image that was made of a copy. */
  seed?: Seed;
}

/** What a batch did, for crash points and checkers. */
export type DiskWork = LogChange | { readonly kind: 'snapshot' | 'stage' | 'compact' };

interface Job {
  readonly work: readonly DiskWork[];
  readonly apply: (image: DiskImage) => void;
  readonly done: () => void;
}

export interface DiskHooks {
  /** A batch is about to become durable, or just did. Either may kill the process. */
  beforeDurable(work: readonly DiskWork[]): void;
  afterDurable(work: readonly DiskWork[]): void;
}

export function emptyImage(): DiskImage {
  return {
    acceptedEpoch: 0,
    currentEpoch: 0,
    founded: null,
    base: emptyLog,
    baseMembership: null,
    log: [],
    commit: zeroZxid,
    snapshot: null,
    staged: null,
  };
}

const seedEpoch = 70_000;

/** A disk that was made of a copy: a state, of which nobody has founded anything. */
export function seededImage(): DiskImage {
  const at: LogPosition = { zxid: zxid(seedEpoch, 0), chain: '5eed'.repeat(8) as ChainHash };
  return {
    ...emptyImage(),
    acceptedEpoch: seedEpoch,
    currentEpoch: seedEpoch,
    base: at,
    commit: at.zxid,
    snapshot: { at, membership: null },
    seed: { hash: '5eed'.repeat(16), clusterId: '5eed'.repeat(4) },
  };
}

/**
 * The disk of the core ring. `durable` is what survives; `written` is what the running process reads. One fsync at a
 * time, in order; all that waits while one runs shares the next, and a batch is there whole or not at all.
 */
export class SimulatedDisk {
  readonly #scheduler: Scheduler;
  readonly #random: Prng;
  readonly #hooks: DiskHooks;
  #process: SimulatedProcess | undefined;
  #waiting: Job[] = [];
  #running: Job[] | undefined;
  durable: DiskImage = emptyImage();
  written: DiskImage = emptyImage();
  options: DiskOptions;
  /** Multiplies every fsync: a slow disk. */
  slowness = 1;
  /** The next fsync fails: `onFailure` is called, and nothing is ever written again by this process. */
  failNext: (() => void) | undefined;

  constructor(scheduler: Scheduler, random: Prng, options: DiskOptions, hooks: DiskHooks) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.options = options;
    this.#hooks = hooks;
  }

  get hasPendingWrites(): boolean {
    return this.#running !== undefined || this.#waiting.length > 0;
  }

  open(process: SimulatedProcess): DiskImage {
    assert(this.#process?.isAlive !== true, 'two processes on one disk');
    this.#process = process;
    this.#waiting = [];
    this.#running = undefined;
    this.failNext = undefined;
    this.written = { ...this.durable, log: [...this.durable.log], staged: null };
    process.onKill(() => {
      this.#crashed();
    });
    return this.written;
  }

  /** A new disk: an empty one, unless it is said what is on it. */
  wipe(image = emptyImage()): void {
    this.durable = image;
  }

  write(changes: readonly LogChange[], done: () => void): void {
    this.#enqueue({
      work: changes,
      apply: (image) => {
        for (const change of changes) applyChange(image, change);
      },
      done,
    });
  }

  /** What the log holds after `after` up to `upTo`; undefined when it does not reach back so far. */
  readLog(after: Zxid, upTo: Zxid): readonly LogEntry[] | undefined {
    const { base, log } = this.written;
    if (compareZxid(after, base.zxid) < 0) return undefined;
    const start = log.findIndex((entry) => compareZxid(entry.zxid, after) > 0);
    if (start < 0) return [];
    const end = log.findIndex((entry) => compareZxid(entry.zxid, upTo) > 0);
    return log.slice(start, end < 0 ? undefined : end);
  }

  saveSnapshot(snapshot: ImageSnapshot, done: () => void): void {
    const apply = (image: DiskImage): void => {
      // A leader's snapshot may have been adopted while ours was being written.
      if (compareZxid(snapshot.at.zxid, image.snapshot?.at.zxid ?? zeroZxid) > 0) {
        image.snapshot = snapshot;
      }
      image.commit = maxZxid(image.commit, snapshot.at.zxid);
    };
    this.#enqueue({ work: [{ kind: 'snapshot' }], apply, done });
  }

  stage(snapshot: ImageSnapshot): void {
    const apply = (image: DiskImage): void => {
      image.staged = snapshot;
    };
    this.#enqueue({ work: [{ kind: 'stage' }], apply, done: () => undefined });
  }

  compact(upTo: Zxid, done: (base: LogPosition) => void): void {
    const apply = (image: DiskImage): void => {
      compactImage(image, upTo);
    };
    this.#enqueue({
      work: [{ kind: 'compact' }],
      apply,
      done: () => {
        done(this.written.base);
      },
    });
  }

  #enqueue(job: Job): void {
    if (this.#process?.isAlive !== true) return;
    job.apply(this.written);
    this.#waiting.push(job);
    this.#start();
  }

  #start(): void {
    const process = this.#process;
    if (this.#running !== undefined || this.#waiting.length === 0 || process === undefined) return;
    this.#running = this.#waiting.splice(0);
    const { fsyncMsMin, fsyncMsMax } = this.options;
    this.#scheduler.after(this.#random.between(fsyncMsMin, fsyncMsMax) * this.slowness, () => {
      if (process.isAlive) this.#complete(process);
    });
  }

  #complete(process: SimulatedProcess): void {
    const batch = this.#running ?? [];
    const work = batch.flatMap((job) => job.work);
    this.#hooks.beforeDurable(work);
    if (!process.isAlive) return;
    if (this.failNext !== undefined) {
      // Whether the bytes of a failed fsync are there after all is anyone's guess: the crash decides it.
      process.deliver(this.failNext, 'socket', this);
      return;
    }
    for (const job of batch) job.apply(this.durable);
    this.#running = undefined;
    this.#hooks.afterDurable(work);
    // The store promises its order, also of what comes after a pause.
    for (const job of batch) process.deliver(job.done, 'socket', this);
    this.#start();
  }

  #crashed(): void {
    const running = this.#running;
    this.#running = undefined;
    this.#waiting = [];
    if (running === undefined) return;
    const kept = keptByCrash(this.#random.fraction(), this.options.crashKeepsBatch, running.length);
    const batch = running.slice(0, kept);
    if (batch.length === 0) return;
    for (const job of batch) job.apply(this.durable);
    this.#hooks.afterDurable(batch.flatMap((job) => job.work));
  }
}

/**
 * How many calls of a group in flight a crash leaves: all of them below `wholeBelow`, else none or some from the front.
 * SQLite knows only all and nothing, for a group is one transaction, and a half-written one has no valid last frame. The
 * port promises less, each call whole and in order, and nothing above it may rest on how calls are grouped.
 */
export function keptByCrash(fraction: number, wholeBelow: number, calls: number): number {
  if (fraction < wholeBelow) return calls;
  const rest = (fraction - wholeBelow) / (1 - wholeBelow);
  return rest < 0.5 ? 0 : Math.floor((2 * rest - 1) * calls);
}

export function applyChange(image: DiskImage, change: LogChange): void {
  switch (change.kind) {
    case 'found':
      image.founded = change.membership;
      if (image.snapshot === null) break;
      image.snapshot = { ...image.snapshot, membership: change.membership };
      image.baseMembership = change.membership;
      break;
    case 'acceptEpoch':
      image.acceptedEpoch = change.epoch;
      break;
    case 'append':
      append(image, change.entries);
      image.commit = maxZxid(image.commit, change.commit);
      break;
    case 'adopt':
      if (change.snapshot !== null) install(image, change.snapshot);
      else if (change.truncateTo !== null) truncate(image, change.truncateTo);
      append(image, change.entries);
      image.currentEpoch = change.epoch;
      image.commit = maxZxid(image.commit, change.commit);
      break;
  }
}

function append(image: DiskImage, entries: readonly LogEntry[]): void {
  for (const entry of entries) {
    const last = lastPosition(image);
    assert(compareZxid(entry.zxid, last.zxid) > 0, 'the log rises', {
      last: last.zxid,
      entry: entry.zxid,
    });
    image.log.push(entry);
  }
}

function install(image: DiskImage, at: LogPosition): void {
  const staged = image.staged;
  assert(
    staged !== null && zxidEquals(staged.at.zxid, at.zxid),
    'the adopted snapshot was staged',
    { at },
  );
  image.snapshot = staged;
  image.staged = null;
  image.base = at;
  image.baseMembership = staged.membership;
  image.log = [];
  image.commit = maxZxid(image.commit, at.zxid);
}

function truncate(image: DiskImage, to: LogPosition): void {
  assert(compareZxid(to.zxid, image.base.zxid) >= 0, 'no cut below the base', {
    to,
    base: image.base,
  });
  image.log = image.log.filter((entry) => compareZxid(entry.zxid, to.zxid) <= 0);
  const last = lastPosition(image);
  assert(last.chain === to.chain, 'the place of the cut is held', { to, last });
}

function compactImage(image: DiskImage, upTo: Zxid): void {
  const snapshot = image.snapshot?.at.zxid ?? zeroZxid;
  if (compareZxid(upTo, snapshot) > 0) return;
  const kept = image.log.findIndex((entry) => compareZxid(entry.zxid, upTo) > 0);
  const forgotten = image.log.splice(0, kept < 0 ? image.log.length : kept);
  for (const entry of forgotten) {
    image.base = { zxid: entry.zxid, chain: entry.chain };
    image.baseMembership = membershipIn(entry) ?? image.baseMembership;
  }
}

export function membershipIn(entry: LogEntry): Membership | null {
  return entry.kind === 'txn' ? null : decodeMembership(entry.payload);
}

export function lastPosition(image: DiskImage): LogPosition {
  return image.log.at(-1) ?? image.base;
}

/** The entry under this zxid, if the image's log holds one. */
export function entryAt(image: DiskImage, zxid: Zxid): LogEntry | undefined {
  let low = 0;
  let high = image.log.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const entry = image.log[middle];
    if (entry === undefined) return undefined;
    const order = compareZxid(entry.zxid, zxid);
    if (order === 0) return entry;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}
