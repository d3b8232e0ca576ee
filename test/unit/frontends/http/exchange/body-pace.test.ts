import assert from 'node:assert/strict';
import {
  BodyPace,
  bodyBytesPerTurnMax,
  readMegabyteMs,
  resumedPerSlice,
} from '../../../../../src/frontends/http/exchange/body-pace.ts';
import { Pace, largeWorkShareMax } from '../../../../../src/service/budget/pace.ts';
import type { Clock } from '../../../../../src/ports/clock.ts';
import { HandClock } from '../../../../support/hand-clock.ts';

describe('the pace of long bodies', () => {
  it('is so much in a turn, however many send, and all come to their end', () => {
    const soon: (() => void)[] = [];
    const clock = { now: () => 0, soon: (run: () => void) => soon.push(run) } as unknown as Clock;
    const pace = new BodyPace(clock, new Pace(clock));
    const chunk = 65_536;
    const left = new Map<number, number>();
    for (let body = 0; body < 200; body++) left.set(body, 4);
    let inTurn = 0;
    const bring = (body: number): void => {
      inTurn += chunk;
      const chunks = (left.get(body) ?? 0) - 1;
      left.set(body, chunks);
      if (chunks > 0 && pace.came(chunk, 'one', () => reading.add(body))) reading.add(body);
    };
    let reading = new Set(left.keys());
    const turns: number[] = [];
    while ([...left.values()].some((chunks) => chunks > 0)) {
      const ready = reading;
      reading = new Set();
      inTurn = 0;
      for (const body of ready) bring(body);
      turns.push(inTurn);
      for (const run of soon.splice(0)) run();
    }
    // Of the first turn nobody could be held up before it had brought something.
    assert.ok(
      Math.max(...turns.slice(1)) <= bodyBytesPerTurnMax + resumedPerSlice * chunk,
      String(turns),
    );
  });

  it('is read on by turns of the addresses, and rests while others are served', () => {
    const clock = new HandClock();
    const large = new Pace(clock);
    const pace = new BodyPace(clock, large);
    const resumed: string[] = [];
    assert.ok(pace.came(bodyBytesPerTurnMax, 'many', () => assert.fail('it was not held up')));
    for (let body = 0; body < 2 * resumedPerSlice; body++) {
      assert.ok(!pace.came(1, 'many', () => resumed.push('many')));
    }
    assert.ok(!pace.came(1, 'one', () => resumed.push('one')));
    large.served();
    clock.turn();
    assert.equal(resumed.length, resumedPerSlice);
    assert.equal(resumed[1], 'one');
    assert.equal(clock.turn(), false, 'it rests for what was read');
    clock.pass(readMegabyteMs / largeWorkShareMax);
    while (clock.turn());
    assert.equal(resumed.length, 2 * resumedPerSlice + 1);
  });

  it('gives each body that is whole a turn of its own', () => {
    const soon: (() => void)[] = [];
    const clock = { now: () => 0, soon: (run: () => void) => soon.push(run) } as unknown as Clock;
    const pace = new BodyPace(clock, new Pace(clock));
    const taken: number[] = [];
    for (let body = 0; body < 3; body++) pace.isWhole(() => taken.push(body));
    const turns: number[] = [];
    for (let due = soon.splice(0); due.length > 0; due = soon.splice(0)) {
      for (const run of due) run();
      turns.push(taken.length);
    }
    assert.deepEqual(taken, [0, 1, 2]);
    assert.deepEqual(turns.slice(0, 3), [1, 2, 3]);
  });
});
