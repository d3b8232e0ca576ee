import assert from 'node:assert/strict';
import { nearest } from '../../../src/base/nearest.ts';

describe('nearest word', () => {
  it('forgives swaps, slips and cases, and does not guess wildly', () => {
    assert.equal(nearest('recursvie', ['recursive', 'version']), 'recursive');
    assert.equal(nearest('verison', ['recursive', 'version']), 'version');
    assert.equal(nearest('withdata', ['withData']), 'withData');
    assert.equal(nearest('banana', ['recursive', 'version']), undefined);
    assert.equal(nearest('', ['version']), undefined);
    assert.equal(nearest('x'.repeat(1_000), ['version']), undefined);
  });
});
