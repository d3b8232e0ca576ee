import assert from 'node:assert/strict';
import {
  begunForEachMin,
  Crowd,
  crowdedShareMax,
  crowdRestMsMax,
  type Urgency,
} from '../../../../src/service/budget/crowd.ts';
import { littleDemand } from '../../../../src/service/budget/demand.ts';
import { othersServedWithinMs, Pace } from '../../../../src/service/budget/pace.ts';
import { HandClock } from '../../../support/hand-clock.ts';

const sliceMs = 2;

/** A clock whose thread is busy as long as the test says so. */
class BusyClock extends HandClock {
  idleMs = 0;

  idle(): number {
    return this.idleMs;
  }

  /** Time passes with nothing to do. */
  rest(ms: number): void {
    for (let left = ms; left > 0; left--) {
      this.idleMs += Math.min(left, 1);
      this.pass(Math.min(left, 1));
    }
  }
}

describe('what a crowd asks for', () => {
  const bed = () => {
    const clock = new BusyClock();
    const others = new Pace(clock);
    const begun: string[] = [];
    const crowd = new Crowd<() => boolean>({
      clock,
      servesLight: () => others.servesOthers(),
      sliceMs,
      run: (step) => step(),
    });
    interface Asked {
      readonly of?: string;
      readonly takesMs?: number;
      readonly urgency?: Urgency;
    }
    const ask = (name: string, { of = 'one', takesMs = 0, urgency = 'none' }: Asked = {}): void => {
      const step = (): boolean => {
        clock.ms += takesMs;
        return begun.push(name) > 0;
      };
      crowd.add(of, step, urgency);
    };
    return { clock, others, begun, ask };
  };

  it('is begun after the turn, a slice at a time, and rests for others until there was time to spare', () => {
    const { clock, others, begun, ask } = bed();
    for (let request = 0; request < 10; request++) ask('mine', { takesMs: 1 });
    others.served();
    assert.equal(begun.length, 0);
    clock.turn();
    assert.equal(begun.length, 2);
    // Its consequences, and what others asked for, count as well.
    clock.pass(4);
    assert.equal(clock.turn(), false, 'busy all the time');
    clock.rest(2);
    assert.equal(clock.turn(), false, 'for three quarters of it');
    clock.rest(6 / crowdedShareMax - 8);
    clock.turn();
    assert.equal(begun.length, 4);
  });

  it('rests for no longer than so much, however busy the thread is', () => {
    const { clock, others, begun, ask } = bed();
    for (let request = 0; request < 10; request++) ask('mine', { takesMs: 1 });
    others.served();
    clock.turn();
    clock.pass(crowdRestMsMax - sliceMs);
    clock.turn();
    assert.equal(begun.length, 4);
  });

  it('rests for nobody who is not there', () => {
    const { clock, begun, ask } = bed();
    clock.pass(othersServedWithinMs + 1);
    for (let request = 0; request < 10; request++) ask('mine', { takesMs: 1 });
    for (let turns = 0; turns < 5; turns++) clock.turn();
    assert.equal(begun.length, 10);
  });

  it('is begun in turns of its addresses, and what is urgent ahead of that', () => {
    const { clock, begun, ask } = bed();
    for (let request = 0; request < 3; request++) ask('of many');
    ask('of few', { of: 'other' });
    ask('urgent', { urgency: 'urgent' });
    clock.pass(othersServedWithinMs + 1);
    clock.turn();
    assert.deepEqual(begun.slice(0, 3), ['urgent', 'of many', 'of few']);
  });

  it('has its turn however much is urgent', () => {
    const { clock, others, begun, ask } = bed();
    for (let request = 0; request < 10; request++) ask('urgent', { takesMs: 1, urgency: 'urgent' });
    ask('other');
    others.served();
    clock.turn();
    assert.deepEqual(begun, ['urgent', 'other']);
  });

  it('is begun no slower than who asks for little may ask, however busy the thread is with other things', () => {
    const { clock, others, begun, ask } = bed();
    for (let slice = 0; slice < 50; slice++) {
      const before = begun.length;
      others.served();
      for (const of of ['one', 'other']) {
        for (let request = 0; request < 100; request++) ask('mine', { of });
      }
      clock.turn();
      clock.pass(crowdRestMsMax);
      assert.ok(begun.length - before >= 2 * begunForEachMin, String(slice));
    }
    assert.ok((begunForEachMin * 1_000) / (crowdRestMsMax + sliceMs) >= littleDemand.perSecond);
  });

  it('is begun at once where it is urgent, as far as the time goes, however busy the thread is', () => {
    const { clock, others, begun, ask } = bed();
    for (let slice = 0; slice < 50; slice++) {
      others.served();
      for (let request = 0; request < 100; request++) ask('mine');
      clock.turn();
      clock.pass(crowdRestMsMax);
    }
    const before = begun.length;
    for (let request = 0; request < 100; request++) ask('urgent', { urgency: 'urgent' });
    others.served();
    clock.turn();
    assert.equal(begun.slice(before).filter((name) => name === 'urgent').length, 100);
  });

  it('begins sessions ahead of the rest, but no more at a time than their cost allows', () => {
    const { clock, others, begun, ask } = bed();
    for (let request = 0; request < 10; request++) ask('other');
    for (let request = 0; request < 100; request++) ask('session', { urgency: 'begins' });
    others.served();
    clock.turn();
    const sessions = begun.filter((name) => name === 'session').length;
    assert.ok(sessions >= begunForEachMin && sessions <= 2 * begunForEachMin, String(sessions));
    assert.equal(begun.indexOf('other'), sessions, 'the rest has its turn');
    for (let slice = 0; slice < 20 && begun.length < 110; slice++) {
      others.served();
      clock.pass(crowdRestMsMax);
      clock.turn();
    }
    assert.equal(begun.length, 110);
  });

  it('begins as many sessions of each address as it may at the least, however much is urgent', () => {
    const { clock, others, begun, ask } = bed();
    for (const of of ['one', 'other']) {
      for (let request = 0; request < 100; request++) {
        ask(`of ${of}`, { of, takesMs: 0.1, urgency: 'begins' });
      }
    }
    for (let request = 0; request < 100; request++) ask('rest', { takesMs: 0.1 });
    for (let slice = 0; slice < 5; slice++) {
      for (let request = 0; request < 10; request++) {
        ask('urgent', { takesMs: 1, urgency: 'urgent' });
      }
      others.served();
      const before = begun.length;
      clock.turn();
      const now = begun.slice(before);
      for (const of of ['one', 'other']) {
        const sessions = now.filter((name) => name === `of ${of}`).length;
        assert.ok(sessions >= begunForEachMin, `${of}: ${now.join()}`);
      }
      assert.ok(now.filter((name) => name === 'rest').length >= 4, `its share: ${now.join()}`);
      clock.pass(crowdRestMsMax);
    }
  });

  it('begins no more sessions than a slice has time for, of however many addresses', () => {
    const { clock, others, begun, ask } = bed();
    for (let host = 0; host < 1_000; host++) {
      ask('session', { of: String(host), takesMs: 0.125, urgency: 'begins' });
    }
    others.served();
    clock.turn();
    assert.equal(begun.length, sliceMs / 0.125);
  });

  it('is begun a few at a time where each turns out to cost much, and many where little', () => {
    const { clock, others, begun, ask } = bed();
    const perSlice = (costMs: number): number => {
      let before = 0;
      for (let slice = 0; slice < 40; slice++) {
        others.served();
        before = begun.length;
        for (let request = 0; request < 200; request++) ask('mine');
        clock.turn();
        clock.pass((begun.length - before) * costMs);
        clock.rest(crowdRestMsMax);
      }
      return begun.length - before;
    };
    assert.ok(perSlice(0.5) <= begunForEachMin + 1, 'dear');
    assert.ok(perSlice(0.02) >= sliceMs / 0.04, 'cheap');
  });
});
