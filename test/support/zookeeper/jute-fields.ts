import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JuteReader } from '../../../src/wire/jute/jute-reader.ts';
import { JuteWriter } from '../../../src/wire/jute/jute-writer.ts';
import { sessionIdFromWords } from '../../../src/model/ids.ts';
import { zxidFromWords } from '../../../src/model/zxid.ts';

const int32 = fc.integer({ min: -2_147_483_648, max: 2_147_483_647 });
const word = fc.integer({ min: 0, max: 0xffff_ffff });
const positiveWord = fc.integer({ min: 0, max: 0x7fff_ffff });
const text = fc.string({ unit: 'binary', maxLength: 40 });

/** One value of a frame: how it is written, and how it is read and compared. */
export interface Field {
  readonly name: string;
  write(to: JuteWriter): void;
  check(from: JuteReader): void;
}

/** Values of every kind. */
export const field: fc.Arbitrary<Field> = fc.oneof(
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
      to.int(values.length);
      for (const value of values) to.text(value);
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

/** What a writer has written, in one piece. */
export function written(write: (to: JuteWriter) => void): Buffer {
  const writer = new JuteWriter();
  write(writer);
  return Buffer.concat(writer.take());
}
