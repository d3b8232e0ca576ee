import assert from 'node:assert/strict';
import fc from 'fast-check';
import { JuteWriter } from '../../../../src/wire/jute/jute-writer.ts';
import { field, written } from '../../../support/zookeeper/jute-fields.ts';

describe('jute', () => {
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
    for (const sizes of [[300, 300], [20_000], [300, 20_000, 300], [20_000, 16_000, 600, 20_000]]) {
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
    }
  });
});
