import assert from 'node:assert/strict';
import { MalformedBytes } from '../../../../src/base/bytes.ts';
import { FrameReader } from '../../../../src/adapters/peer-tcp/framing.ts';

describe('frame reader', () => {
  function frame(bytes: Uint8Array): Buffer {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(bytes.length);
    return Buffer.concat([head, bytes]);
  }

  it('gives the same frames however the stream is cut', () => {
    const frames = [0, 1, 3, 0, 200, 5].map((length, fill) => new Uint8Array(length).fill(fill));
    const stream = Buffer.concat(frames.map(frame));
    for (let piece = 1; piece <= stream.length; piece++) {
      const reader = new FrameReader(200);
      const found: Uint8Array[] = [];
      for (let at = 0; at < stream.length; at += piece) {
        reader.add(stream.subarray(at, at + piece));
        for (let next = reader.next(); next !== undefined; next = reader.next()) found.push(next);
      }
      assert.deepEqual(found, frames, `in pieces of ${String(piece)}`);
    }
  });

  it('keeps a frame that drips in within a few buffers, and does not copy it again and again', () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251);
    const stream = frame(bytes);
    const reader = new FrameReader(bytes.length);
    let buffers = 0;
    for (let at = 0; at < stream.length - 1; at++) {
      reader.add(stream.subarray(at, at + 1));
      assert.equal(reader.next(), undefined);
      buffers = Math.max(buffers, reader.buffers);
    }
    assert.ok(buffers < 30, `${String(buffers)} buffers`);
    reader.add(stream.subarray(-1));
    assert.deepEqual(reader.next(), bytes);
  });

  it('refuses a length above the limit before the rest is there', () => {
    const reader = new FrameReader(200);
    reader.add(Uint8Array.of(0, 0, 0, 201));
    assert.throws(() => reader.next(), MalformedBytes);
  });
});
