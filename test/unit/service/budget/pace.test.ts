import assert from 'node:assert/strict';
import {
  besideOthersSliceMs,
  Pace,
  PacedSlices,
  largeWorkRestMsMax,
  largeWorkShareMax,
  othersServedWithinMs,
} from '../../../../src/service/budget/pace.ts';
import { HandClock } from '../../../support/hand-clock.ts';

const restOf = (ms: number): number => ms / largeWorkShareMax - ms;

describe('the pace of large work', () => {
  it('rests for others alone, and no longer than they are served', () => {
    const clock = new HandClock();
    const pace = new Pace(clock);
    assert.equal(pace.restAfter(3), 0, 'nobody was served yet');
    pace.served();
    assert.equal(pace.restAfter(3), restOf(3));
    clock.ms += othersServedWithinMs;
    assert.equal(pace.restAfter(3), restOf(3));
    clock.ms += 1;
    assert.equal(pace.restAfter(3), 0);
    pace.served();
    assert.equal(pace.restAfter(10_000), largeWorkRestMsMax);
  });

  it('leaves others their share of the time, and none when there are none', () => {
    const clock = new HandClock();
    const pace = new Pace(clock);
    const workedMs = { one: 0, other: 0 };
    for (const name of ['one', 'other'] as const) {
      new PacedSlices(pace, () => {
        clock.ms += 2;
        workedMs[name] += 2;
        return true;
      }).schedule();
    }
    const work = (ms: number): void => {
      workedMs.one = workedMs.other = 0;
      for (const untilMs = clock.ms + ms; clock.ms < untilMs;) if (!clock.turn()) clock.pass(1);
    };
    work(1_000);
    assert.deepEqual(workedMs, { one: 500, other: 500 }, 'all of it, alone');
    clock.every(10, () => {
      pace.served();
    });
    pace.served();
    work(3_000);
    const ms = (3_000 * largeWorkShareMax) / 2;
    assert.deepEqual(workedMs, { one: ms, other: ms }, 'a share of it, beside others');
  });

  it('counts what a slice leaves to be done right behind it', () => {
    const clock = new HandClock();
    const pace = new Pace(clock);
    pace.served();
    const slices = new PacedSlices(pace, () => {
      slices.schedule();
      return false;
    });
    const [begin, end] = soonOf(clock, () => {
      slices.schedule();
    });
    begin?.();
    // What a promise was awaited for goes on between the two.
    clock.ms += 5;
    const again = soonOf(clock, () => end?.());
    assert.deepEqual(again, [], 'it rests');
    const passing = (ms: number): readonly unknown[] =>
      soonOf(clock, () => {
        clock.pass(ms);
      });
    assert.equal(passing(restOf(5) - 1).length, 0);
    assert.equal(passing(1).length, 2);
  });

  it('counts what a slice sets going, as told', () => {
    const clock = new HandClock();
    const pace = new Pace(clock, 1 / 2);
    let done = 0;
    const slices = new PacedSlices(pace, () => {
      pace.served();
      pace.setsGoing(7);
      return ++done < 2;
    });
    slices.schedule();
    clock.turn();
    clock.pass(6);
    assert.equal(clock.turn(), false, 'it rests');
    clock.pass(1);
    clock.turn();
    assert.equal(done, 2);
  });

  it('does one slice for all that was asked meanwhile', () => {
    const clock = new HandClock();
    const pace = new Pace(clock);
    let done = 0;
    const slices: PacedSlices = new PacedSlices(pace, () => {
      done++;
      clock.ms += 1;
      pace.served();
      if (done === 1) slices.schedule();
      return done === 1;
    });
    slices.schedule();
    clock.turn();
    assert.equal(clock.turn(), false, 'it rests');
    slices.schedule();
    clock.pass(restOf(1));
    while (clock.turn());
    assert.equal(done, 2);
  });

  describe('of what has more of the time than large work', () => {
    /** A clock whose thread is idle only while the test says so. */
    class BusyClock extends HandClock {
      idleMs = 0;

      idle(): number {
        return this.idleMs;
      }
    }

    /** How long it rests after a slice of 1 ms, where the thread is idle for so much of the time. */
    function restsFor(idleShare: number): number {
      const clock = new BusyClock();
      const pace = new Pace(clock, 1 / 2);
      pace.served();
      let slices = 0;
      new PacedSlices(pace, () => {
        clock.ms += 1;
        return ++slices < 2;
      }).schedule();
      clock.turn();
      const endedAtMs = clock.ms;
      while (slices < 2) {
        clock.idleMs += idleShare;
        clock.pass(1);
        clock.turn();
      }
      return clock.ms - 1 - endedAtMs;
    }

    it('it has that of a thread that is idle for some of it, and no less than large work of any', () => {
      assert.equal(restsFor(1), 1);
      assert.equal(restsFor(0), 1 / largeWorkShareMax - 1);
      const rests = restsFor(1 / 2);
      assert.ok(rests > 1 && rests < 1 / largeWorkShareMax - 1, String(rests));
    });
  });

  it('has slices of what stands back short while others are served', () => {
    const clock = new HandClock();
    const pace = new Pace(clock);
    assert.equal(pace.sliceMs(2), 2);
    pace.served();
    assert.equal(pace.sliceMs(2), besideOthersSliceMs);
  });
});

/** What that has done soon. */
function soonOf(clock: HandClock, act: () => unknown): readonly (() => void)[] {
  const runs: (() => void)[] = [];
  clock.soon = (run) => void runs.push(run);
  act();
  return runs;
}
