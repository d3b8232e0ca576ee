import assert from 'node:assert/strict';
import { MadeOnce } from '../../../src/base/made-once.ts';

describe('what is made once', () => {
  it('is made as far as somebody has asked, and is the same for all', () => {
    const made: number[] = [];
    const parts = new MadeOnce(
      (function* () {
        for (let part = 0; part < 3; part++) {
          made.push(part);
          yield part;
        }
      })(),
    );
    const first = parts[Symbol.iterator]();
    assert.equal(first.next().value, 0);
    assert.deepEqual(made, [0]);
    assert.deepEqual([...parts], [0, 1, 2]);
    assert.equal(first.next().value, 1);
    assert.deepEqual([...parts], [0, 1, 2]);
    assert.deepEqual(made, [0, 1, 2]);
  });
});
