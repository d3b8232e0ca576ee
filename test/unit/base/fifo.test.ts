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

  it('gives back the room of a crowd, also while it is never empty', () => {
    const queue = new Fifo<{ readonly at: number }>();
    for (let at = 0; at < 10_000; at++) queue.push({ at });
    while (queue.length > 1) queue.shift();
    assert.equal(queue.places, 1_024);
    assert.deepEqual(
      [queue.first, queue.last, queue.at(0), queue.at(1)],
      [{ at: 9_999 }, { at: 9_999 }, { at: 9_999 }, undefined],
    );
  });

  it('takes no more room for what comes and goes', () => {
    const queue = new Fifo<{ readonly at: number }>([{ at: 0 }, { at: 1 }, { at: 2 }]);
    const { places } = queue;
    for (let at = 3; at < 100; at++) {
      queue.push({ at });
      assert.equal(queue.shift()?.at, at - 3);
    }
    assert.equal(queue.places, places);
    assert.deepEqual(
      queue.toArray().map(({ at }) => at),
      [97, 98, 99],
    );
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
