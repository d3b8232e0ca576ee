import assert from 'node:assert/strict';
import { Deliveries } from '../../../../src/server/watch/deliveries.ts';
import { HandClock } from '../../../support/hand-clock.ts';

describe('deliveries', () => {
  const tuning = { sliceMs: 8, outletsPerSlice: 10, itemsPerServing: 3 };

  it('are cut into slices, by count and by time', () => {
    const clock = new HandClock();
    const deliveries = new Deliveries({ clock, tuning });
    let served = 0;
    for (let outlet = 0; outlet < 75; outlet++) {
      deliveries.add({
        serve: () => {
          served++;
        },
      });
    }
    const perTurn: number[] = [];
    for (let before = 0; clock.turn(); before = served) perTurn.push(served - before);
    assert.deepEqual(perTurn, [10, 10, 10, 10, 10, 10, 10, 5]);

    const slow = new Deliveries({ clock, tuning: { ...tuning, outletsPerSlice: 1_000 } });
    served = 0;
    for (let outlet = 0; outlet < 100; outlet++) {
      slow.add({
        serve: () => {
          clock.ms += 1;
          served++;
        },
      });
    }
    clock.turn();
    assert.ok(served < 40, String(served));
    while (clock.turn());
    assert.equal(served, 100);
  });

  it('come back to who has more, after the others', () => {
    const clock = new HandClock();
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
