import assert from 'node:assert/strict';
import fc from 'fast-check';
import { finish, hashBytes, mix } from '../../../../src/state/digest/mixing.ts';

/** As every peer has it that ever was: a word of four bytes after the other, the lowest first, then what is left. */
function hashByBytes(bytes: Uint8Array): number {
  const whole = bytes.length - (bytes.length % 4);
  let hash = 0x2f0b4c47;
  for (let at = 0; at < whole; at += 4) {
    const [first = 0, second = 0, third = 0, fourth = 0] = bytes.subarray(at, at + 4);
    hash = mix(hash, first | (second << 8) | (third << 16) | (fourth << 24));
  }
  for (const byte of bytes.subarray(whole)) hash = mix(hash, byte);
  return finish(hash ^ bytes.length);
}

describe('the hash of bytes', () => {
  it('is the same however many they are and wherever they lie', () => {
    const lengths = fc.oneof(fc.nat(12), fc.integer({ min: 250, max: 262 }), fc.nat(3_000));
    fc.assert(
      fc.property(lengths, fc.nat(7), fc.nat(255), (length, at, first) => {
        const around = Uint8Array.from(
          { length: at + length + 5 },
          (_, index) => Math.imul(index + first, 0x9d) & 0xff,
        );
        const bytes = around.subarray(at, at + length);
        const expected = hashByBytes(bytes);
        assert.equal(hashBytes(bytes), expected);
        assert.equal(hashBytes(around, at, at + length), expected);
      }),
    );
  });
});
