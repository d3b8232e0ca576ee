import assert from 'node:assert/strict';
import { Liveness } from '../../../../../src/frontends/http/websocket/liveness.ts';
import { HandClock } from '../../../../support/hand-clock.ts';

describe('liveness of a socket', () => {
  const bed = () => {
    const clock = new HandClock();
    const told: string[] = [];
    const state = { isUnheard: false, blockedMs: 0 };
    const liveness = new Liveness(clock, {
      isUnheard: () => state.isUnheard,
      blockedMs: () => state.blockedMs,
      ping: () => told.push('ping'),
      isAlive: () => told.push('alive'),
      dead: () => told.push('dead'),
    });
    return { clock, told, state, liveness };
  };

  it('is told at each beat that something was heard before', () => {
    const { clock, told, liveness } = bed();
    for (let beat = 0; beat < 3; beat++) {
      clock.pass(10_000);
      liveness.heard();
    }
    assert.deepEqual(told, ['alive', 'ping', 'alive', 'ping', 'alive', 'ping']);
  });

  it('ends after two pings without an answer', () => {
    const { clock, told } = bed();
    clock.pass(30_000);
    assert.deepEqual(told, ['alive', 'ping', 'ping', 'dead']);
  });

  it('is looked at three times per session time-out', () => {
    const { clock, told, liveness } = bed();
    liveness.carries(4_000);
    clock.pass(1_334);
    assert.deepEqual(told, ['alive', 'ping']);
  });

  it('is not judged while the socket is not read, unless its client takes nothing', () => {
    const { clock, told, state } = bed();
    state.isUnheard = true;
    clock.pass(100_000);
    assert.deepEqual(told, []);
    state.blockedMs = 30_001;
    clock.pass(10_000);
    assert.deepEqual(told, ['dead']);
  });
});
