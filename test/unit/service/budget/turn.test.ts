import assert from 'node:assert/strict';
import {
  overrunAfter,
  overrunAfterMs,
  pieceMs,
  Turn,
  turnMs,
} from '../../../../src/service/budget/turn.ts';
import { HandClock } from '../../../support/hand-clock.ts';

describe('a turn of the doors', () => {
  it('has time for so much, however little each takes, and the next has it again', () => {
    const clock = new HandClock();
    const turn = new Turn(clock);
    const taken = (): number => {
      let count = 0;
      for (; turn.hasTime(); count++) clock.ms += 0.25;
      return count;
    };
    const first = taken();
    assert.ok(first * 0.25 >= turnMs && first * 0.25 <= turnMs + 1, String(first));
    assert.equal(taken(), 0);
    clock.turn();
    assert.equal(taken(), first);
  });

  it('gives who brings many a piece, and no more than is left', () => {
    const clock = new HandClock();
    const turn = new Turn(clock);
    assert.equal(turn.pieceFrom(0), pieceMs);
    assert.equal(turn.pieceFrom(turnMs - pieceMs / 2), turnMs);
    assert.equal(turn.pieceFrom(turnMs + 1), turnMs);
  });

  it('is overrun once by as many as come beyond it, or by one that comes much later', () => {
    const clock = new HandClock();
    const turn = new Turn(clock);
    let overruns = 0;
    turn.whenOverrun(() => overruns++);
    turn.pieceFrom(0);
    for (let come = 1; come < overrunAfter; come++) turn.pieceFrom(turnMs);
    assert.equal(overruns, 0);
    turn.pieceFrom(turnMs);
    turn.pieceFrom(turnMs + overrunAfterMs);
    assert.equal(overruns, 1);
    clock.turn();
    clock.ms = 100;
    turn.pieceFrom(100);
    turn.pieceFrom(100 + turnMs + overrunAfterMs);
    assert.equal(overruns, 2);
  });
});
