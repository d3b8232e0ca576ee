import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Frames } from '../../../../src/wire/jute/frames.ts';
import { reachable } from '../../../support/garbage.ts';

const frameBytesMax = 100;

function frame(body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length);
  return Buffer.concat([length, body]);
}

function body(size: number, seed = size): Buffer {
  return Buffer.from(Array.from({ length: size }, (_, index) => (index * 7 + seed) & 0xff));
}

/** Feeds chunk after chunk; `mayTake` is asked after every frame. Chunks that come while it says no are held. */
function takeAll(chunks: readonly Buffer[], mayTake: () => boolean = () => true): Buffer[] {
  const frames = new Frames(frameBytesMax);
  const taken: Buffer[] = [];
  let isStopped = false;
  const hasStopped = (): boolean => isStopped;
  const feed = (chunk: Buffer): void => {
    isStopped = false;
    const makesSense = frames.feed(chunk, (bytes, from, to) => {
      taken.push(Buffer.from(bytes.subarray(from, to)));
      isStopped = !mayTake();
      return !isStopped;
    });
    assert.ok(makesSense);
  };
  for (const chunk of chunks) {
    if (hasStopped() && !mayTake()) frames.hold(chunk);
    else feed(chunk);
  }
  while (hasStopped()) feed(Buffer.alloc(0));
  return taken;
}

function cutAt(stream: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [0, ...places, stream.length].sort((a, b) => a - b);
  return cuts.slice(1).map((to, index) => Buffer.from(stream.subarray(cuts[index], to)));
}

const bodies = fc.array(
  fc
    .oneof(
      { weight: 6, arbitrary: fc.nat({ max: frameBytesMax }) },
      { weight: 1, arbitrary: fc.constantFrom(frameBytesMax - 1, frameBytesMax) },
    )
    .chain((size) => fc.nat({ max: 255 }).map((seed) => body(size, seed))),
  { minLength: 1, maxLength: 12 },
);
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });

describe("frames of ZooKeeper's protocol", () => {
  it('come out whole and in order, wherever the stream is cut', () => {
    fc.assert(
      fc.property(bodies, cuts, (all, places) => {
        const stream = Buffer.concat(all.map(frame));
        const chunks = cutAt(
          stream,
          places.map((place) => Math.floor(place * stream.length)),
        );
        assert.deepEqual(takeAll(chunks), all);
      }),
      { numRuns: 500 },
    );
  });

  it('come out the same when each byte comes alone', () => {
    const all = [body(0), body(1), body(100), body(99), body(3), body(70), body(9)];
    const stream = Buffer.concat(all.map(frame));
    const chunks = [...stream].map((byte) => Buffer.from([byte]));
    assert.deepEqual(takeAll(chunks), all);
  });

  it('wait while nobody takes them, and lose nothing', () => {
    fc.assert(
      fc.property(
        bodies,
        cuts,
        fc.array(fc.boolean(), { minLength: 1 }),
        (all, places, answers) => {
          const stream = Buffer.concat(all.map(frame));
          const chunks = cutAt(
            stream,
            places.map((place) => Math.floor(place * stream.length)),
          );
          let asked = 0;
          const mayTake = (): boolean => answers[asked++ % answers.length] === true;
          assert.deepEqual(takeAll(chunks, mayTake), all);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('with a length that is impossible end it all, and those before are taken', () => {
    for (const length of [-1, -2_147_483_648, frameBytesMax + 1, 2_147_483_647]) {
      for (const cut of [0, 2, 9, 11]) {
        const frames = new Frames(frameBytesMax);
        const impossible = Buffer.alloc(20);
        impossible.writeInt32BE(length);
        const stream = Buffer.concat([frame(body(5)), impossible]);
        let count = 0;
        const take = (): boolean => {
          count++;
          return true;
        };
        const first = frames.feed(stream.subarray(0, cut), take);
        assert.ok(first);
        assert.equal(frames.feed(stream.subarray(cut), take), false);
        assert.equal(count, 1);
      }
    }
  });

  it('are not copied when they lie whole in one chunk', () => {
    const frames = new Frames(frameBytesMax);
    const chunk = Buffer.concat([frame(body(10)), frame(body(20))]);
    frames.feed(chunk, (bytes) => {
      assert.equal(bytes, chunk);
      return true;
    });
  });

  it('say how many bytes wait', () => {
    const frames = new Frames(frameBytesMax);
    const stream = frame(body(50));
    frames.feed(stream.subarray(0, 3), () => true);
    assert.equal(frames.waitingBytes, 3);
    frames.feed(stream.subarray(3, 30), () => true);
    assert.equal(frames.waitingBytes, 30);
    frames.feed(stream.subarray(30), () => true);
    assert.equal(frames.waitingBytes, 0);
  });
});

describe('a frame that comes byte by byte', () => {
  const memory = (): number => {
    const { heap, buffers } = reachable();
    return heap + buffers;
  };

  it('takes little more memory than its bytes', () => {
    const size = 200_000;
    const frames = new Frames(1_048_575);
    const length = Buffer.alloc(4);
    length.writeInt32BE(size);
    frames.feed(length, () => true);
    const before = memory();
    for (let count = 0; count < size - 1; count++) {
      frames.feed(Buffer.from(new Uint8Array([count & 0xff]).buffer), () => true);
    }
    assert.ok(memory() - before < 2_000_000);
    let taken = 0;
    frames.feed(Buffer.alloc(1), (_bytes, from, to) => {
      taken = to - from;
      return true;
    });
    assert.equal(taken, size);
  });

  it('does not keep what came with its beginning', () => {
    const before = memory();
    const all = Array.from({ length: 200 }, () => {
      const frames = new Frames(1_048_575);
      const chunk = Buffer.concat([frame(Buffer.alloc(100_000)), Buffer.from([0, 0, 0])]);
      frames.feed(chunk, () => true);
      return frames;
    });
    assert.ok(memory() - before < 2_000_000);
    for (const frames of all) assert.equal(frames.waitingBytes, 3);
  });
});
