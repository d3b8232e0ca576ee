import { availableParallelism } from 'node:os';
import type { Bench, Benchmark, BenchmarkOptions } from '../benchmark.ts';
import { sum } from '../figures.ts';
import { startQuoll, startRival, type RunningService } from '../services.ts';
import { measureCeilings } from './ceilings.ts';
import { measureSample, type Sample } from './contest.ts';
import { missingPackages, rivalNames } from './installed.ts';
import { writePage } from './page.ts';
import { Pace, planOf, type Plan } from './plan.ts';
import { rowOf, type Row } from './row.ts';
import { formatCeilings, formatRow, formatRows } from './table.ts';
import { isWanted, works, type Concurrency, type Work } from './works.ts';

const sizes = [1, 3] as const;

export const rivals: Benchmark = {
  name: 'rivals',
  about: 'every door beside ZooKeeper and etcd in the same run: rates, p99, ratios, aims',
  isOnlyByName: true,
  async run(options, bench) {
    const plan = planOf(options);
    const pairsInAll = sum(sizes.map((peers) => pairsOf(peers, options.only).length));
    if (pairsInAll === 0) {
      const names = works.map(({ name }) => name).join(', ');
      throw new Error(`--only ${options.only.join(' ')}: there are ${names}, 1peer and 3peers`);
    }
    const pace = new Pace(plan, pairsInAll);
    const ceilings = await measureCeilings(plan.timing);
    bench.show(formatCeilings(ceilings));
    const rows: Row[] = [];
    const failed: string[] = [];
    for (const peers of sizes) {
      const pairs = pairsOf(peers, options.only);
      if (pairs.length === 0) continue;
      // What was measured is shown, whatever comes of the rest.
      await measureAll({ pairs, peers, pace, rows, failed }, options, bench).catch(
        (error: unknown) => failed.push(`${String(peers)} peer(s): ${String(error)}`),
      );
    }
    bench.show(`\n${formatRows(rows)}`);
    bench.keep('ceilings', ceilings);
    bench.keep('rows', rows);
    if (options.isForPage) {
      for (const file of writePage({ rows, ceilings, plan, options })) {
        bench.progress(`wrote ${file}`);
      }
    }
    if (failed.length > 0) throw new Error(`not measured:\n${failed.join('\n')}`);
  },
};

interface Pair {
  readonly work: Work;
  readonly concurrency: Concurrency;
}

/** `1peer` and `3peers` among what is asked for mean one size. */
function pairsOf(peers: 1 | 3, only: readonly string[]): Pair[] {
  const sizesAsked = only.filter((wish) => /^[13]peers?$/.test(wish));
  if (sizesAsked.length > 0 && !sizesAsked.some((wish) => wish.startsWith(String(peers)))) {
    return [];
  }
  const worksAsked = only.filter((wish) => !sizesAsked.includes(wish));
  return works.flatMap((work) =>
    work.loads
      .filter((concurrency) => isWanted(work, concurrency, worksAsked))
      .map((concurrency) => ({ work, concurrency })),
  );
}

async function measureAll(
  load: {
    readonly pairs: readonly Pair[];
    readonly peers: 1 | 3;
    readonly pace: Pace;
    readonly rows: Row[];
    readonly failed: string[];
  },
  options: BenchmarkOptions,
  bench: Bench,
): Promise<void> {
  const { pairs, peers, pace, rows, failed } = load;
  const services: RunningService[] = [];
  try {
    services.push(await startQuoll(peers, options));
    for (const name of rivalNames) {
      if (!pairs.some(({ work }) => work.rival === name)) continue;
      const missing = missingPackages(name);
      if (missing.length === 0) services.push(await startRival(name, peers));
      else bench.progress(`${name} is left out: apt install ${missing.join(' ')}`);
    }
    await warmUp({ pairs, peers, services }, pace);
    for (const pair of pairs) {
      try {
        const row = await measurePair({ pair, peers, services }, pace.next());
        rows.push(row);
        bench.progress(formatRow(row));
      } catch (error) {
        const { work, concurrency } = pair;
        const line = `${work.name} ${concurrency.name}, ${String(peers)} peer(s): ${String(error)}`;
        bench.progress(line);
        failed.push(line);
      }
    }
  } finally {
    for (const service of services) await service.stop();
  }
}

/** One short load of each kind on each: the first to be measured should not be the one to be compiled. */
async function warmUp(
  over: {
    readonly pairs: readonly Pair[];
    readonly peers: 1 | 3;
    readonly services: readonly RunningService[];
  },
  { plan }: Pace,
): Promise<void> {
  for (const work of new Set(over.pairs.map((pair) => pair.work))) {
    if (work.what === 'lock') continue;
    const pair = over.pairs.find((one) => one.work === work && one.concurrency.connections > 1);
    if (pair === undefined) continue;
    const { warmUpMs } = plan.timing;
    const timing = { warmUpMs, measuredMs: warmUpMs, settleMsMax: 0 };
    await measurePair({ ...over, pair }, { ...plan, rounds: 1, timing }).catch(() => undefined);
  }
}

/** A B A B: what changes on the machine in the meantime comes to both alike. */
async function measurePair(
  measured: {
    readonly pair: Pair;
    readonly peers: 1 | 3;
    readonly services: readonly RunningService[];
  },
  { rounds, timing }: Plan,
): Promise<Row> {
  const { pair, peers, services } = measured;
  const samples = { quoll: new Array<Sample>(), rival: new Array<Sample>() };
  const cores = availableParallelism();
  for (let round = 0; round < rounds; round++) {
    for (const side of ['quoll', 'rival'] as const) {
      const name = side === 'quoll' ? 'Quoll' : pair.work.rival;
      const service = services.find((one) => one.name === name);
      if (service === undefined) continue;
      const load = {
        ...pair,
        service,
        services,
        cores,
        round: `${pair.work.name}-${String(round)}`,
      };
      samples[side].push(await measureSample(load, timing));
    }
  }
  return rowOf({ ...pair, peers, quoll: samples.quoll, rival: samples.rival });
}
