import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Blocks, offsetOf, roundUp, type BlockRef } from '../../../../src/state/tree/blocks.ts';

/** Blocks with a copy of what each must hold, filled with a byte of its owner's. */
class Checked {
  readonly held = new Map<number, { ref: BlockRef; length: number }>();
  readonly blocks = new Blocks((owner, ref) => {
    const block = this.held.get(owner);
    assert(block, 'only what is held is moved');
    block.ref = ref;
  });

  allocate(owner: number, length: number): void {
    const ref = this.blocks.allocate(length, owner);
    this.held.set(owner, { ref, length });
    if (length > 0) this.blocks.bytesOf(ref).fill(owner, offsetOf(ref), offsetOf(ref) + length);
  }

  free(owner: number): void {
    const block = this.held.get(owner);
    if (block === undefined) return;
    this.held.delete(owner);
    this.blocks.free(block.ref);
  }

  check(): void {
    for (const [owner, { ref, length }] of this.held) {
      if (length === 0) continue;
      const start = offsetOf(ref);
      const bytes = this.blocks.bytesOf(ref).subarray(start, start + length);
      assert(
        bytes.every((byte) => byte === (owner & 0xff)),
        `block of ${String(owner)} keeps its bytes`,
      );
    }
  }
}

describe('blocks', () => {
  it('lose at most an eighth to rounding, and nothing to alignment below 128 bytes', () => {
    for (let length = 1; length <= 20_000; length++) {
      const rounded = roundUp(length);
      assert(rounded >= length && rounded % 8 === 0);
      assert(rounded - length < Math.max(8, length / 8 + 8), String(length));
    }
  });

  it('keep every block whole through any order of allocations and frees', () => {
    const length = fc.oneof(
      fc.integer({ min: 0, max: 200 }),
      fc.constantFrom(1_000, 30_000, 40_000),
    );
    const step = fc.record({
      owner: fc.integer({ min: 1, max: 200 }),
      length,
      isFree: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400, size: 'max' }), (steps) => {
        const checked = new Checked();
        for (const { owner, length: bytes, isFree } of steps) {
          checked.free(owner);
          if (!isFree) checked.allocate(owner, bytes);
        }
        checked.check();
        for (const owner of [...checked.held.keys()]) checked.free(owner);
        assert.equal(checked.blocks.reservedBytes, 0);
      }),
      { numRuns: 30 },
    );
  });

  it('give memory back when most of what was there is gone, whatever is left of it', () => {
    const checked = new Checked();
    for (let owner = 1; owner <= 100_000; owner++) checked.allocate(owner, 100);
    const full = checked.blocks.reservedBytes;
    assert(full < 100_000 * 104 * 1.1, String(full));
    // Every hundredth stays: no slab becomes empty by itself.
    for (let owner = 1; owner <= 100_000; owner++) if (owner % 100 !== 0) checked.free(owner);
    checked.check();
    assert(checked.blocks.reservedBytes < full / 10, String(checked.blocks.reservedBytes));
  });

  it('use freed cells again: rewriting everything for ever takes no more than at first', () => {
    const checked = new Checked();
    for (let owner = 1; owner <= 5_000; owner++) checked.allocate(owner, 100);
    const first = checked.blocks.reservedBytes;
    for (let round = 0; round < 20; round++) {
      for (let owner = 1; owner <= 5_000; owner++) {
        checked.free(owner);
        checked.allocate(owner, round % 2 === 0 ? 500 : 100);
      }
    }
    checked.check();
    assert(checked.blocks.reservedBytes < first * 1.5 + 600_000);
  });

  it('stay where they are when the others are full: no slab is made to take the place of another', () => {
    let moves = 0;
    const refs = new Map<number, BlockRef>();
    const blocks = new Blocks((owner, ref) => {
      moves++;
      refs.set(owner, ref);
    });
    // The first slabs are small, and each new one as large as all before it: of 512, 512, 1024, 2048, 4096 and 8192 cells.
    for (let owner = 1; owner <= 16_384; owner++) refs.set(owner, blocks.allocate(8, owner));
    const free = (from: number, to: number): void => {
      for (let owner = from; owner < to; owner++) blocks.free(refs.get(owner) ?? 0);
    };
    free(513, 4_097);
    moves = 0;
    const reserved = blocks.reservedBytes;
    free(8_193, 16_284);
    assert.equal(moves, 0);
    assert.equal(blocks.reservedBytes, reserved);
  });
});
