// What every store must do, whatever it is made of.

import assert from 'node:assert/strict';

import { serverId } from '../../src/model/ids.ts';
import { emptyLog, type LogEntry } from '../../src/model/log-entry.ts';
import { zeroZxid, zxid } from '../../src/model/zxid.ts';
import type { Store } from '../../src/ports/store.ts';
import {
  DrivenStore,
  StoreRefused,
  aMembership,
  digestOf,
  endOf,
  entriesAfter,
  type LoadedStore,
} from './driven-store.ts';

/** A disk that outlives the stores opened on it. One store at a time. */
export interface StoreDisk {
  open(id?: number): Store;
  dispose(): void;
}

const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill);

export function describeStore(name: string, makeDisk: () => StoreDisk): void {
  describe(`the store contract: ${name}`, function () {
    // Of a machine that is busy with other things.
    this.timeout(30_000);

    let disk: StoreDisk;
    let open: DrivenStore[];

    beforeEach(() => {
      disk = makeDisk();
      open = [];
    });

    afterEach(async () => {
      for (const driven of open) await driven.close().catch(() => undefined);
      disk.dispose();
    });

    const start = async (): Promise<[DrivenStore, LoadedStore]> => {
      const driven = new DrivenStore(disk.open(1));
      open.push(driven);
      return [driven, await driven.load()];
    };
    const started = async (): Promise<DrivenStore> => (await start())[0];
    const restart = async (driven: DrivenStore): Promise<[DrivenStore, LoadedStore]> => {
      await driven.close();
      open = open.filter((other) => other !== driven);
      return start();
    };
    const refused = async (promise: Promise<unknown>): Promise<StoreRefused> => {
      const error: unknown = await promise.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof StoreRefused, 'the store should have failed');
      return error;
    };
    const strip = (entries: readonly LogEntry[] | undefined): unknown =>
      entries?.map((entry) => ({ ...entry, payload: Buffer.from(entry.payload).toString('hex') }));

    const founding = aMembership(1, 2, 3);
    const first = entriesAfter(emptyLog, 1, [founding, 'a', 'b', 'c', 'd']);

    it('starts empty, with a nonce', async () => {
      const [, { state, index }] = await start();
      assert.match(state.nonce, /^[0-9a-f]{32}$/);
      assert.deepEqual(
        { ...state, nonce: '' },
        {
          serverId: serverId(1),
          nonce: '',
          incarnation: 1,
          acceptedEpoch: 0,
          currentEpoch: 0,
          founded: null,
          base: emptyLog,
          baseMembership: null,
          commit: zeroZxid,
          snapshot: null,
        },
      );
      assert.deepEqual(index, []);
    });

    it('keeps its nonce and counts its starts', async () => {
      const [one, before] = await start();
      const [, after] = await restart(one);
      assert.equal(after.state.nonce, before.state.nonce);
      assert.equal(after.state.incarnation, 2);
    });

    it('refuses the data of another server', async () => {
      await (await started()).close();
      const other = new DrivenStore(disk.open(2));
      const { failure } = await refused(other.load());
      assert.equal(failure.code, 'otherServer');
    });

    it('keeps founding, epochs, entries and the commit hint', async () => {
      const store = await started();
      await store.write({ kind: 'found', membership: founding });
      await store.startEpoch(1, first.slice(0, 2));
      await store.append(first.slice(2), zxid(1, 4));
      const [, { state, index }] = await restart(store);
      assert.deepEqual(state.founded, founding);
      assert.equal(state.acceptedEpoch, 1);
      assert.equal(state.currentEpoch, 1);
      assert.deepEqual(state.commit, zxid(1, 4));
      assert.deepEqual(
        index,
        first.map(({ zxid: at, chain, kind }, position) => ({
          zxid: at,
          chain,
          kind,
          membership: position === 0 ? founding : null,
        })),
      );
    });

    it('keeps a commit hint that came without entries, and never puts it above the log', async () => {
      const store = await started();
      await store.startEpoch(1, first.slice(0, 3));
      await store.append([], zxid(1, 2));
      const [again, { state }] = await restart(store);
      assert.deepEqual(state.commit, zxid(1, 2));
      await again.append([], zxid(1, 9));
      assert.deepEqual((await restart(again))[1].state.commit, zxid(1, 3));
    });

    it('answers an empty write after all that came before it', async () => {
      const store = await started();
      const order: string[] = [];
      await store.startEpoch(1, first.slice(0, 1));
      const changes = [{ kind: 'append', entries: first.slice(1), commit: zeroZxid } as const];
      store.store.write(changes, () => order.push('entries'));
      store.store.readLog({ after: zeroZxid, upTo: zxid(1, 9), bytesMax: 1 }, () =>
        order.push('read'),
      );
      store.store.write([], () => order.push('barrier'));
      await store.write();
      assert.deepEqual(order, ['entries', 'read', 'barrier']);
    });

    it('never calls back from within a call', async () => {
      const store = await started();
      let isWithin = true;
      const answered = new Promise<void>((resolve) => {
        store.store.write([], () => {
          assert.equal(isWithin, false);
          resolve();
        });
      });
      isWithin = false;
      await answered;
    });

    it('reads what was written before, also in the same turn', async () => {
      const store = await started();
      const writing = store.startEpoch(1, first);
      const reading = store.readLog(zxid(1, 1), zxid(1, 4));
      await writing;
      assert.deepEqual(strip(await reading), strip(first.slice(1, 4)));
    });

    it('reads entries across many batches, cut by bytes but at least one', async () => {
      const store = await started();
      await store.startEpoch(1, first.slice(0, 1));
      for (const entry of first.slice(1)) await store.append([entry]);
      assert.deepEqual(strip(await store.readLog(zeroZxid, zxid(9, 0))), strip(first));
      assert.deepEqual(
        strip(await store.readLog(zxid(1, 1), zxid(9, 0), 2)),
        strip(first.slice(1, 3)),
      );
      assert.deepEqual(
        strip(await store.readLog(zxid(1, 2), zxid(9, 0), 0)),
        strip(first.slice(2, 3)),
      );
      assert.deepEqual(await store.readLog(zxid(1, 5), zxid(9, 0)), []);
      assert.deepEqual(await store.readLog(zxid(1, 3), zxid(1, 3)), []);
    });

    it('keeps entries of any size', async () => {
      const store = await started();
      const sizes = [0, 1, 300_000, 900_000, 1_048_575, 3_000_000, 7];
      const entries = entriesAfter(
        endOf(first),
        1,
        sizes.map((size, index) => bytes(size, index)),
      );
      await store.startEpoch(1, first);
      await store.append(entries);
      const [again, { index }] = await restart(store);
      assert.equal(index.length, first.length + entries.length);
      assert.deepEqual(strip(await again.readLog(endOf(first).zxid, zxid(9, 0))), strip(entries));
    });

    it('cuts the log at any entry, and goes on from there', async () => {
      for (let kept = 1; kept <= first.length; kept++) {
        const fresh = makeDisk();
        const store = new DrivenStore(fresh.open(1));
        await store.load();
        await store.startEpoch(1, first.slice(0, 2));
        await store.append(first.slice(2));
        const to = endOf(first.slice(0, kept));
        const second = entriesAfter(to, 2, [founding, 'x']);
        await store.write(
          { kind: 'acceptEpoch', epoch: 2 },
          {
            kind: 'adopt',
            epoch: 2,
            snapshot: null,
            truncateTo: to,
            entries: second,
            commit: zeroZxid,
          },
        );
        const third = entriesAfter(endOf(second), 2, ['y']);
        await store.append(third);
        await store.close();
        const again = new DrivenStore(fresh.open(1));
        const { state } = await again.load();
        assert.equal(state.currentEpoch, 2);
        const expected = [...first.slice(0, kept), ...second, ...third];
        assert.deepEqual(strip(await again.readLog(zeroZxid, zxid(9, 0))), strip(expected));
        await again.close();
        fresh.dispose();
      }
    });

    it('cuts the whole log when told so', async () => {
      const store = await started();
      await store.startEpoch(1, first);
      const second = entriesAfter(emptyLog, 2, [founding]);
      await store.write(
        { kind: 'acceptEpoch', epoch: 2 },
        {
          kind: 'adopt',
          epoch: 2,
          snapshot: null,
          truncateTo: emptyLog,
          entries: second,
          commit: zeroZxid,
        },
      );
      const [, { index }] = await restart(store);
      assert.deepEqual(
        index.map(({ zxid: at }) => at),
        [zxid(2, 1)],
      );
    });

    describe('stops when a rule of ours is broken', () => {
      const breaking: Record<string, (store: DrivenStore) => Promise<unknown>> = {
        'an accepted epoch that falls': (store) => store.write({ kind: 'acceptEpoch', epoch: 0 }),
        'a gap in the log': (store) =>
          store.append(entriesAfter(endOf(first), 1, ['x', 'y']).slice(1)),
        'an entry that is there already': (store) => store.append(first.slice(-1)),
        'an epoch that begins at two': (store) =>
          store.append(entriesAfter({ ...emptyLog, zxid: zxid(2, 1) }, 2, ['x'])),
        'an entry of an epoch that is not current': (store) =>
          store.append(entriesAfter(endOf(first), 2, [founding])),
        'a current epoch above the accepted one': (store) =>
          store.write({
            kind: 'adopt',
            epoch: 7,
            snapshot: null,
            truncateTo: null,
            entries: [],
            commit: zeroZxid,
          }),
        'a cut below the commit point': (store) =>
          store.write({
            kind: 'adopt',
            epoch: 1,
            snapshot: null,
            truncateTo: endOf(first.slice(0, 1)),
            entries: [],
            commit: zeroZxid,
          }),
        'a cut at an entry of another history': (store) =>
          store.write({
            kind: 'adopt',
            epoch: 1,
            snapshot: null,
            truncateTo: { ...endOf(first.slice(0, 4)), chain: endOf(first).chain },
            entries: [],
            commit: zeroZxid,
          }),
        'a snapshot that was never staged': (store) =>
          store.write({
            kind: 'adopt',
            epoch: 1,
            snapshot: endOf(first),
            truncateTo: null,
            entries: [],
            commit: zeroZxid,
          }),
        'a compaction above the snapshot': (store) => store.compact(zxid(1, 2)),
        'a snapshot with a digest that is not its own': async (store) => {
          store.store.beginSnapshot(endOf(first.slice(0, 2)), founding);
          await store.writeChunk(bytes(10, 1));
          await store.finishSnapshot(digestOf([]));
        },
        'a snapshot at a place that is not in the log': (store) =>
          store.snapshot({ ...endOf(first), chain: emptyLog.chain }, []),
      };
      for (const [rule, act] of Object.entries(breaking)) {
        it(rule, async () => {
          const store = await started();
          await store.startEpoch(1, first.slice(0, 2));
          await store.append(first.slice(2), zxid(1, 2));
          const { failure } = await refused(act(store));
          assert.equal(failure.code, 'corrupt');
          assert.match(failure.message, /invariant/);
          // No call is ever answered again: what is asked now is refused or stays open.
          await refused(store.write());
        });
      }
    });

    describe('snapshots', () => {
      const chunks = [bytes(1_000, 1), bytes(2_000, 2), bytes(5, 3)];
      const at = endOf(first.slice(0, 3));

      it('of our own are there after a restart, chunk by chunk', async () => {
        const store = await started();
        await store.startEpoch(1, first);
        const written = await store.snapshot(at, chunks, founding);
        assert.deepEqual(written, {
          at,
          chunks: 3,
          bytes: 3_005,
          sha256: digestOf(chunks),
          membership: founding,
        });
        const [again, { state }] = await restart(store);
        assert.deepEqual(state.snapshot, written);
        assert.deepEqual(state.commit, at.zxid);
        for (const [sequence, chunk] of chunks.entries()) {
          assert.deepEqual(
            Buffer.from((await again.readChunk(at, sequence)) ?? []),
            Buffer.from(chunk),
          );
        }
        assert.equal(await again.readChunk(at, 3), undefined);
        assert.equal(await again.readChunk(endOf(first), 0), undefined);
      });

      it('replace the one before only when they are finished', async () => {
        const store = await started();
        await store.startEpoch(1, first);
        const earlier = await store.snapshot(at, chunks, founding);
        store.store.beginSnapshot(endOf(first), founding);
        await store.writeChunk(bytes(10, 9));
        const [again, { state }] = await restart(store);
        assert.deepEqual(state.snapshot, earlier);
        const later = await again.snapshot(endOf(first), [bytes(10, 9)], founding);
        assert.equal(await again.readChunk(at, 0), undefined);
        const [, reloaded] = await restart(again);
        assert.deepEqual(reloaded.state.snapshot, later);
      });

      it('are dropped when abandoned', async () => {
        const store = await started();
        await store.startEpoch(1, first);
        store.store.beginSnapshot(at, founding);
        await store.writeChunk(bytes(10, 9));
        store.store.abandonSnapshot();
        const written = await store.snapshot(at, chunks, founding);
        assert.deepEqual((await restart(store))[1].state.snapshot, written);
      });

      it('of a leader are verified against what was announced', async () => {
        const store = await started();
        await store.startEpoch(1, first);
        assert.equal(await store.stage(at, chunks), true);
        const sha256 = digestOf(chunks);
        const right = { at, chunks: 3, bytes: 3_005, sha256 };
        assert.equal(await store.verifyStaging({ ...right, bytes: 3_004 }), false);
        assert.equal(await store.verifyStaging({ ...right, chunks: 4 }), false);
        assert.equal(await store.verifyStaging({ ...right, sha256: digestOf([]) }), false);
        assert.equal(await store.verifyStaging({ ...right, at: endOf(first) }), false);
        assert.equal(await store.verifyStaging(right), true);
        store.store.beginStaging(at, null);
        await store.stageChunk(1, bytes(5, 5));
        assert.equal(
          await store.verifyStaging({ at, chunks: 1, bytes: 5, sha256: digestOf([bytes(5, 5)]) }),
          false,
        );
      });

      it('of a leader replace the whole log, with the epoch, at once', async () => {
        const store = await started();
        await store.startEpoch(1, first);
        const theirs = entriesAfter(emptyLog, 2, [aMembership(1, 2), 'p', 'q']);
        const installed = endOf(theirs);
        const followed = entriesAfter(installed, 3, [aMembership(1, 2), 'r']);
        store.store.beginSnapshot(endOf(first), founding);
        await store.writeChunk(bytes(10, 9));
        assert.equal(await store.stage(installed, chunks, aMembership(1, 2)), true);
        await store.write(
          { kind: 'acceptEpoch', epoch: 3 },
          {
            kind: 'adopt',
            epoch: 3,
            snapshot: installed,
            truncateTo: null,
            entries: followed,
            commit: zeroZxid,
          },
        );
        const ours = await store.finishSnapshot(digestOf([bytes(10, 9)]));
        assert.deepEqual(ours.at, installed);
        const [again, { state, index }] = await restart(store);
        assert.deepEqual(state.base, installed);
        assert.deepEqual(state.baseMembership, aMembership(1, 2));
        assert.deepEqual(state.snapshot?.at, installed);
        assert.deepEqual(state.snapshot.membership, aMembership(1, 2));
        assert.deepEqual(state.commit, installed.zxid);
        assert.equal(state.currentEpoch, 3);
        assert.deepEqual(
          index.map(({ zxid: place }) => place),
          [zxid(3, 1), zxid(3, 2)],
        );
        assert.deepEqual(
          Buffer.from((await again.readChunk(installed, 0)) ?? []),
          Buffer.alloc(1_000, 1),
        );
        assert.equal(await again.readLog(zxid(1, 2), zxid(9, 0)), undefined);
        assert.deepEqual(strip(await again.readLog(installed.zxid, zxid(9, 0))), strip(followed));
      });

      it('of a leader may lie below what we had, if that was not committed', async () => {
        const store = await started();
        await store.startEpoch(1, first);
        await store.stage(at, chunks, founding);
        await store.write(
          { kind: 'acceptEpoch', epoch: 2 },
          {
            kind: 'adopt',
            epoch: 2,
            snapshot: at,
            truncateTo: null,
            entries: [],
            commit: zeroZxid,
          },
        );
        const [, { state, index }] = await restart(store);
        assert.deepEqual(state.base, at);
        assert.deepEqual(index, []);
      });
    });

    it('compacts up to the snapshot and remembers what was in force there', async () => {
      const store = await started();
      const changed = aMembership(1, 2, 4);
      const more = entriesAfter(endOf(first), 1, [changed, 'e', 'f']);
      await store.startEpoch(1, first.slice(0, 1));
      for (const entry of [...first.slice(1), ...more]) await store.append([entry]);
      await store.snapshot(endOf(more), [bytes(9, 9)], changed);
      assert.deepEqual(await store.compact(zxid(1, 3)), endOf(first.slice(0, 3)));
      const [again, one] = await restart(store);
      assert.deepEqual(one.state.baseMembership, founding);
      assert.deepEqual(one.index.length, 5);
      assert.equal(await again.readLog(zxid(1, 2), zxid(9, 0)), undefined);
      assert.equal((await again.readLog(zxid(1, 3), zxid(9, 0)))?.length, 5);
      assert.deepEqual(await again.compact(zxid(1, 8)), endOf(more));
      const [last, two] = await restart(again);
      assert.deepEqual(two.state.base, endOf(more));
      assert.deepEqual(two.state.baseMembership, changed);
      await last.append(entriesAfter(endOf(more), 1, ['g']));
      assert.equal((await last.readLog(zxid(1, 8), zxid(9, 0)))?.length, 1);
    });

    it('compacts while it is written to', async () => {
      const store = await started();
      const many = entriesAfter(
        endOf(first),
        1,
        Array.from({ length: 700 }, (_, index) => `entry ${String(index)}`),
      );
      await store.startEpoch(1, first);
      for (const entry of many.slice(0, 600)) void store.append([entry]);
      await store.snapshot(endOf(many.slice(0, 550)), [bytes(9, 9)], founding);
      const compacting = store.compact(zxid(1, 500));
      for (const entry of many.slice(600)) void store.append([entry]);
      await compacting;
      const [, { state, index }] = await restart(store);
      assert.deepEqual(index.at(-1)?.zxid, zxid(1, 705));
      assert.ok(state.base.zxid.counter <= 500);
    });

    it('tells the free space', async () => {
      const { free, total } = await (await started()).freeBytes();
      assert.ok(free > 0 && free <= total);
    });

    it('makes all durable that was asked for before it is closed', async () => {
      const store = await started();
      void store.startEpoch(1, first.slice(0, 1));
      for (const entry of first.slice(1)) void store.append([entry]);
      const [, { index }] = await restart(store);
      assert.equal(index.length, first.length);
    });
  });
}
