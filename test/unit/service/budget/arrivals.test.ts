import assert from 'node:assert/strict';
import { Arrivals, arrivalsWaitingMax } from '../../../../src/service/budget/arrivals.ts';
import { turnMs } from '../../../../src/service/budget/turn.ts';
import { Work, workSliceMs } from '../../../../src/service/budget/work.ts';
import { HandClock } from '../../../support/hand-clock.ts';

class Arriving {
  destroyed = false;
  on(): void {
    // Nothing goes wrong with it.
  }
  destroy(): void {
    this.destroyed = true;
  }
}

describe('connections that come', () => {
  const bed = () => {
    const clock = new HandClock();
    const arrivals = new Arrivals(new Work(clock));
    const begun: string[] = [];
    const come = (address: string): Arriving => {
      const connection = new Arriving();
      arrivals.take(connection, address, () => {
        clock.ms += 1;
        begun.push(address);
      });
      return connection;
    };
    return { clock, arrivals, begun, come };
  };

  it('are taken in so many in a turn, and each address has its turn', () => {
    const { clock, begun, come } = bed();
    for (let each = 0; each < 100; each++) come('many');
    come('one');
    const atOnce = begun.length;
    assert.ok(atOnce >= turnMs && atOnce <= turnMs + 4, String(atOnce));
    clock.turn();
    assert.equal(begun.length, atOnce + workSliceMs);
    assert.equal(begun.at(-1), 'one');
    while (clock.turn());
    assert.equal(begun.length, 101);
  });

  it('are closed when too many wait, or the door stops', () => {
    const { clock, arrivals, begun, come } = bed();
    const before = turnMs;
    while (begun.length < before) come('all');
    const waiting = Array.from({ length: arrivalsWaitingMax }, () => come('all'));
    const more = Array.from({ length: 8 }, () => come('all'));
    assert.ok(more.at(-1)?.destroyed === true);
    const left = waiting.at(-1);
    arrivals.stop();
    assert.ok(left?.destroyed === true && come('all').destroyed);
    while (clock.turn());
    assert.ok(begun.length <= before + 4, 'none of those that waited is begun');
  });
});
