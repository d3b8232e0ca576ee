import assert from 'node:assert/strict';
import { systemClock } from '../../../../src/adapters/system/clock.ts';

describe('system clock', () => {
  it('runs forward, by the wall too', () => {
    const before = systemClock.now();
    assert.ok(systemClock.now() >= before);
    assert.ok(Number.isInteger(systemClock.wall()));
    assert.ok(systemClock.wall() > Date.UTC(2020, 0));
  });

  it('gives a reading again while one event is handled, a few times', async () => {
    const pass = (): void => {
      const before = systemClock.now();
      while (systemClock.now() === before);
    };
    const first = systemClock.recent();
    pass();
    assert.equal(systemClock.recent(), first);
    const timesMax = 100;
    let times = 0;
    while (systemClock.recent() === first && times <= timesMax) times++;
    assert.ok(times < timesMax, 'it is read anew within an event that asks often');
    const last = systemClock.recent();
    pass();
    assert.equal(systemClock.recent(), last);
    await Promise.resolve();
    const next = systemClock.recent();
    assert.ok(next > last);
    assert.ok(next <= systemClock.now());
  });

  it('calls once after, repeatedly every, and soon in a turn of its own', async () => {
    const happened: string[] = [];
    await new Promise<void>((resolve) => {
      // Nothing but referenced timers would keep this process from ending here; mocha's own do.
      systemClock.soon(() => {
        happened.push('soon');
        // No sooner: on a busy machine a millisecond may be over before the turn is.
        const ticking = systemClock.every(1, () => {
          happened.push('every');
          if (happened.filter((what) => what === 'every').length < 3) return;
          ticking.cancel();
          ticking.cancel();
          resolve();
        });
      });
      happened.push('now');
    });
    assert.deepEqual(happened.slice(0, 2), ['now', 'soon']);
    assert.equal(happened.filter((what) => what === 'every').length, 3);
  });

  it('never calls what was cancelled', async () => {
    let called = false;
    const cancelled = systemClock.after(1, () => (called = true));
    cancelled.cancel();
    await new Promise<void>((resolve) => systemClock.after(5, resolve));
    assert.equal(called, false);
  });

  it('knows what a thread waits for a processor, where the system tells', () => {
    const before = systemClock.waited?.();
    if (process.platform !== 'linux') {
      assert.equal(before, undefined);
      return;
    }
    assert.ok(before !== undefined && before >= 0);
    assert.ok((systemClock.waited?.() ?? -1) >= before);
  });
});
