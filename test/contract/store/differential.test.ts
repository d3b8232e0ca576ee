// The two stores side by side through random lives: what one answers, the other answers.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SqliteStore } from '../../../src/adapters/sqlite/store.ts';
import { serverId } from '../../../src/model/ids.ts';
import { emptyLog, type LogEntry, type LogPosition } from '../../../src/model/log-entry.ts';
import { compareZxid, zeroZxid, zxid, type Zxid } from '../../../src/model/zxid.ts';
import { emptyDisk } from '../../sim/disk-image.ts';
import { SimulatedStore } from '../../sim/simulated-store.ts';
import {
  DrivenStore,
  aMembership,
  comparable,
  endOf,
  entriesAfter,
  nodeHash,
} from '../../support/store/driven-store.ts';
import { turnScheduler } from '../../support/store/turn-scheduler.ts';
import { Prng } from '../../sim/prng.ts';

class RandomLife {
  readonly #fraction: () => number;
  readonly #open: () => readonly [DrivenStore, DrivenStore];
  #pair: readonly [DrivenStore, DrivenStore];
  #log: LogEntry[] = [];
  #base: LogPosition = emptyLog;
  #epoch = 0;
  #commit: Zxid = zeroZxid;
  #snapshot: LogPosition = emptyLog;
  /** How often both stores still had the part of the log that was asked for. */
  comparedLogs = 0;

  constructor(seed: number, open: () => readonly [DrivenStore, DrivenStore]) {
    const random = new Prng(seed);
    this.#fraction = () => random.fraction();
    this.#open = open;
    this.#pair = open();
  }

