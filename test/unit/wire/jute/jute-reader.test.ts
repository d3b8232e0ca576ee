import assert from 'node:assert/strict';
import fc from 'fast-check';
import { JuteReader, MalformedRecord } from '../../../../src/wire/jute/jute-reader.ts';
import { reachable } from '../../../support/garbage.ts';
import { field, written } from '../../../support/zookeeper/jute-fields.ts';

function reader(bytes: Buffer): JuteReader {
  return new JuteReader().open(bytes, 0, bytes.length);
}

describe('jute', () => {
  it('reads what it writes, frame after frame', () => {
    fc.assert(
      fc.property(fc.array(fc.array(field, { maxLength: 10 }), { maxLength: 6 }), (frames) => {
        const bytes = written((to) => {
          for (const fields of frames) {
            to.beginFrame();
            for (const each of fields) each.write(to);
            to.endFrame();
          }
        });
        let at = 0;
        for (const fields of frames) {
          const size = bytes.readInt32BE(at);
          const from = new JuteReader().open(bytes, at + 4, at + 4 + size);
          for (const each of fields) each.check(from);
          assert.equal(from.left, 0, fields.map(({ name }) => name).join());
          at += 4 + size;
        }
        assert.equal(at, bytes.length);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses a record that ends too early, wherever it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(field, { minLength: 1, maxLength: 6 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (fields, part) => {
          const whole = written((to) => {
            for (const each of fields) each.write(to);
          });
          // What follows the cut is there, as another frame would be: it is not read.
          const from = new JuteReader().open(whole, 0, Math.floor(part * whole.length));
          assert.throws(() => {
            for (const each of fields) each.check(from);
          }, MalformedRecord);
        },
      ),
    );
  });

  it('refuses lengths that are impossible, and takes -1 for null', () => {
    const ways: readonly ((from: JuteReader) => unknown)[] = [
      (from) => from.buffer(),
      (from) => from.text(),
      (from) => from.textOrNull(),
      (from) => from.texts(),
      (from) => from.count(1),
    ];
    for (const length of [-2, -2_147_483_648, 9, 0x1000_0000, 2_147_483_647]) {
      const bytes = Buffer.alloc(12);
      bytes.writeInt32BE(length);
      for (const way of ways) assert.throws(() => way(reader(bytes)), MalformedRecord);
    }
    const none = Buffer.from([255, 255, 255, 255]);
    assert.deepEqual(
      ways.map((way) => way(reader(none))),
      [null, '', null, [], 0],
    );
  });

  it('reads anything at all, or refuses it', () => {
    const ways: readonly ((from: JuteReader) => unknown)[] = [
      (from) => from.int(),
      (from) => from.words(),
      (from) => from.zxid(),
      (from) => from.milliseconds(),
      (from) => from.bool(),
      (from) => from.buffer(),
      (from) => from.text(),
      (from) => from.texts(),
      (from) => from.count(12),
    ];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.array(fc.nat({ max: 8 })), (all, order) => {
        const from = reader(Buffer.from(all));
        try {
          for (const index of order) ways[index]?.(from);
        } catch (error) {
          assert.ok(error instanceof MalformedRecord);
        }
        assert.ok(from.left >= 0);
      }),
      { numRuns: 2_000 },
    );
  });

  it('has no negative zxid', () => {
    assert.equal(reader(Buffer.alloc(8, 0xff)).zxid(), undefined);
    assert.deepEqual(reader(Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0])).zxid(), undefined);
  });

  it('keeps of what came only what it was asked to keep', () => {
    const before = reachable().buffers;
    const kept = Array.from({ length: 200 }, () => {
      const chunk = Buffer.alloc(65_536);
      chunk.writeInt32BE(10);
      return reader(chunk).ownBuffer();
    });
    assert.ok(reachable().buffers - before < 1_000_000);
    assert.ok(kept.every((each) => each?.length === 10));
    // What is most of what it came in needs no copy.
    const chunk = Buffer.alloc(1_004);
    chunk.writeInt32BE(1_000);
    assert.equal(reader(chunk).ownBuffer()?.buffer, chunk.buffer);
  });

  it('copies nothing out of memory that keeps no more than a pool', () => {
    const [pool, more] = [8_192, 8_193].map((bytes) => {
      const chunk = Buffer.alloc(bytes);
      chunk.writeInt32BE(10);
      return reader(chunk).ownBuffer()?.buffer === chunk.buffer;
    });
    assert.deepEqual([pool, more], [true, false]);
  });
});
