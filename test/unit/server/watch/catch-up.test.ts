import assert from 'node:assert/strict';
import { zxid } from '../../../../src/model/zxid.ts';
import { CatchUp } from '../../../../src/server/watch/catch-up.ts';
import { Deliveries } from '../../../../src/server/watch/deliveries.ts';
import { defaultWatchTuning } from '../../../../src/server/tuning.ts';
import { HandClock } from '../../../support/hand-clock.ts';

describe('catching up', () => {
  it('goes on beside a replay that always has more for its reader', () => {
    const clock = new HandClock();
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
      zxid: zxid(1, index + 1),
      events: [],
    }));
    const published: number[] = [];
    let hasReached: boolean | undefined;
    let released = 0;
    new CatchUp(
      {
        clock,
        tuning,
        deliveries,
        log: {
          read: (_after, done) => {
            done({ kind: 'piece', txns, upTo: last, release: () => released++ });
          },
        },
        applied: () => last,
        isWanted: () => true,
        hasRoom: () => true,
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
