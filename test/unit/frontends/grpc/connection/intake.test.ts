import assert from 'node:assert/strict';
import {
  costPerTurn,
  Intake,
  intakeCost,
} from '../../../../../src/frontends/grpc/connection/intake.ts';
import { HandClock } from '../../../../support/hand-clock.ts';

const callsPerTurn = costPerTurn / intakeCost.call;

describe('what the gRPC door takes in', () => {
  it('is so much in a turn, and the rest in the turns that follow, in order', () => {
    const clock = new HandClock();
    const intake = new Intake(clock);
    const begun: number[] = [];
    for (let i = 0; i < 3 * callsPerTurn; i++) {
      intake.take('a', intakeCost.call, () => begun.push(i));
    }
    assert.equal(begun.length, callsPerTurn);
    clock.turn();
    assert.equal(begun.length, 2 * callsPerTurn);
    clock.turn();
    assert.deepEqual(begun, [...begun.keys()]);
    assert.equal(begun.length, 3 * callsPerTurn);
  });

  it('lets each address have its turn, however much another has sent', () => {
    const clock = new HandClock();
    const intake = new Intake(clock);
    const begun: string[] = [];
    for (let i = 0; i < 50 * callsPerTurn; i++) {
      intake.take('a', intakeCost.call, () => begun.push('a'));
    }
    intake.take('b', intakeCost.call, () => begun.push('b'));
    clock.turn();
    assert.equal(begun.indexOf('b'), callsPerTurn + 1);
  });

  it('counts against the turn what could not be put off', () => {
    const clock = new HandClock();
    const intake = new Intake(clock);
    const begun: string[] = [];
    intake.spend(costPerTurn);
    intake.take('a', intakeCost.call, () => begun.push('a'));
    assert.deepEqual(begun, []);
    clock.turn();
    assert.deepEqual(begun, ['a']);
  });
});
