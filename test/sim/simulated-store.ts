// The store port on a simulated disk: writes are grouped, become durable after a drawn latency, strictly in order, and a
// crash leaves all of a group in flight, nothing, or the first of its calls. What is durable is the image, which outlives
// the store and which checkers may read at any time (never change).

import { InvariantBroken, assert } from '../../src/base/assert.ts';
import { bytesEqual } from '../../src/base/bytes.ts';
import { toHex } from '../../src/base/hex.ts';
import type { Nonce, ServerId } from '../../src/model/ids.ts';
import type { LogChange } from '../../src/model/log-change.ts';
import { emptyLog, type LogEntry, type LogPosition } from '../../src/model/log-entry.ts';
import type { Membership } from '../../src/model/membership.ts';
import { compareZxid, maxZxid, type Zxid } from '../../src/model/zxid.ts';
import type { Hash } from '../../src/ports/hash.ts';
import type { Random } from '../../src/ports/random.ts';
import type {
  LogRange,
  Store,
  StoredSnapshot,
  StoredState,
  StoreFailure,
} from '../../src/ports/store.ts';
import {
  appendTo,
  compactImage,
  concatenated,
  guardOf,
  healthyDisk,
  holds,
  knownCommit,
  lastOf,
  membershipOf,
  readImageLog,
  samePosition,
  truncateImage,
  type DiskFaults,
  type DiskImage,
  type ImageSnapshot,
} from './disk-image.ts';
import { keptByCrash } from './disk.ts';

export interface SimulatedStoreOptions {
  readonly serverId: ServerId;
  /** `after` runs `fn` in a turn of its own, that many virtual milliseconds later. */
  readonly scheduler: { after(ms: number, fn: () => void): unknown };
  readonly random: Random;
  readonly hash: Hash;
  readonly image: DiskImage;
  readonly faults?: DiskFaults;
}

/** One queued call. `run` happens at the group's end and returns what to call back, if anything. */
interface Operation {
  readonly writes: boolean;
  readonly run: () => (() => void) | undefined;
}

interface Unfinished {
  readonly at: LogPosition;
  readonly membership: Membership | null;
  readonly content: Uint8Array[];
  verified: StoredSnapshot | undefined;
}

export class SimulatedStore implements Store {
  readonly #options: SimulatedStoreOptions;
  readonly #image: DiskImage;
  readonly faults: DiskFaults;
  #queue: Operation[] = [];
  #inFlight: Operation[] | undefined;
  #isDead = false;
  #durableWrites = 0;
  #ownSnapshot: Unfinished | undefined;
  #staging: Unfinished | undefined;
  #onFailure: ((failure: StoreFailure) => void) | undefined;

  constructor(options: SimulatedStoreOptions) {
    this.#options = options;
    this.#image = options.image;
    this.faults = options.faults ?? healthyDisk();
  }

  /** What is durable now. Look, don't touch. */
  get durableImage(): Readonly<DiskImage> {
    return this.#image;
  }

  /** Nothing waits and nothing is in flight. */
  get isIdle(): boolean {
    return this.#inFlight === undefined && this.#queue.length === 0;
  }

