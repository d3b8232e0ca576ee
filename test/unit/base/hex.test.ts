import assert from 'node:assert/strict';
import { toHex, wordOfHex, wordToHex } from '../../../src/base/hex.ts';

describe('bytes in hex', () => {
  it('are two lower-case digits each', () => {
    assert.equal(toHex(new Uint8Array(0)), '');
    assert.equal(toHex(Uint8Array.of(0, 0x0a, 0x7f, 0x80, 0xff)), '000a7f80ff');
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    assert.equal(toHex(all), Buffer.from(all).toString('hex'));
  });

  it('are eight digits for 32 bits, whatever their sign', () => {
    assert.equal(wordToHex(0), '00000000');
    assert.equal(wordToHex(0x0123_abcd), '0123abcd');
    assert.equal(wordToHex(0xffff_fffe), 'fffffffe');
    assert.equal(wordToHex(-2), 'fffffffe');
    for (const word of [0, 0x0123_4567, 0x89ab_cdef, 0xffff_fffe]) {
      assert.equal(wordOfHex(`ff${wordToHex(word)}ff`, 2), word);
    }
  });
});
