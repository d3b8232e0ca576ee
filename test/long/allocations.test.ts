import assert from 'node:assert/strict';
import {
  grpcWork,
  httpWork,
  onProfiled,
  profileOf,
  zooKeeperWork,
  type Work,
} from '../bench/profile.ts';

// What a request leaves behind for the garbage collector on the main thread of one peer, which busy neighbours don't
// change as they change times. A limit is what was measured on a busy machine and 15 % more (on a quiet one: 2,260, 1,360,
// 22,100, 16,700, 17,400 and 16,200): whoever needs more says so here. HTTP has more room, since its connections have one
// request under way each: on a slow machine fewer share what a turn costs.

interface Limit {
  readonly work: Work;
  readonly bytesMax: number;
}

const limits: readonly Limit[] = [
  { work: zooKeeperWork('set'), bytesMax: 2_640 },
  { work: zooKeeperWork('get'), bytesMax: 1_590 },
  { work: httpWork('put'), bytesMax: 47_000 },
  { work: httpWork('get'), bytesMax: 34_000 },
  { work: grpcWork('set'), bytesMax: 20_500 },
  { work: grpcWork('get'), bytesMax: 20_000 },
];

/** What is not compiled yet leaves more: on a slow machine the first runs are for that. */
const runsMax = 6;

describe('what a request leaves behind', function () {
  this.timeout(300_000);

  it('is no more than it was, at each door, reading and writing', async () => {
    await onProfiled(1, [], async (on) => {
      for (const { work, bytesMax } of limits) {
        let bytes = Infinity;
        for (let run = 0; run < runsMax && bytes > bytesMax; run++) {
          const { answers, profiles } = await profileOf(work, on, { seconds: 3 });
          bytes = Math.min(bytes, (profiles[0]?.allocatedBytes ?? Infinity) / answers);
        }
        process.stdout.write(`      ${work.what}: ${bytes.toFixed(0)} bytes\n`);
        assert.ok(
          bytes <= bytesMax,
          `${work.what}: ${bytes.toFixed(0)} bytes of ${String(bytesMax)}`,
        );
      }
    });
  });
});
