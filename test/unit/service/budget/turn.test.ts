import assert from 'node:assert/strict';
import { pieceMs, Turn, turnMs } from '../../../../src/service/budget/turn.ts';
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
});
