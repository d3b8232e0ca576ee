import assert from 'node:assert/strict';
import { EventFlushes, toldAtOnceMax } from '../../../../src/frontends/zookeeper/event-flushes.ts';
import { Pace } from '../../../../src/service/budget/pace.ts';
import { HandClock } from '../../../support/hand-clock.ts';

describe('events for connections that are owed nothing else', () => {
  const clock = new HandClock();
  let pace: Pace;
  let flushes: EventFlushes;
  let sent: string[];

  beforeEach(() => {
    pace = new Pace(clock);
    flushes = new EventFlushes(clock, pace);
    sent = [];
  });

  /** Sending to it takes a millisecond. */
  function waits(holder: string): void {
    const flushEvents = (): void => {
      clock.ms += 1;
      sent.push(holder);
    };
    flushes.add({ holder, flushEvents });
  }

  it('leave in the turn in which few are told, and of many in turns of their own', () => {
    for (let told = 0; told < toldAtOnceMax; told++) assert.ok(flushes.hasTime());
    assert.ok(!flushes.hasTime());
    clock.turn();
    assert.ok(flushes.hasTime(), 'another turn');
  });

  it('leave by turns of the addresses, some in each turn', () => {
    for (const holder of ['many', 'many', 'many', 'one']) waits(holder);
    assert.deepEqual(sent, []);
    clock.turn();
    assert.deepEqual(sent, ['many', 'one']);
    while (clock.turn());
    assert.deepEqual(sent, ['many', 'one', 'many', 'many']);
  });

  it('rest while others are served, twice as long as they took', () => {
    for (let told = 0; told < 4; told++) waits('many');
    pace.served();
    clock.turn();
    assert.equal(sent.length, 2);
    clock.pass(3);
    assert.equal(clock.turn(), false, 'it rests');
    clock.pass(1);
    while (clock.turn());
    assert.equal(sent.length, 4);
  });
});
