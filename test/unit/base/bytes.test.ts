import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ByteWriter, utf8, utf8Length } from '../../../src/base/bytes.ts';

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

  it('is the same of a long one, whatever stands where it is taken apart', () => {
    const around = fc.constantFrom('\ud83d\ude00', '\ud83d', '\ude00', '\u20ac', 'a', '');
    fc.assert(
      fc.property(fc.integer({ min: 4_090, max: 4_100 }), fc.array(around), (before, parts) => {
        const text = 'n'.repeat(before) + parts.join('') + 'n'.repeat(before) + parts.join('');
        assert.equal(utf8Length(text), utf8(text).length);
      }),
    );
  });
});

describe('a writer of bytes', () => {
  it('writes any text, short or long, as its length and its UTF-8', () => {
    const ascii = fc.string({ unit: 'binary-ascii', maxLength: 80 });
    const any = fc.string({ unit: 'binary', maxLength: 80 });
    fc.assert(
      fc.property(fc.array(fc.oneof(ascii, any)), (texts) => {
        const writer = new ByteWriter(8);
        for (const text of texts) writer.text(text);
        const expected = texts.flatMap((text) => {
          const bytes = Buffer.from(text, 'utf8');
          const length = Buffer.alloc(4);
          length.writeUInt32BE(bytes.length);
          return [length, bytes];
        });
        assert.deepEqual(Buffer.from(writer.take()), Buffer.concat(expected));
      }),
    );
  });

  it('hands out the same bytes whether it copies large pieces or lends them', () => {
    const piece = fc.record({ bytes: fc.uint8Array({ maxLength: 12 }), patched: fc.nat() });
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const copying = new ByteWriter(1);
        const lending = new ByteWriter(1, 8);
        for (const { bytes, patched } of pieces) {
          for (const writer of [copying, lending]) {
            const start = writer.length;
            writer.u32(0).raw(bytes).patchU32(start, patched);
          }
        }
        assert.equal(lending.length, copying.length);
        assert.equal(
          lending.isLent,
          pieces.some(({ bytes }) => bytes.length >= 8),
        );
        assert.deepEqual(Buffer.concat(lending.takeParts()), Buffer.from(copying.take()));
      }),
    );
  });

  it('lends what it was given itself, and is empty after a reset', () => {
    const writer = new ByteWriter(16, 8);
    const large = new Uint8Array(8);
    writer.u8(1).raw(large).u8(2);
    assert.equal(writer.takeParts()[1], large);
    writer.reset();
    assert.equal(writer.length, 0);
    assert.deepEqual(writer.takeParts(), []);
  });

  it('gives small pieces of memory that they share, and each stays what it was', () => {
    const writer = new ByteWriter(16);
    const pieces = Array.from({ length: 5_000 }, (_, index) => {
      writer.reset();
      return writer.u32(index).u32(index).takeShared();
    });
    for (const [index, piece] of pieces.entries()) {
      assert.deepEqual(piece, new ByteWriter().u32(index).u32(index).take());
    }
    assert.ok(new Set(pieces.map(({ buffer }) => buffer)).size < 4);
    assert.equal(writer.raw(new Uint8Array(10_000)).takeShared().buffer.byteLength, 10_008);
  });

  it('gives its buffer away once it is nearly full, and never touches it again', () => {
    const writer = new ByteWriter(4);
    const large = new Uint8Array(1_000_000).fill(7);
    const given = writer.u8(1).raw(large).u32(9).detach();
    assert.equal(given.length, 1_000_005);
    assert.ok(given.buffer.byteLength < 1_100_000, 'the buffer has grown by what was written');
    writer.u32(0xffff_ffff).u32(0xffff_ffff);
    assert.deepEqual([given[0], given[1], given.at(-1)], [1, 7, 9]);
    assert.equal(new ByteWriter(1_000).u8(1).detach().buffer.byteLength, 1, 'or else a copy');
  });
});
