import assert from 'node:assert/strict';
import {
  EarlyBatch,
  firstBatchMin,
  nextBatchMin,
} from '../../../../src/server/requests/early-batch.ts';
import { HandClock } from '../../../support/hand-clock.ts';

function bed() {
  const clock = new HandClock();
  let closed = 0;
  const early = new EarlyBatch(clock, () => {
    closed++;
    early.begun();
  });
  const propose = (times: number): number => {
    for (let left = times; left > 0; left--) early.proposed();
    clock.turn();
    return closed;
  };
  return { clock, early, propose, closed: () => closed };
}

describe('a batch', () => {
  it('is closed ahead of the end of the turn once a few are proposed and the disk rests', () => {
    const { propose } = bed();
    assert.equal(propose(firstBatchMin - 1), 0);
    assert.equal(propose(1), 1);
  });

  it('waits for many while the disk is at work, and for the end of the turn behind two', () => {
    const { early, propose } = bed();
    propose(firstBatchMin);
    assert.equal(propose(nextBatchMin - 1), 1);
    assert.equal(propose(1), 2);
    assert.equal(propose(10 * nextBatchMin), 2);
    early.done();
    assert.equal(propose(1), 3);
  });

  it('is not closed twice when the turn came to its end first', () => {
    const { clock, early, closed } = bed();
    for (let left = firstBatchMin; left > 0; left--) early.proposed();
    early.begun();
    clock.turn();
    assert.equal(closed(), 0);
  });
});
