import assert from 'node:assert/strict';
import fc from 'fast-check';
import { JuteReader, MalformedRecord } from '../../../../src/frontends/zookeeper/jute-reader.ts';
import { JuteWriter } from '../../../../src/frontends/zookeeper/jute-writer.ts';
import { sessionIdFromWords } from '../../../../src/model/ids.ts';
import { zxidFromWords } from '../../../../src/model/zxid.ts';
import { reachable } from '../../../support/garbage.ts';

const int32 = fc.integer({ min: -2_147_483_648, max: 2_147_483_647 });
const word = fc.integer({ min: 0, max: 0xffff_ffff });
const positiveWord = fc.integer({ min: 0, max: 0x7fff_ffff });
const text = fc.string({ unit: 'binary', maxLength: 40 });

/** One value: how it is written, and how it is read and compared. */
interface Field {
  readonly name: string;
  write(to: JuteWriter): void;
  check(from: JuteReader): void;
}

const field: fc.Arbitrary<Field> = fc.oneof(
  int32.map((value) => ({
    name: `int ${String(value)}`,
    write: (to: JuteWriter) => {
      to.int(value);
    },
    check: (from: JuteReader) => {
      assert.equal(from.int(), value);
    },
  })),
  fc.tuple(word, word).map(([high, low]) => ({
    name: `words ${String(high)} ${String(low)}`,
    write: (to: JuteWriter) => {
      to.words(high, low);
    },
    check: (from: JuteReader) => {
      assert.deepEqual(from.words(), { high, low });
    },
  })),
  fc.tuple(positiveWord, word).map(([high, low]) => ({
    name: `zxid ${String(high)} ${String(low)}`,
    write: (to: JuteWriter) => {
      to.zxid(zxidFromWords(high, low));
    },
    check: (from: JuteReader) => {
      assert.deepEqual(from.zxid(), zxidFromWords(high, low));
    },
  })),
  fc.tuple(positiveWord, word).map(([high, low]) => ({
    name: `session ${String(high)} ${String(low)}`,
    write: (to: JuteWriter) => {
      to.session(sessionIdFromWords(high, low));
    },
    check: (from: JuteReader) => {
      assert.deepEqual(from.words(), { high, low });
    },
  })),
  fc.boolean().map((value) => ({
    name: `bool ${String(value)}`,
    write: (to: JuteWriter) => {
      to.bool(value);
    },
    check: (from: JuteReader) => {
      assert.equal(from.bool(), value);
    },
  })),
  text.map((value) => ({
    name: `text ${JSON.stringify(value)}`,
    write: (to: JuteWriter) => {
      to.text(value);
    },
    check: (from: JuteReader) => {
      assert.equal(from.text(), value);
    },
  })),
  fc.array(text, { maxLength: 8 }).map((values) => ({
    name: `texts ${JSON.stringify(values)}`,
    write: (to: JuteWriter) => {
      to.texts(values);
    },
    check: (from: JuteReader) => {
      assert.deepEqual(from.texts(), values);
    },
  })),
  fc
    .oneof(
      fc.constant(null),
      fc.uint8Array({ maxLength: 50 }),
      fc.integer({ min: 16_000, max: 50_000 }).map((size) => new Uint8Array(size).fill(size)),
    )
    .map((value) => ({
      name: `buffer of ${String(value?.length)}`,
      write: (to: JuteWriter) => {
        to.buffer(value);
      },
      check: (from: JuteReader) => {
        const found = from.buffer();
        assert.deepEqual(found && Buffer.from(found), value && Buffer.from(value));
      },
    })),
);

function written(write: (to: JuteWriter) => void): Buffer {
  const writer = new JuteWriter();
  write(writer);
  return Buffer.concat(writer.take());
}

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

  it('says how much there is to send', () => {
    fc.assert(
      fc.property(fc.array(field), (fields) => {
        const writer = new JuteWriter();
        writer.beginFrame();
        for (const each of fields) each.write(writer);
        writer.endFrame();
        const { length } = writer;
        assert.equal(Buffer.concat(writer.take()).length, length);
        assert.equal(writer.length, 0);
        assert.deepEqual(writer.take(), []);
      }),
    );
  });

  it('sends large byte arrays as they are', () => {
    const large = new Uint8Array(16_384).fill(1);
    const small = new Uint8Array(16_383).fill(2);
    const writer = new JuteWriter();
    writer.beginFrame();
    writer.buffer(large);
    writer.buffer(small);
    writer.endFrame();
    const chunks = writer.take();
    assert.ok(chunks.includes(large));
    assert.ok(!chunks.includes(small));
    assert.equal(Buffer.concat(chunks).readInt32BE(0), 4 + large.length + 4 + small.length);
  });

  it('writes the length of a frame that has outgrown its buffer, or was cut by large bytes', () => {
    for (const sizes of [[300, 300], [20_000], [300, 20_000, 300], [20_000, 16_000, 600, 20_000]])
      for (const before of [0, 1, 500, 5_000]) {
        const bytes = written((to) => {
          to.beginFrame();
          to.buffer(new Uint8Array(before));
          to.endFrame();
          to.beginFrame();
          for (const size of sizes) to.buffer(new Uint8Array(size));
          to.endFrame();
        });
        const second = 8 + before;
        assert.equal(bytes.readInt32BE(0), 4 + before);
        assert.equal(bytes.readInt32BE(second), bytes.length - second - 4);
      }
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
});
