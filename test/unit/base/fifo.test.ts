import assert from 'node:assert/strict';
import { Fifo } from '../../../src/base/fifo.ts';

describe('a queue', () => {
  it('gives its items back in the order they came, whatever it keeps of its places', () => {
    const queue = new Fifo<{ readonly at: number }>([{ at: 0 }]);
    const taken: number[] = [];
    let next = 1;
    for (let round = 0; round < 4_000; round++) {
      queue.push({ at: next++ });
      if (round % 3 > 0) queue.push({ at: next++ });
      taken.push(queue.shift()?.at ?? -1);
      if (round > 2_000) taken.push(queue.shift()?.at ?? -1);
    }
    assert.equal(queue.length, next - taken.length);
    assert.equal(queue.first?.at, taken.length);
    assert.deepEqual([...taken, ...queue.toArray().map(({ at }) => at)], [...Array(next).keys()]);
  });

  it('has nothing to give when it is empty, and takes again after that', () => {
    const queue = new Fifo();
    const item = {};
    assert.equal(queue.shift(), undefined);
    queue.push(item);
    assert.equal(queue.shift(), item);
    assert.deepEqual([queue.length, queue.first, queue.toArray()], [0, undefined, []]);
  });
});
