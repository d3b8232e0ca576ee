import assert from 'node:assert/strict';
import { SteadyClock } from '../../../src/server/steady-clock.ts';
import { HandClock } from '../../support/hand-clock.ts';

function timeOf(clock: HandClock): ConstructorParameters<typeof SteadyClock>[0] {
  return { now: () => clock.now(), wall: () => clock.wall(), doubtMs: 100 };
}

describe('the steady clock', () => {
  it('is the wall clock, a little behind, as long as nobody sets that', () => {
    const clock = new HandClock();
    const steady = new SteadyClock(timeOf(clock));
    clock.ms = 60_000;
    assert.deepEqual(steady.reapTime(), { wallMs: 59_900, steadyMs: Infinity, rightMs: 60_000 });
  });

  it('knows for how long the wall clock was not set forward', () => {
    const clock = new HandClock();
    const steady = new SteadyClock(timeOf(clock));
    clock.ms = 1_000;
    clock.wallOffsetMs = 3_600_000;
    steady.look();
    clock.ms = 1_500;
    assert.deepEqual(steady.reapTime(), { wallMs: 3_601_400, steadyMs: 500, rightMs: 1_500 });
    clock.wallOffsetMs = 0;
    clock.ms = 2_000;
    const back = { wallMs: 1_900, steadyMs: 1_000, rightMs: 0 };
    assert.deepEqual(steady.reapTime(), back, 'set back: stamps of the future count from now');
    clock.wallOffsetMs = 150;
    assert.equal(steady.reapTime().steadyMs, 0, 'forward again');
    steady.begin();
    assert.equal(steady.reapTime().steadyMs, Infinity);
  });
});
