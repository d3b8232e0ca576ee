import assert from 'node:assert/strict';
import { HeldCarriers } from '../../../../../src/frontends/http/exchange/held-carriers.ts';

describe('held carriers', () => {
  it('are bounded, and each gives its place back once', () => {
    const held = new HeldCarriers(2);
    const release = held.take();
    held.take();
    assert.equal(held.take(), undefined);
    release?.();
    release?.();
    assert.notEqual(held.take(), undefined);
    assert.equal(held.take(), undefined);
  });
});
