import { setTimeout as delay } from 'node:timers/promises';
import type { Bench, Benchmark, BenchmarkOptions } from '../benchmark.ts';
import { median } from '../figures.ts';
import { keys, sessions, sessionWatches, watches } from './clients.ts';
import type { Dimension, Growing, GrowthWork } from './dimension.ts';
import { bendsOf, growthTable, type GrowthRow } from './growth-table.ts';
import { GrownPeer } from './grown-peer.ts';
import { children, znodes } from './znodes.ts';

const dimensions = [znodes, children, watches, sessionWatches, sessions, keys];
const rounds = 5;
const warmUpRounds = 3;
/** A multiple of the connections. */
const quickTimesMax = 160;
const restMs = 2_000;
/** Timers, collections of what was left by the works before: of a second. */
const restNoiseUs = 15_000;

/** What each size of everything costs, in µs of CPU of all threads of one peer: steadier than rates, which the load decides too. */
export const growth: Benchmark = {
  name: 'growth',
  about: 'cost of each request as there are more znodes, children, watches, sessions, keys',
  isOnlyByName: true,
  async run(options, bench) {
    for (const dimension of dimensions) {
      const { only } = options;
      if (only.length === 0 || only.includes(dimension.name)) {
        await measure(dimension, options, bench);
      }
    }
  },
};

async function measure(
  dimension: Dimension,
  options: BenchmarkOptions,
  bench: Bench,
): Promise<void> {
  const { name, unit, lines = [] } = dimension;
  const sizes = options.isQuick ? dimension.quickSizes : dimension.sizes;
  const peer = await GrownPeer.start([...lines, ...options.lines]);
  try {
    const growing = await dimension.open(peer);
    const costs = new Map<string, number[]>(growing.works.map(({ what }) => [what, []]));
    costs.set(atRest, []);
    const heaps: number[] = [];
    const resident: number[] = [];
    for (const size of sizes) {
      bench.progress(`${String(size)} ${name}`);
      await growing.grow(size);
      if (size === sizes[0]) await warmUp(growing, options);
      const { heapBytes, rssBytes } = await peer.memoryLeft();
      heaps.push(heapBytes);
      resident.push(rssBytes);
      for (const work of growing.works) {
        costs.get(work.what)?.push(await costOf(work, peer, options));
      }
      costs.get(atRest)?.push(await restCost(peer));
    }
    await growing.close();
    const rows = rowsOf(growing, costs);
    report({ name, unit, sizes, rows, heaps, resident }, bench);
  } finally {
    await peer.stop();
  }
}

const atRest = 'a second in which nothing is asked';

async function warmUp({ works }: Growing, options: BenchmarkOptions): Promise<void> {
  for (const work of works) {
    if (work.prepare !== undefined) continue;
    for (let round = 0; round < warmUpRounds; round++) await work.run(timesOf(work, options));
  }
}

/** µs each, in the median of some rounds. */
async function costOf(
  work: GrowthWork,
  peer: GrownPeer,
  options: BenchmarkOptions,
): Promise<number> {
  const times = timesOf(work, options);
  const found: number[] = [];
  // What a snapshot took is told apart: a round that one fell into is done again, unless one falls into all of them.
  for (let round = 0; found.length < rounds && round < rounds * 3; round++) {
    await peer.noSnapshot();
    await work.prepare?.();
    const { begun } = peer.snapshots;
    const before = peer.cpuUs();
    await work.run(times);
    const us = (peer.cpuUs() - before) / times;
    if (peer.snapshots.begun === begun) found.push(us);
  }
  return median(found);
}

async function restCost(peer: GrownPeer): Promise<number> {
  await peer.noSnapshot();
  const startedAt = performance.now();
  const before = peer.cpuUs();
  await delay(restMs);
  return (peer.cpuUs() - before) / ((performance.now() - startedAt) / 1_000);
}

function timesOf({ times }: GrowthWork, { isQuick }: BenchmarkOptions): number {
  return isQuick ? Math.min(times, quickTimesMax) : times;
}

function rowsOf({ works }: Growing, costs: ReadonlyMap<string, readonly number[]>): GrowthRow[] {
  const growers = new Set(works.filter((work) => work.growsWithSize).map(({ what }) => what));
  return [...costs].map(([what, us]) => ({
    what,
    us,
    growsWithSize: growers.has(what),
    noiseUs: what === atRest ? restNoiseUs : 0,
  }));
}

interface Grown {
  readonly name: string;
  readonly unit: string;
  readonly sizes: readonly number[];
  readonly rows: readonly GrowthRow[];
  readonly heaps: readonly number[];
  readonly resident: readonly number[];
}

function report({ name, unit, sizes, rows, heaps, resident }: Grown, bench: Bench): void {
  const conditions = `1 peer, ${sizes.join(', ')} ${name}; µs of CPU of all its threads, medians of ${String(rounds)}`;
  for (const { what, us } of rows) {
    for (const [index, value] of us.entries()) {
      const size = (sizes[index] ?? 0).toLocaleString('en-US');
      bench.add({ what: `${what}, at ${size}`, value, unit: 'µs each', conditions });
    }
  }
  bench.show(`\n${growthTable(name, sizes, rows)}\n`);
  for (let at = 1; at < sizes.length; at++) {
    const more = (sizes[at] ?? 0) - (sizes[at - 1] ?? 0);
    const each = (bytes: readonly number[]): number =>
      ((bytes[at] ?? 0) - (bytes[at - 1] ?? 0)) / more;
    const from = `from ${(sizes[at - 1] ?? 0).toLocaleString('en-US')}`;
    const what = `per ${unit}, ${from} to ${(sizes[at] ?? 0).toLocaleString('en-US')}`;
    bench.add({ what: `heap and buffers ${what}`, value: each(heaps), unit: 'bytes', conditions });
    bench.add({ what: `RSS ${what}`, value: each(resident), unit: 'bytes', conditions });
    bench.show(
      `${what}: ${each(heaps).toFixed(0)} bytes of heap and buffers, ${each(resident).toFixed(0)} of RSS`,
    );
  }
  const bends = bendsOf(rows, sizes);
  for (const { what, from, to, ratio } of bends) {
    bench.show(`Bends: ${what}, from ${String(from)} to ${String(to)} ×${ratio.toFixed(2)}`);
  }
  bench.keep(`growth: ${name}`, { unit, sizes, rows, heaps, resident, bends });
}
