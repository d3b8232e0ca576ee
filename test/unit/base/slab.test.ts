import assert from 'node:assert/strict';
import { Slab } from '../../../src/base/slab.ts';

describe('slabs', () => {
  it('give small copies memory that they share, and each stays what it was', () => {
    const slab = new Slab();
    const piece = Buffer.alloc(100);
    const copies = Array.from({ length: 2_000 }, (_, index) => {
      piece.fill(index);
      return slab.copyOf(piece);
    });
    piece.fill(255);
    for (const [index, copy] of copies.entries()) {
      assert.deepEqual(copy, new Uint8Array(100).fill(index));
    }
    assert.ok(new Set(copies.map(({ buffer }) => buffer)).size < 10);
  });

  it('give a large one memory of its own, that of nothing none', () => {
    const slab = new Slab();
    assert.equal(slab.copyOf(Buffer.alloc(3_000)).buffer.byteLength, 3_000);
    assert.deepEqual(slab.copyOf(new Uint8Array(0)), new Uint8Array(0));
  });
});
