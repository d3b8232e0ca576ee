import assert from 'node:assert/strict';
import { Flushes } from '../../../../src/frontends/entrance/flushes.ts';
import { HandClock } from '../../../support/hand-clock.ts';

describe('flushes of connections', () => {
  const flushed: number[] = [];
  const connection = (id: number): { flush: () => void } => ({
    flush: () => void flushed.push(id),
  });

  beforeEach(() => {
    flushed.length = 0;
  });

  it('leave together once the requests of the turn are taken in', () => {
    const clock = new HandClock();
    const flushes = new Flushes(clock);
    for (const id of [1, 2, 3]) flushes.addTogether(connection(id));
    assert.deepEqual(flushed, []);
    clock.turn();
    assert.deepEqual(flushed, [1, 2, 3]);
  });

  it('are waited for by no more than a bound', () => {
    const clock = new HandClock();
    const flushes = new Flushes(clock);
    for (let id = 1; id <= 130; id++) flushes.addTogether(connection(id));
    assert.equal(flushed.length, 128);
    clock.turn();
    assert.deepEqual(flushed.slice(-2), [129, 130]);
    flushes.addTogether(connection(131));
    clock.turn();
    assert.equal(flushed.at(-1), 131);
  });

  it('leave as soon as what runs now is over when they are of another turn', async () => {
    const flushes = new Flushes(new HandClock());
    flushes.add(connection(1));
    assert.deepEqual(flushed, []);
    await Promise.resolve();
    assert.deepEqual(flushed, [1]);
  });
});