  /** Power off. Nobody is called back any more; see `keptByCrash` for a group in flight. The image goes to the next store. */
  crash(): DiskImage {
    if (this.#isDead) return this.#image;
    this.#isDead = true;
    const group = this.#inFlight;
    this.#inFlight = undefined;
    if (group?.some((operation) => operation.writes) === true) this.#runSome(group);
    return this.#image;
  }

  load(handlers: Parameters<Store['load']>[0]): void {
    this.#onFailure = (failure) => {
      handlers.onFailure(failure);
    };
    this.#enqueue(true, () => {
      const failure = this.faults.failLoad ?? this.#whyUnusable();
      if (failure !== undefined) {
        this.#fail(failure);
        return undefined;
      }
      this.#startIncarnation();
      const state = this.#storedState();
      const index = this.#image.entries.map((entry) => ({
        zxid: entry.zxid,
        chain: entry.chain,
        kind: entry.kind,
        bytes: entry.payload.length,
        membership: membershipOf(entry),
      }));
      return () => {
        // In runs, as a real store gives them.
        for (let start = 0; start < index.length; start += 100) {
          handlers.onIndex(index.slice(start, start + 100));
        }
        handlers.onLoaded(state);
      };
    });
  }

  write(changes: readonly LogChange[], done: () => void): void {
    this.#enqueue(changes.length > 0, () => {
      for (const change of changes) this.#apply(change);
      return done;
    });
  }

  readLog(range: LogRange, done: (entries: readonly LogEntry[] | undefined) => void): void {
    this.#enqueue(false, () => {
      const entries = readImageLog(this.#image, range);
      return () => {
        done(entries);
      };
    });
  }

  beginSnapshot(at: LogPosition, membership: Membership | null): void {
    this.#enqueue(false, () => {
      this.#ownSnapshot = { at, membership, content: [], verified: undefined };
      return undefined;
    });
  }

  writeSnapshotChunk(bytes: Uint8Array, done: () => void): void {
    const copy = bytes.slice();
    this.#enqueue(true, () => {
      this.#ownSnapshot?.content.push(copy);
      return done;
    });
  }

  finishSnapshot(sha256: Uint8Array, done: (snapshot: StoredSnapshot) => void): void {
    this.#enqueue(true, () => {
      const own = this.#ownSnapshot;
      this.#ownSnapshot = undefined;
      if (own !== undefined) {
        const digest = this.#options.hash.sha256(concatenated(own.content));
        assert(bytesEqual(sha256, digest), 'the digest of a snapshot is that of its chunks');
        assert(holds(this.#image, own.at), 'a snapshot stands at a place of the log', {
          at: own.at,
        });
        this.#image.snapshot = finished(own, digest);
        this.#image.commit = maxZxid(this.#image.commit, own.at.zxid);
      }
      const snapshot = this.#image.snapshot;
      assert(snapshot !== null, 'a snapshot is finished only after it was begun');
      return () => {
        done(facts(snapshot));
      };
    });
  }

  abandonSnapshot(): void {
    this.#enqueue(false, () => {
      this.#ownSnapshot = undefined;
      return undefined;
    });
  }

  beginStaging(at: LogPosition, membership: Membership | null): void {
    this.#enqueue(false, () => {
      this.#staging = { at, membership, content: [], verified: undefined };
      return undefined;
    });
  }

  stageChunk(sequence: number, bytes: Uint8Array, done: () => void): void {
    const copy = bytes.slice();
    this.#enqueue(true, () => {
      // A chunk out of order leaves a hole, which `verifyStaging` finds.
      if (this.#staging?.content.length === sequence) this.#staging.content.push(copy);
      return done;
    });
  }

  verifyStaging(
    expected: Omit<StoredSnapshot, 'membership'>,
    done: (valid: boolean) => void,
  ): void {
    this.#enqueue(false, () => {
      const staged = this.#staging;
      let valid = false;
      if (staged !== undefined) {
        const found = finished(staged, this.#options.hash.sha256(concatenated(staged.content)));
        valid =
          found.chunks === expected.chunks &&
          found.bytes === expected.bytes &&
          bytesEqual(found.sha256, expected.sha256) &&
          samePosition(found.at, expected.at);
        staged.verified = valid ? found : undefined;
      }
      return () => {
        done(valid);
      };
    });
  }

  readSnapshotChunk(
    at: LogPosition,
    sequence: number,
    done: (bytes: Uint8Array | undefined) => void,
  ): void {
    this.#enqueue(false, () => {
      const snapshot = this.#image.snapshot;
      const bytes =
        snapshot !== null && samePosition(snapshot.at, at)
          ? snapshot.content[sequence]?.slice()
          : undefined;
      return () => {
        done(bytes);
      };
    });
  }

  compact(upTo: Zxid, done: (base: LogPosition) => void): void {
    this.#enqueue(true, () => {
      compactImage(this.#image, upTo);
      const { base } = this.#image;
      return () => {
        done(base);
      };
    });
  }

  markDiverged(why: string, done: () => void): void {
    this.#enqueue(true, () => {
      this.#image.diverged = why;
      return done;
    });
  }

  freeBytes(done: (free: number, total: number) => void): void {
    this.#enqueue(false, () => () => {
      done(this.faults.freeBytes, this.faults.totalBytes);
    });
  }

  close(done: () => void): void {
    this.#enqueue(false, () => {
      this.#image.guard = guardOf(this.#image);
      return () => {
        this.#isDead = true;
        done();
      };
    });
  }

  #enqueue(writes: boolean, run: Operation['run']): void {
    if (this.#isDead) return;
    this.#queue.push({ writes, run });
    if (this.#inFlight === undefined) this.#startGroup();
  }

  /** Takes all that waits; what is asked for from now on waits for the next group. */
  #startGroup(): void {
    // The turn's later calls still join the group: the disk starts when the turn is over.
    const group: Operation[] = [];
    this.#inFlight = group;
    this.#options.scheduler.after(0, () => {
      if (this.#isDead) return;
      group.push(...this.#queue.splice(0));
      const { latencyMsMin, latencyMsMax } = this.faults;
      const latencyMs = group.some((operation) => operation.writes)
        ? latencyMsMin + this.#options.random.fraction() * (latencyMsMax - latencyMsMin)
        : latencyMsMin * this.#options.random.fraction();
      this.#options.scheduler.after(latencyMs, () => {
        if (!this.#isDead) this.#endGroup(group);
      });
    });
  }

  #endGroup(group: readonly Operation[]): void {
    const writes = group.some((operation) => operation.writes);
    if (writes && this.faults.failNextWrite !== undefined) {
      const failure = this.faults.failNextWrite;
      // The outcome of a failed commit is unknown until the next start reads the log (brief D2.4).
      this.#runSome(group);
      this.#fail(failure);
      return;
    }
    // No longer in flight: a crash in the first hook finds nothing durable, one in the second finds all of it.
    this.#inFlight = undefined;
    if (writes) {
      this.#durableWrites++;
      this.faults.beforeDurable?.(this.#durableWrites);
      if (this.#died()) return;
    }
    const callbacks: (() => void)[] = [];
    try {
      for (const operation of group) {
        const callback = operation.run();
        if (callback !== undefined) callbacks.push(callback);
      }
    } catch (error) {
      if (!(error instanceof InvariantBroken)) throw error;
      this.#fail({ code: 'corrupt', message: error.message });
      return;
    }
    if (writes) {
      if (this.#options.random.fraction() < 0.1) this.#image.guard = guardOf(this.#image);
      this.faults.afterDurable?.(this.#durableWrites);
    }
    if (!this.#died() && this.#queue.length > 0) this.#startGroup();
    for (const callback of callbacks) {
      if (this.#died()) return;
      callback();
    }
  }

  #runSome(group: readonly Operation[]): void {
    runQuietly(group.slice(0, keptByCrash(this.#options.random.fraction(), 0.5, group.length)));
  }

  /** Asked again after every call out of here, because that call may have crashed this store. */
  #died(): boolean {
    return this.#isDead;
  }

  #fail(failure: StoreFailure): void {
    if (this.#isDead) return;
    this.#isDead = true;
    this.#inFlight = undefined;
    this.#options.scheduler.after(0, () => this.#onFailure?.(failure));
  }

  #whyUnusable(): StoreFailure | undefined {
    const image = this.#image;
    if (image.diverged !== undefined) return { code: 'diverged', message: image.diverged };
    if (image.serverId !== undefined && image.serverId !== this.#options.serverId) {
      return { code: 'otherServer', message: `this disk is of server ${String(image.serverId)}` };
    }
    const { acked, acceptedEpoch } = image.guard;
    if (
      acceptedEpoch > image.acceptedEpoch ||
      compareZxid(acked.zxid, lastOf(image).zxid) > 0 ||
      (compareZxid(acked.zxid, image.base.zxid) >= 0 && !holds(image, acked))
    ) {
      return { code: 'lostTail', message: 'the log ends before what this peer had acknowledged' };
    }
    let { chain } = image.base;
    for (const entry of image.entries) {
      chain = this.#options.hash.chain(chain, entry.zxid, entry.kind, entry.payload);
      if (chain !== entry.chain) {
        return { code: 'corrupt', message: 'the chain of the log is broken' };
      }
    }
    return undefined;
  }

  #startIncarnation(): void {
    const image = this.#image;
    if (image.serverId === undefined) {
      image.serverId = this.#options.serverId;
      image.nonce = toHex(this.#options.random.bytes(16)) as Nonce;
    }
    image.incarnation++;
  }

  #storedState(): StoredState {
    const image = this.#image;
    return {
      serverId: this.#options.serverId,
      nonce: image.nonce,
      incarnation: image.incarnation,
      acceptedEpoch: image.acceptedEpoch,
      currentEpoch: image.currentEpoch,
      founded: image.founded,
      seed: image.seed,
      base: image.base,
      baseMembership: image.baseMembership,
      commit: knownCommit(image),
      snapshot: image.snapshot === null ? null : facts(image.snapshot),
    };
  }

  #apply(change: LogChange): void {
    const image = this.#image;
    switch (change.kind) {
      case 'found':
        image.founded = change.membership;
        if (image.snapshot !== null) {
          image.snapshot = { ...image.snapshot, membership: change.membership };
          image.baseMembership = change.membership;
        }
        return;
      case 'acceptEpoch':
        assert(change.epoch >= image.acceptedEpoch, 'the accepted epoch never falls', {
          from: image.acceptedEpoch,
          to: change.epoch,
        });
        image.acceptedEpoch = change.epoch;
        return;
      case 'append':
        appendTo(this.#image, this.#options.hash, change.entries, change.commit);
        return;
      case 'adopt':
        this.#adopt(change);
        return;
    }
  }

  #adopt(change: Extract<LogChange, { kind: 'adopt' }>): void {
    const image = this.#image;
    assert(change.epoch >= image.currentEpoch, 'the current epoch never falls', {
      from: image.currentEpoch,
      to: change.epoch,
    });
    assert(change.epoch <= image.acceptedEpoch, 'only an accepted epoch becomes the current one', {
      accepted: image.acceptedEpoch,
      epoch: change.epoch,
    });
    assert(
      change.snapshot === null || change.truncateTo === null,
      'a history is replaced by a snapshot or cut, not both',
    );
    if (change.snapshot !== null) this.#install(change.snapshot);
    if (change.truncateTo !== null) truncateImage(image, change.truncateTo);
    image.currentEpoch = change.epoch;
    appendTo(this.#image, this.#options.hash, change.entries, change.commit);
  }

  #install(at: LogPosition): void {
    const image = this.#image;
    const staged = this.#staging;
    assert(
      staged?.verified !== undefined && samePosition(staged.at, at),
      'only a verified staged snapshot is installed',
      { at },
    );
    assert(
      compareZxid(at.zxid, knownCommit(image)) >= 0,
      'a snapshot never takes back what is committed',
      { at, commit: knownCommit(image) },
    );
    image.snapshot = { ...staged.verified, content: staged.content };
    image.entries = [];
    image.base = at;
    image.baseMembership = staged.membership;
    image.commit = maxZxid(image.commit, at.zxid);
    image.guard = { ...image.guard, acked: emptyLog };
    this.#staging = undefined;
    this.#ownSnapshot = undefined;
  }
}

/** Makes a group durable that nobody hears of any more, not even of a broken rule. */
function runQuietly(group: readonly Operation[]): void {
  try {
    for (const operation of group) operation.run();
  } catch (error) {
    if (!(error instanceof InvariantBroken)) throw error;
  }
}

function finished(unfinished: Unfinished, sha256: Uint8Array): ImageSnapshot {
  const { at, membership, content } = unfinished;
  const bytes = content.reduce((sum, part) => sum + part.length, 0);
  return { at, chunks: content.length, bytes, sha256, membership, content };
}

function facts(snapshot: ImageSnapshot): StoredSnapshot {
  const { at, chunks, bytes, sha256, membership } = snapshot;
  return { at, chunks, bytes, sha256, membership };
}
