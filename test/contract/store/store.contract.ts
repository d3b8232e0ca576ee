// What every store must do, whatever it is made of.

import assert from 'node:assert/strict';

import { serverId } from '../../../src/model/ids.ts';
import { emptyLog } from '../../../src/model/log-entry.ts';
import { zeroZxid, zxid } from '../../../src/model/zxid.ts';
import {
  DrivenStore,
  StoreRefused,
  aMembership,
  comparable,
  digestOf,
  endOf,
  entriesAfter,
} from '../../support/store/driven-store.ts';
import { StoreStarter, type StoreDisk } from './store-starter.ts';

const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill);

export function describeStore(name: string, makeDisk: () => StoreDisk): void {
  describe(`the store contract: ${name}`, function () {
    // Of a machine that is busy with other things.
    this.timeout(30_000);

    let starter: StoreStarter;

    beforeEach(() => {
      starter = new StoreStarter(makeDisk());
    });

    afterEach(() => starter.dispose());

    const refused = async (promise: Promise<unknown>): Promise<StoreRefused> => {
      const error: unknown = await promise.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof StoreRefused, 'the store should have failed');
      return error;
    };

    const founding = aMembership(1, 2, 3);
    const first = entriesAfter(emptyLog, 1, [founding, 'a', 'b', 'c', 'd']);

    it('starts empty, with a nonce', async () => {
      const [, { state, index }] = await starter.start();
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
          seed: null,
          base: emptyLog,
          baseMembership: null,
          commit: zeroZxid,
          snapshot: null,
        },
      );
      assert.deepEqual(index, []);
    });

    it('keeps its nonce and counts its starts', async () => {
      const [one, before] = await starter.start();
      const [, after] = await starter.restart(one);
      assert.equal(after.state.nonce, before.state.nonce);
      assert.equal(after.state.incarnation, 2);
    });

    it('refuses the data of another server', async () => {
      await (await starter.started()).close();
      const other = new DrivenStore(starter.disk.open(2));
      const { failure } = await refused(other.load());
      assert.equal(failure.code, 'otherServer');
    });

    it('is refused for ever once it was marked as diverged', async () => {
      const store = await starter.started();
      await store.markDiverged('The others have another state.');
      await store.close();
      const { failure } = await refused(new DrivenStore(starter.disk.open(1)).load());
      assert.equal(failure.code, 'diverged');
      assert.match(failure.message, /The others have another state/);
    });

    it('keeps founding, epochs, entries and the commit hint', async () => {
      const store = await starter.started();
      await store.write({ kind: 'found', membership: founding });
      await store.startEpoch(1, first.slice(0, 2));
      await store.append(first.slice(2), zxid(1, 4));
      const [, { state, index }] = await starter.restart(store);
      assert.deepEqual(state.founded, founding);
      assert.equal(state.acceptedEpoch, 1);
      assert.equal(state.currentEpoch, 1);
      assert.deepEqual(state.commit, zxid(1, 4));
      assert.deepEqual(
        index,
        first.map(({ zxid: at, chain, kind, payload }, position) => ({
          zxid: at,
          chain,
          kind,
          bytes: payload.length,
          membership: position === 0 ? founding : null,
        })),
      );
    });

    it('keeps a part of a history that is of later epochs than the current one', async () => {
      const store = await starter.started();
      await store.startEpoch(1, first.slice(0, 2));
      await store.write({ kind: 'acceptEpoch', epoch: 3 });
      const part = entriesAfter(endOf(first.slice(0, 2)), 2, ['a', 'b']);
      await store.write({
        kind: 'adopt',
        epoch: 1,
        snapshot: null,
        truncateTo: null,
        entries: part,
        commit: zxid(2, 1),
      });
      const [, { state, index }] = await starter.restart(store);
      assert.deepEqual([state.acceptedEpoch, state.currentEpoch], [3, 1]);
      assert.deepEqual(state.commit, zxid(2, 1));
      assert.deepEqual(index.at(-1)?.zxid, zxid(2, 2));
    });

    it('keeps a commit hint that came without entries, and never puts it above the log', async () => {
      const store = await starter.started();
      await store.startEpoch(1, first.slice(0, 3));
      await store.append([], zxid(1, 2));
      const [again, { state }] = await starter.restart(store);
      assert.deepEqual(state.commit, zxid(1, 2));
      await again.append([], zxid(1, 9));
      assert.deepEqual((await starter.restart(again))[1].state.commit, zxid(1, 3));
    });

    it('answers an empty write after all that came before it', async () => {
      const store = await starter.started();
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
      const store = await starter.started();
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
      const store = await starter.started();
      const writing = store.startEpoch(1, first);
      const reading = store.readLog(zxid(1, 1), zxid(1, 4));
      await writing;
      assert.deepEqual(comparable(await reading), comparable(first.slice(1, 4)));
    });

    it('reads entries across many batches, cut by bytes but at least one', async () => {
      const store = await starter.started();
      await store.startEpoch(1, first.slice(0, 1));
      for (const entry of first.slice(1)) await store.append([entry]);
      assert.deepEqual(comparable(await store.readLog(zeroZxid, zxid(9, 0))), comparable(first));
      assert.deepEqual(
        comparable(await store.readLog(zxid(1, 1), zxid(9, 0), 2)),
        comparable(first.slice(1, 3)),
      );
      assert.deepEqual(
        comparable(await store.readLog(zxid(1, 2), zxid(9, 0), 0)),
        comparable(first.slice(2, 3)),
      );
      assert.deepEqual(await store.readLog(zxid(1, 5), zxid(9, 0)), []);
      assert.deepEqual(await store.readLog(zxid(1, 3), zxid(1, 3)), []);
    });

    it('keeps entries of any size', async () => {
      const store = await starter.started();
      const sizes = [0, 1, 300_000, 900_000, 1_048_575, 3_000_000, 7];
      const entries = entriesAfter(
        endOf(first),
        1,
        sizes.map((size, index) => bytes(size, index)),
      );
      await store.startEpoch(1, first);
      await store.append(entries);
      const [again, { index }] = await starter.restart(store);
      assert.equal(index.length, first.length + entries.length);
      assert.deepEqual(
        comparable(await again.readLog(endOf(first).zxid, zxid(9, 0))),
        comparable(entries),
      );
    });

    it('cuts the log at any entry, and goes on from there', async () => {
      for (let kept = 1; kept <= first.length; kept++) {
        await starter.dispose();
        starter = new StoreStarter(makeDisk());
        const store = await starter.started();
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
        const [again, { state }] = await starter.restart(store);
        assert.equal(state.currentEpoch, 2);
        const expected = [...first.slice(0, kept), ...second, ...third];
        assert.deepEqual(
          comparable(await again.readLog(zeroZxid, zxid(9, 0))),
          comparable(expected),
        );
      }
    });

    it('cuts the whole log when told so', async () => {
      const store = await starter.started();
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
      const [, { index }] = await starter.restart(store);
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
          const store = await starter.started();
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

    it('tells the free space', async () => {
      const { free, total } = await (await starter.started()).freeBytes();
      assert.ok(free > 0 && free <= total);
    });

    it('makes all durable that was asked for before it is closed', async () => {
      const store = await starter.started();
      void store.startEpoch(1, first.slice(0, 1));
      for (const entry of first.slice(1)) void store.append([entry]);
      const [, { index }] = await starter.restart(store);
      assert.equal(index.length, first.length);
    });
  });
}
