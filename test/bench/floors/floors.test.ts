import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sample } from '../rivals/contest.ts';
import { pairsOf, type Pair } from '../rivals/works.ts';
import type { RunningService } from '../services.ts';
import { runSteady } from '../steady/run-steady.ts';
import { floorRowOf, verdictOf, verdictText } from './floor-row.ts';
import { startFloor, type Floor } from './floor-service.ts';
import { lockBound } from './lock-bound.ts';

const loads = [
  ['zookeeper', 'set'],
  ['zookeeper', 'get'],
  ['grpc', 'set'],
  ['grpc', 'get'],
  ['http', 'set'],
  ['http', 'get'],
] as const;
const bytes = 100;
/** As the load writes it. */
const data = Buffer.alloc(bytes, 'x');

for (const members of [1, 3]) {
  describe(`a floor of ${String(members)}`, function () {
    this.timeout(60_000);
    let floor: Floor;

    before(async () => {
      floor = await startFloor(members);
    });
    after(async () => {
      await floor.stop();
    });

    for (const [protocol, kind] of loads) {
      it(`answers a ${kind} over ${protocol} as the load expects, at all its members`, async () => {
        const { answers, failures } = await runSteady({
          protocol,
          kind,
          bytes,
          addresses: addressesOf(floor, protocol),
          connections: 6,
          depth: 2,
          warmUpMs: 20,
          measuredMs: 100,
        });
        assert.ok(answers > 0);
        assert.equal(failures, 0);
      });
    }

    it('has what was written on the disk of each', () => {
      const folders = readdirSync(floor.folder);
      assert.equal(folders.length, members);
      for (const name of folders) {
        assert.ok(readFileSync(join(floor.folder, name, 'log-wal')).includes(data), name);
      }
    });
  });
}

function addressesOf({ doors }: RunningService, protocol: string): readonly string[] {
  return doors.find((door) => door.protocol === protocol)?.addresses ?? [];
}

const [set1x1] = pairsOf(1, ['zookeeper-set:1x1']) as [Pair];

describe('the verdict on an aim', () => {
  const row = (ours: Partial<Sample>, floor: Partial<Sample>): Parameters<typeof verdictOf>[0] =>
    floorRowOf({ ...set1x1, peers: 1 }, [[sample(ours)], [sample(floor)], [sample({})]]);

  it('is "met" by the rate and the slowest alike', () => {
    const enough = { perSecond: 1_200 };
    assert.equal(verdictOf(row(enough, { perSecond: 100 })), 'met');
    assert.notEqual(verdictOf(row({ ...enough, p99Ms: 3 }, enough)), 'met');
  });

  it('is "out of reach" where the floor misses it in the place of ours, and says by what', () => {
    const slow = row({}, { perSecond: 1_100 });
    assert.equal(verdictText(slow), 'out of reach: floor/rival 1.10 < 1.2');
    const late = row({}, { perSecond: 1_300, p99Ms: 3 });
    assert.equal(verdictText(late), 'out of reach: p99 of the floor 3.00 > 2.00 ms');
  });

  it('is "in reach" otherwise, with what is ours of the processor', () => {
    const near = row({ serverMicros: 50 }, { perSecond: 1_300, serverMicros: 20 });
    assert.equal(verdictText(near), 'in reach: 30.0 µs of ours per answer, 21.7 would meet it');
    const late = row({ perSecond: 1_300, p99Ms: 3 }, { perSecond: 1_300 });
    assert.match(verdictText(late), /, p99 alone is not met$/);
  });

  it('is unknown without the rival', () => {
    const alone = floorRowOf({ ...set1x1, peers: 1 }, [[sample({})], [sample({})]]);
    assert.equal(verdictOf(alone), 'unknown');
  });
});

describe('the bound of lock cycles', () => {
  const set = sample({ perSecond: 500 });
  const get = sample({ perSecond: 1_000 });

  it('is two writes and a read for who is alone, a write and a read among many', () => {
    assert.equal(lockBound(1, set, get).perSecond, 200);
    assert.equal(Math.round(lockBound(16, set, get).perSecond), 333);
  });
});

function sample(given: Partial<Sample>): Sample {
  return {
    perSecond: 1_000,
    p50Ms: 1,
    p99Ms: 2,
    serverMicros: 10,
    generatorCores: 0.1,
    othersShare: 0,
    ...given,
  };
}
