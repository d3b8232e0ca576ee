import assert from 'node:assert/strict';
import {
  EventFlushes,
  tellingAtOnceMs,
  tellingShareMax,
  toldAtOnceMax,
} from '../../../../src/frontends/zookeeper/event-flushes.ts';
import { Pace } from '../../../../src/service/budget/pace.ts';
import { HandClock } from '../../../support/hand-clock.ts';

describe('events for connections that are owed nothing else', () => {
  let clock: HandClock;
  let pace: Pace;
  let flushes: EventFlushes;
  let sent: string[];

  beforeEach(() => {
    clock = new HandClock();
    pace = new Pace(clock);
    flushes = new EventFlushes(clock, pace);
    sent = [];
  });

  /** Sending to it takes a millisecond. */
  function connectionOf(holder: string): Parameters<EventFlushes['mayFlush']>[0] {
    const flush = (): void => {
      clock.ms += 1;
      sent.push(holder);
    };
    return { account: { holder }, out: { length: 100 }, flush };
  }

  function useUpTheTurn(): void {
    for (let told = 0; told < toldAtOnceMax; told++) {
      assert.ok(flushes.mayFlush(connectionOf('first')));
    }
  }

  it('leave in the turn in which few are told, and of many by turns of their addresses', () => {
    useUpTheTurn();
    for (const holder of ['many', 'many', 'many', 'one']) {
      assert.ok(!flushes.mayFlush(connectionOf(holder)));
    }
    assert.deepEqual(sent, []);
    clock.turn();
    assert.deepEqual(sent, ['many', 'one']);
    assert.ok(flushes.mayFlush(connectionOf('other')), 'another turn');
    while (clock.turn());
    assert.deepEqual(sent, ['many', 'one', 'many', 'many']);
  });

  it('leave together, whatever a connection is told while it waits', () => {
    useUpTheTurn();
    const waiting = connectionOf('waiting');
    for (let event = 0; event < 10; event++) assert.ok(!flushes.mayFlush(waiting));
    while (clock.turn());
    assert.deepEqual(sent, ['waiting']);
    assert.ok(flushes.mayFlush(waiting));
  });

  it('do not gather without a bound', () => {
    useUpTheTurn();
    const waiting = connectionOf('waiting');
    assert.ok(!flushes.mayFlush(waiting));
    assert.ok(flushes.mayFlush({ ...waiting, out: { length: 100_000 } }));
  });

  it('rest while others are served once there are many all the time, and not before', () => {
    useUpTheTurn();
    for (let told = 0; told < tellingAtOnceMs + 20; told++) flushes.mayFlush(connectionOf('many'));
    pace.served();
    let turns = 0;
    while (clock.turn()) turns++;
    assert.ok(sent.length >= tellingAtOnceMs, `${String(sent.length)} of a change that many watch`);
    assert.ok(sent.length < 2 * tellingAtOnceMs, 'then it rests');
    assert.ok(turns >= tellingAtOnceMs / 2, 'and others have their turn between');
    const before = sent.length;
    clock.pass(1);
    assert.equal(clock.turn(), false, 'twice as long as it took');
    clock.pass(1);
    clock.turn();
    assert.ok(sent.length > before);
  });

  it('do not rest for what was sent while nobody else was served', () => {
    for (let told = 0; told < 1_000; told++) flushes.mayFlush(connectionOf('many'));
    while (clock.turn());
    clock.pass((2 * tellingAtOnceMs) / tellingShareMax);
    pace.served();
    const before = sent.length;
    useUpTheTurn();
    for (let told = 0; told < tellingAtOnceMs; told++) flushes.mayFlush(connectionOf('many'));
    while (clock.turn());
    assert.equal(sent.length - before, tellingAtOnceMs);
  });
});
