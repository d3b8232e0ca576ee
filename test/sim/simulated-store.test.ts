// That the simulated disk loses what a real one may lose, and nothing else.

import assert from 'node:assert/strict';

import { serverId } from '../../src/model/ids.ts';
import { emptyLog } from '../../src/model/log-entry.ts';
import { zeroZxid, zxid } from '../../src/model/zxid.ts';
import type { StoreFailure } from '../../src/ports/store.ts';
import { aMembership, endOf, entriesAfter, nodeHash } from '../support/store/driven-store.ts';
import {
  copyOfDisk,
  damaged,
  emptyDisk,
  healthyDisk,
  lastOf,
  type DiskFaults,
  type DiskImage,
} from './disk-image.ts';
import { Scheduler } from './scheduler.ts';
import { SimulatedStore } from './simulated-store.ts';
import { Prng } from './prng.ts';

const entries = entriesAfter(emptyLog, 1, [aMembership(1, 2, 3), 'a', 'b', 'c']);

interface Running {
  readonly store: SimulatedStore;
  readonly time: Scheduler;
  readonly failures: StoreFailure[];
}

/** A loaded store whose epoch 1 holds the first entry. */
function running(image: DiskImage, options: { seed?: number; faults?: DiskFaults } = {}): Running {
  const time = new Scheduler();
  const store = new SimulatedStore({
    serverId: serverId(1),
    scheduler: time,
    random: new Prng(options.seed ?? 1),
    hash: nodeHash,
    image,
    faults: options.faults ?? { ...healthyDisk(), latencyMsMin: 1, latencyMsMax: 2 },
  });
  const failures: StoreFailure[] = [];
  store.load({
    onIndex: () => undefined,
    onLoaded: () => undefined,
    onFailure: (failure) => failures.push(failure),
  });
  if (image.entries.length === 0) {
    store.write(
      [
        { kind: 'acceptEpoch', epoch: 1 },
        {
          kind: 'adopt',
          epoch: 1,
          snapshot: null,
          truncateTo: null,
          entries: entries.slice(0, 1),
          commit: zeroZxid,
        },
      ],
      () => undefined,
    );
  }
  time.run(100);
  return { store, time, failures };
}

const append = (from: number, to: number) =>
  [{ kind: 'append', entries: entries.slice(from, to), commit: zeroZxid }] as const;

describe('the simulated store', () => {
  it('makes nothing durable before its latency has passed', () => {
    const { store, time } = running(emptyDisk());
    let done = false;
    store.write(append(1, 2), () => {
      done = true;
    });
    time.run(100.9);
    assert.equal(done, false);
    assert.deepEqual(lastOf(store.durableImage), endOf(entries.slice(0, 1)));
    time.run(103);
    assert.equal(done, true);
    assert.deepEqual(lastOf(store.durableImage), endOf(entries.slice(0, 2)));
    assert.equal(store.isIdle, true);
  });

  it('puts all that waits during a write into the next one', () => {
    let writes = 0;
    const faults = { ...healthyDisk(), latencyMsMin: 1, latencyMsMax: 1 };
    const { store, time } = running(emptyDisk(), { faults });
    faults.afterDurable = () => writes++;
    store.write(append(1, 2), () => undefined);
    time.run(100.5);
    store.write(append(2, 3), () => undefined);
    store.write(append(3, 4), () => undefined);
    time.run(110);
    assert.equal(writes, 2);
    assert.deepEqual(lastOf(store.durableImage), endOf(entries));
  });

  it('loses a write in flight at a crash, or keeps it whole, and tells nobody', () => {
    const ends = new Set<number>();
    for (let seed = 1; seed <= 20; seed++) {
      const { store, time } = running(emptyDisk(), { seed });
      store.write(append(1, 4), () => assert.fail('called back after the crash'));
      time.run(100.5);
      store.write([{ kind: 'acceptEpoch', epoch: 9 }], () => assert.fail('called back'));
      const image = store.crash();
      time.run(200);
      ends.add(image.entries.length);
      // What only waited is never there.
      assert.equal(image.acceptedEpoch, 1);
    }
    assert.deepEqual([...ends].sort(), [1, 4]);
  });

  it('keeps the first calls of a group at a crash, each of them whole', () => {
    const ends = new Set<number>();
    for (let seed = 1; seed <= 60; seed++) {
      const { store, time } = running(emptyDisk(), { seed });
      for (const at of [1, 2, 3]) store.write(append(at, at + 1), () => assert.fail('called back'));
      time.run(100.5);
      ends.add(store.crash().entries.length);
    }
    assert.deepEqual([...ends].sort(), [1, 2, 3, 4]);
  });

  it('can be crashed right before and right after a write becomes durable', () => {
    for (const [hook, expected] of [
      ['beforeDurable', 1],
      ['afterDurable', 4],
    ] as const) {
      const faults = healthyDisk();
      const { store, time } = running(emptyDisk(), { faults });
      faults[hook] = () => store.crash();
      store.write(append(1, 4), () => assert.fail('called back after the crash'));
      time.run(200);
      assert.equal(store.durableImage.entries.length, expected);
      const again = running(store.crash());
      assert.deepEqual(again.failures, []);
      assert.equal(again.store.durableImage.incarnation, 2);
    }
  });

  it('fails once and for good', () => {
    const faults = healthyDisk();
    const { store, time, failures } = running(emptyDisk(), { faults });
    faults.failNextWrite = { code: 'io', message: 'broken' };
    store.write(append(1, 2), () => assert.fail('acknowledged a failed write'));
    time.run(200);
    store.write(append(1, 2), () => assert.fail('acknowledged after a failure'));
    time.run(300);
    assert.deepEqual(failures, [{ code: 'io', message: 'broken' }]);
  });

  it('starts on nothing that was damaged', () => {
    const { store, time } = running(emptyDisk());
    const older = copyOfDisk(store.durableImage);
    store.write(append(1, 4), () => undefined);
    time.run(200);
    const image = store.crash();
    for (const [kind, code] of [
      ['bitRot', 'corrupt'],
      ['tornEntry', 'corrupt'],
      ['lostTail', 'lostTail'],
      ['olderCopy', 'lostTail'],
    ] as const) {
      const found = damaged(image, { kind, older, at: 0.5 });
      assert.ok(found !== undefined);
      const codes = running(found).failures.map((failure) => failure.code);
      assert.deepEqual(codes, [code], kind);
    }
    assert.equal(damaged(image, { kind: 'olderCopy', older: image, at: 0 }), undefined);
    assert.deepEqual(running(image).failures, []);
  });

  it('notices that it lost what it had acknowledged', () => {
    const { store, time } = running(emptyDisk());
    store.write(append(1, 4), () => undefined);
    store.close(() => undefined);
    time.run(200);
    const image = store.crash();
    image.entries.pop();
    assert.deepEqual(
      running(image).failures.map(({ code }) => code),
      ['lostTail'],
    );
    assert.deepEqual(lastOf(image).zxid, zxid(1, 3));
  });
});
