import { strict as assert } from 'node:assert';
import {
  isLinearizable,
  type RegisterAnswer,
  type RegisterCall,
  type RegisterOp,
} from './checkers/linearizability.ts';

function call(
  calledAt: number,
  answeredAt: number,
  op: RegisterOp,
  answer: RegisterAnswer | undefined,
): RegisterCall {
  return { calledAt, answeredAt, op, answer };
}

const set = (value: string): RegisterOp => ({ op: 'set', value });
const done = (version: number): RegisterAnswer => ({ answer: 'done', version });
const sees = (value: string, version: number): RegisterAnswer => ({
  answer: 'read',
  state: { value, version },
});
const seesNothing: RegisterAnswer = { answer: 'read', state: undefined };
const read: RegisterOp = { op: 'read' };
const never = Number.POSITIVE_INFINITY;

describe('the linearizability checker', () => {
  it('accepts overlapping calls that some order explains', () => {
    const calls = [
      call(0, 10, set('a'), done(0)),
      call(5, 20, set('b'), done(1)),
      call(6, 8, read, sees('a', 0)),
      call(21, 22, read, sees('b', 1)),
    ];
    assert.equal(isLinearizable(calls), true);
  });

  it('refuses a read of what was overwritten before it began', () => {
    const calls = [
      call(0, 1, set('a'), done(0)),
      call(2, 3, set('b'), done(1)),
      call(4, 5, read, sees('a', 0)),
    ];
    assert.equal(isLinearizable(calls), false);
  });

  it('refuses a value that comes, goes and comes again', () => {
    const calls = [
      call(0, never, set('a'), undefined),
      call(1, 2, read, sees('a', 0)),
      call(3, 4, read, seesNothing),
    ];
    assert.equal(isLinearizable(calls), false);
  });

  it('lets a call of unknown outcome happen late, or never, but not twice', () => {
    const lost = call(0, never, set('a'), undefined);
    assert.equal(isLinearizable([lost, call(1, 2, read, seesNothing)]), true);
    const late = [lost, call(1, 2, read, seesNothing), call(3, 4, read, sees('a', 0))];
    assert.equal(isLinearizable(late), true);
    const twice = [
      lost,
      call(1, 2, read, sees('a', 0)),
      call(3, 4, { op: 'delete' }, { answer: 'done', version: undefined }),
      call(5, 6, read, sees('a', 0)),
    ];
    assert.equal(isLinearizable(twice), false);
  });

  it('refuses a refusal that nothing explains', () => {
    const cas: RegisterOp = { op: 'cas', value: 'b', version: 0 };
    const badVersion: RegisterAnswer = { answer: 'refused', code: 'badVersion' };
    const before = call(0, 1, set('a'), done(0));
    assert.equal(isLinearizable([before, call(2, 3, cas, badVersion)]), false);
    assert.equal(isLinearizable([before, call(2, 3, cas, done(1))]), true);
  });
});
