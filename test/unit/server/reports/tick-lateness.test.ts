import assert from 'node:assert/strict';
import { TickLateness } from '../../../../src/server/reports/tick-lateness.ts';
import { HandClock } from '../../../support/hand-clock.ts';

describe('tick lateness', () => {
  function observed(waited: ((ms: number) => number) | undefined): Record<string, number> {
    const clock = new HandClock();
    const found: Record<string, number> = {};
    const metrics = {
      count: () => undefined,
      gauge: () => undefined,
      observe: (name: string, value: number) => {
        found[name] = value;
      },
    };
    const told = Object.assign(clock, waited && { waited: () => waited(clock.ms) });
    const lateness = new TickLateness({ clock: told, metrics }, 20);
    lateness.begin(clock.now());
    clock.ms = 150;
    lateness.ticked(clock.now());
    return found;
  }

  it('tells the wait for a processor from work', () => {
    assert.deepEqual(
      observed((ms) => 1_000 + ms / 2),
      { tick_late_ms: 130, tick_late_own_ms: 55 },
    );
  });

  it('takes all for work where nobody tells', () => {
    assert.deepEqual(observed(undefined), { tick_late_ms: 130, tick_late_own_ms: 130 });
  });
});
