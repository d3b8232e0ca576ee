// What every store must do with snapshots, its own and a leader's, and with the log before them.

import assert from 'node:assert/strict';

import { emptyLog } from '../../../src/model/log-entry.ts';
import { zeroZxid, zxid } from '../../../src/model/zxid.ts';
import {
  aMembership,
  comparable,
  digestOf,
  endOf,
  entriesAfter,
} from '../../support/store/driven-store.ts';
import { StoreStarter, type StoreDisk } from './store-starter.ts';

const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill);

export function describeSnapshots(name: string, makeDisk: () => StoreDisk): void {
  describe(`the store contract for snapshots: ${name}`, function () {
    // Of a machine that is busy with other things.
    this.timeout(30_000);
    let starter: StoreStarter;

    beforeEach(() => {
      starter = new StoreStarter(makeDisk());
    });

    afterEach(() => starter.dispose());

    const founding = aMembership(1, 2, 3);
    const first = entriesAfter(emptyLog, 1, [founding, 'a', 'b', 'c', 'd']);
    const chunks = [bytes(1_000, 1), bytes(2_000, 2), bytes(5, 3)];
    const at = endOf(first.slice(0, 3));

    it('of our own are there after a restart, chunk by chunk', async () => {
      const store = await starter.started();
      await store.startEpoch(1, first);
      const written = await store.snapshot(at, chunks, founding);
      assert.deepEqual(written, {
        at,
        chunks: 3,
        bytes: 3_005,
        sha256: digestOf(chunks),
        membership: founding,
      });
      const [again, { state }] = await starter.restart(store);
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
      const store = await starter.started();
      await store.startEpoch(1, first);
      const earlier = await store.snapshot(at, chunks, founding);
      store.store.beginSnapshot(endOf(first), founding);
      await store.writeChunk(bytes(10, 9));
      const [again, { state }] = await starter.restart(store);
      assert.deepEqual(state.snapshot, earlier);
      const later = await again.snapshot(endOf(first), [bytes(10, 9)], founding);
      assert.equal(await again.readChunk(at, 0), undefined);
      const [, reloaded] = await starter.restart(again);
      assert.deepEqual(reloaded.state.snapshot, later);
    });

    it('are dropped when abandoned', async () => {
      const store = await starter.started();
      await store.startEpoch(1, first);
      store.store.beginSnapshot(at, founding);
      await store.writeChunk(bytes(10, 9));
      store.store.abandonSnapshot();
      const written = await store.snapshot(at, chunks, founding);
      assert.deepEqual((await starter.restart(store))[1].state.snapshot, written);
    });

    it('of a leader are verified against what was announced', async () => {
      const store = await starter.started();
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
      const store = await starter.started();
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
      const [again, { state, index }] = await starter.restart(store);
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
      assert.deepEqual(
        comparable(await again.readLog(installed.zxid, zxid(9, 0))),
        comparable(followed),
      );
    });

    it('of a leader may lie below what we had, if that was not committed', async () => {
      const store = await starter.started();
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
      const [, { state, index }] = await starter.restart(store);
      assert.deepEqual(state.base, at);
      assert.deepEqual(index, []);
    });
    it('compacts up to the snapshot and remembers what was in force there', async () => {
      const store = await starter.started();
      const changed = aMembership(1, 2, 4);
      const more = entriesAfter(endOf(first), 1, [changed, 'e', 'f']);
      await store.startEpoch(1, first.slice(0, 1));
      for (const entry of [...first.slice(1), ...more]) await store.append([entry]);
      await store.snapshot(endOf(more), [bytes(9, 9)], changed);
      assert.deepEqual(await store.compact(zxid(1, 3)), endOf(first.slice(0, 3)));
      const [again, one] = await starter.restart(store);
      assert.deepEqual(one.state.baseMembership, founding);
      assert.deepEqual(one.index.length, 5);
      assert.equal(await again.readLog(zxid(1, 2), zxid(9, 0)), undefined);
      assert.equal((await again.readLog(zxid(1, 3), zxid(9, 0)))?.length, 5);
      assert.deepEqual(await again.compact(zxid(1, 8)), endOf(more));
      const [last, two] = await starter.restart(again);
      assert.deepEqual(two.state.base, endOf(more));
      assert.deepEqual(two.state.baseMembership, changed);
      await last.append(entriesAfter(endOf(more), 1, ['g']));
      assert.equal((await last.readLog(zxid(1, 8), zxid(9, 0)))?.length, 1);
    });

    it('compacts while it is written to', async () => {
      const store = await starter.started();
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
      const [, { state, index }] = await starter.restart(store);
      assert.deepEqual(index.at(-1)?.zxid, zxid(1, 705));
      assert.ok(state.base.zxid.counter <= 500);
    });
  });
}