  async live(steps: number): Promise<void> {
    await this.#both((store) => store.load());
    await this.#adopt('append');
    const acts = [
      () => this.#append(),
      () => this.#append(),
      () => this.#append(),
      () => this.#adopt('append'),
      () => this.#adopt('truncate'),
      () => this.#adopt('install'),
      () => this.#takeSnapshot(),
      () => this.#compact(),
      () => this.#restart(),
    ];
    for (let step = 0; step < steps; step++) {
      await acts[this.#upTo(acts.length)]?.();
      await this.#compareLogs();
    }
    await this.#restart();
    await this.#both((store) => store.close());
  }

  /** Whatever became of it: the SQLite store has a thread. */
  async end(): Promise<void> {
    await Promise.allSettled(this.#pair.map((store) => store.close()));
  }

  #upTo(limit: number): number {
    return Math.floor(this.#fraction() * limit);
  }

  #both<T>(act: (store: DrivenStore) => Promise<T>): Promise<[T, T]> {
    return Promise.all([act(this.#pair[0]), act(this.#pair[1])]);
  }

  #end(): LogPosition {
    return this.#log.length === 0 ? this.#base : endOf(this.#log);
  }

  /** Some entry at the commit point or above, or the end. */
  #place(): LogPosition {
    const places = [this.#base, ...this.#log].filter(
      (entry) => compareZxid(entry.zxid, this.#commit) >= 0,
    );
    const { zxid: at, chain } = places[this.#upTo(places.length)] ?? this.#end();
    return { zxid: at, chain };
  }

  #payloads(): Uint8Array[] {
    return Array.from({ length: 1 + this.#upTo(5) }, () =>
      new Uint8Array(this.#upTo(this.#fraction() < 0.1 ? 400_000 : 300)).fill(this.#upTo(256)),
    );
  }

  async #append(): Promise<void> {
    const entries = entriesAfter(this.#end(), this.#epoch, this.#payloads());
    this.#log.push(...entries);
    if (this.#fraction() < 0.5) this.#commit = this.#place().zxid;
    const commit = this.#commit;
    const half = Math.floor(entries.length / 2);
    await this.#both((store) =>
      Promise.all([
        store.append(entries.slice(0, half), commit),
        store.append(entries.slice(half), commit),
      ]),
    );
  }

  async #adopt(how: 'append' | 'truncate' | 'install'): Promise<void> {
    this.#epoch++;
    const truncateTo = how === 'truncate' ? this.#place() : null;
    let snapshot: LogPosition | null = null;
    if (truncateTo !== null) {
      this.#log = this.#log.filter((entry) => compareZxid(entry.zxid, truncateTo.zxid) <= 0);
    }
    if (how === 'install') {
      // A history that we have, or one that goes beyond it.
      const theirs = entriesAfter(this.#end(), this.#end().zxid.epoch, this.#payloads());
      const at = this.#fraction() < 0.5 ? this.#place() : endOf(theirs);
      const chunks = this.#payloads();
      const valid = await this.#both((store) => store.stage(at, chunks, aMembership(1, 9)));
      assert.deepEqual(valid, [true, true]);
      this.#log = [];
      this.#base = at;
      this.#snapshot = at;
      this.#commit = at.zxid;
      snapshot = at;
    }
    const entries = entriesAfter(this.#end(), this.#epoch, [aMembership(1, 2, this.#epoch)]);
    this.#log.push(...entries);
    const epoch = this.#epoch;
    await this.#both((store) =>
      store.write(
        { kind: 'acceptEpoch', epoch },
        { kind: 'adopt', epoch, snapshot, truncateTo, entries, commit: zeroZxid },
      ),
    );
  }

  async #takeSnapshot(): Promise<void> {
    const committed = this.#log.filter(
      ({ zxid: at }) =>
        compareZxid(at, this.#commit) <= 0 && compareZxid(at, this.#snapshot.zxid) > 0,
    );
    const entry = committed[this.#upTo(committed.length)];
    if (entry === undefined) return;
    this.#snapshot = endOf([entry]);
    const chunks = this.#payloads();
    const [left, right] = await this.#both((store) =>
      store.snapshot(this.#snapshot, chunks, aMembership(4)),
    );
    assert.deepEqual(left, right);
  }

  async #compact(): Promise<void> {
    const upTo = this.#snapshot.zxid;
    const [exact, coarse] = await this.#both((store) => store.compact(upTo));
    assert.ok(compareZxid(coarse.zxid, exact.zxid) <= 0, 'a store may keep more, never less');
  }

  async #restart(): Promise<void> {
    await this.#both((store) => store.close());
    this.#pair = this.#open();
    const [left, right] = await this.#both((store) => store.load());
    const common = ({ state }: typeof left): unknown => ({
      acceptedEpoch: state.acceptedEpoch,
      currentEpoch: state.currentEpoch,
      snapshot: state.snapshot,
      incarnation: state.incarnation,
    });
    const byIndex = (loaded: typeof left): unknown =>
      loaded.index.filter(({ zxid: at }) => compareZxid(at, left.state.base.zxid) > 0);
    assert.deepEqual(byIndex(right), byIndex(left));
    assert.deepEqual(common(right), common(left));
    if (left.index.length > 0) assert.deepEqual(right.index.at(-1), left.index.at(-1));
  }

  async #compareLogs(): Promise<void> {
    const after = this.#log[this.#upTo(this.#log.length)]?.zxid ?? this.#base.zxid;
    const [exact, coarse] = await this.#both((store) => store.readLog(after, zxid(2 ** 22, 0)));
    // Where the exact one was compacted further, the other may still know.
    if (exact === undefined) return;
    this.comparedLogs++;
    const ours = this.#log.filter(({ zxid: at }) => compareZxid(at, after) > 0);
    assert.deepEqual(comparable(exact), comparable(ours));
    assert.deepEqual(comparable(coarse), comparable(ours));
  }
}

describe('the simulated store and the SQLite store agree', function () {
  this.timeout(60_000);
  let root: string;
  let life: RandomLife;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'quoll-store-'));
  });

  afterEach(async () => {
    await life.end();
    rmSync(root, { recursive: true, force: true });
  });

  for (const seed of [1, 2, 3]) {
    it(`in random life ${String(seed)}`, async () => {
      const image = emptyDisk();
      const random = new Prng(seed);
      life = new RandomLife(seed + 100, () => [
        new DrivenStore(
          new SimulatedStore({
            serverId: serverId(1),
            scheduler: turnScheduler(),
            random,
            hash: nodeHash,
            image,
          }),
        ),
        new DrivenStore(
          new SqliteStore({
            directory: join(root, 'data'),
            serverId: serverId(1),
            reserveBytes: 0,
            walBytes: 393_216,
          }),
        ),
      ]);
      await life.live(40);
      assert.ok(life.comparedLogs > 20, String(life.comparedLogs));
    });
  }
});
