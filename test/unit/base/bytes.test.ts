import assert from 'node:assert/strict';
import fc from 'fast-check';
import { utf8, utf8Length } from '../../../src/base/bytes.ts';

describe('the length of a text in UTF-8', () => {
  it('is that of its bytes, whatever stands in it: surrogates in pairs, alone, and the wrong way round', () => {
    const unit = fc.oneof(
      fc.integer({ min: 0, max: 0xffff }),
      fc.integer({ min: 0xd700, max: 0xe100 }),
      fc.constantFrom(0x7f, 0x80, 0x7ff, 0x800, 0xd83d, 0xde00),
    );
    fc.assert(
      fc.property(fc.array(unit), (units) => {
        const text = String.fromCharCode(...units);
        assert.equal(utf8Length(text), utf8(text).length);
      }),
    );
  });
});
