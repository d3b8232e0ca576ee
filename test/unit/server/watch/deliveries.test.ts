import assert from 'node:assert/strict';
import { openAcl } from '../../../../src/model/acl.ts';
import type { ZnodePath } from '../../../../src/model/path.ts';
import type { Txn } from '../../../../src/model/txn.ts';
import { zxid } from '../../../../src/model/zxid.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import { CatchUp } from '../../../../src/server/watch/catch-up.ts';
import { Deliveries } from '../../../../src/server/watch/deliveries.ts';
import { RecentTxns } from '../../../../src/server/watch/recent-txns.ts';
import { defaultWatchTuning } from '../../../../src/server/watch/watch-tuning.ts';

/** A clock that runs what is due soon when it is told to. */
class TurnClock implements Clock {
  ms = 0;
  readonly #due: (() => void)[] = [];
  now(): number {
    return this.ms;
  }
  wall(): number {
    return this.ms;
  }
  after(): never {
    throw new Error('no timers here');
  }
  every(): never {
    throw new Error('no timers here');
  }
  soon(run: () => void): void {
    this.#due.push(run);
  }
  /** False when nothing was due. */
  turn(): boolean {
    const due = this.#due.splice(0);
    for (const run of due) run();
    return due.length > 0;
  }
}

describe('deliveries', () => {
  const tuning = { sliceMs: 8, outletsPerSlice: 10, itemsPerServing: 3 };

  it('are cut into slices, by count and by time', () => {
    const clock = new TurnClock();
    const deliveries = new Deliveries({ clock, tuning });
    let served = 0;
    for (let outlet = 0; outlet < 75; outlet++)
      deliveries.add({
        serve: () => {
          served++;
        },
      });
    const perTurn: number[] = [];
    for (let before = 0; clock.turn(); before = served) perTurn.push(served - before);
    assert.deepEqual(perTurn, [10, 10, 10, 10, 10, 10, 10, 5]);

    const slow = new Deliveries({ clock, tuning: { ...tuning, outletsPerSlice: 1_000 } });
    served = 0;
    for (let outlet = 0; outlet < 100; outlet++)
      slow.add({
        serve: () => {
          clock.ms += 1;
          served++;
        },
      });
    clock.turn();
    assert.ok(served < 40, String(served));
    while (clock.turn());
    assert.equal(served, 100);
  });

  it('come back to who has more, after the others', () => {
    const clock = new TurnClock();
    const deliveries = new Deliveries({ clock, tuning });
    const order: string[] = [];
    let left = 3;
    const greedy = {
      serve: (itemsMax: number): void => {
        order.push(`greedy ${String(itemsMax)}`);
        if (--left > 0) deliveries.add(greedy);
      },
    };
    const modest = {
      serve: (): void => {
        order.push('modest');
      },
    };
    deliveries.add(greedy);
    deliveries.add(modest);
    while (clock.turn());
    assert.deepEqual(order, ['greedy 3', 'modest', 'greedy 3', 'greedy 3']);
  });
});

describe('catching up', () => {
  it('goes on beside a replay that always has more for its reader', () => {
    const clock = new TurnClock();
    const tuning = { ...defaultWatchTuning, sliceMs: 8 };
    const deliveries = new Deliveries({ clock, tuning });
    const replaying = {
      serve: (): void => {
        deliveries.add(replaying);
      },
    };
    deliveries.add(replaying);
    const last = zxid(1, 300);
    const txns = Array.from({ length: 300 }, (_, index) => ({
      ...{ zxid: zxid(1, index + 1), events: [] },
    }));
    const published: number[] = [];
    let hasReached: boolean | undefined;
    let released = 0;
    new CatchUp(
      {
        ...{ clock, tuning, deliveries },
        log: {
          read: (_after, done) => {
            done({ ...{ kind: 'piece', txns, upTo: last }, release: () => released++ });
          },
        },
        applied: () => last,
        isWanted: () => true,
        publish: ({ zxid: { counter } }) => published.push(counter),
        ended: (reached) => {
          hasReached = reached;
        },
      },
      zxid(1, 0),
    );
    for (let turn = 0; turn < 50; turn++) clock.turn();
    assert.deepEqual(
      published,
      txns.map((txn) => txn.zxid.counter),
    );
    assert.equal(hasReached, true);
    assert.equal(released, 1);
  });
});

describe('recent txns', () => {
  const txn: Txn = {
    timeMs: 1,
    branch: 'ops',
    changes: [
      {
        ...{ change: 'create', path: '/a' as ZnodePath, data: null, acl: openAcl, answers: 0 },
        ...{ owned: { kind: 'persistent' }, parentCreates: 1, parentAcl: openAcl },
      },
    ],
  };

  it('reach back as far as count and bytes allow, and say when they do not', () => {
    const recent = new RecentTxns({ recentTxnsMax: 4, recentBytesMax: 100 }, zxid(1, 0));
    assert.deepEqual(recent.read(zxid(1, 0), 10), { txns: [], upTo: zxid(1, 0) });
    assert.equal(recent.read(zxid(0, 9), 10), undefined);
    for (let counter = 1; counter <= 6; counter++) recent.add(zxid(1, counter), txn, 20);
    assert.equal(recent.read(zxid(1, 1), 10), undefined);
    const all = recent.read(zxid(1, 2), 10);
    assert.deepEqual(
      all?.txns.map((each) => each.zxid.counter),
      [3, 4, 5, 6],
    );
    assert.deepEqual(recent.read(zxid(1, 3), 2)?.upTo, zxid(1, 5));
    recent.add(zxid(2, 1), undefined, 90);
    assert.deepEqual(recent.read(zxid(1, 6), 10), { txns: [], upTo: zxid(2, 1) });
    assert.equal(recent.read(zxid(1, 5), 10), undefined, 'for its bytes');
    recent.add(zxid(2, 2), txn, 1_000);
    assert.equal(recent.newest?.events.length, 2, 'the newest is always there');
    recent.reset(zxid(3, 5));
    assert.equal(recent.read(zxid(2, 2), 10), undefined);
    assert.deepEqual(recent.read(zxid(3, 5), 10)?.txns, []);
  });
});
