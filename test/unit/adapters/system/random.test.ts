import assert from 'node:assert/strict';
import { systemRandom } from '../../../../src/adapters/system/random.ts';

describe('system random', () => {
  it('gives the bytes asked for, and never the same', () => {
    const bytes = systemRandom.bytes(16);
    assert.equal(bytes.length, 16);
    assert.equal(bytes.constructor, Uint8Array);
    assert.notDeepEqual(systemRandom.bytes(16), bytes);
  });

  it('gives fractions in [0, 1)', () => {
    const fractions = Array.from({ length: 1_000 }, () => systemRandom.fraction());
    assert.ok(fractions.every((fraction) => fraction >= 0 && fraction < 1));
    assert.ok(new Set(fractions).size > 990);
  });
});
