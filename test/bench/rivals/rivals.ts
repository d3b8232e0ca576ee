import type { Bench, Benchmark, BenchmarkOptions } from '../benchmark.ts';
import { sum } from '../figures.ts';
import type { RunningService } from '../services.ts';
import { measureCeilings } from './ceilings.ts';
import { writePage } from './page.ts';
import { Pace, planOf } from './plan.ts';
import { rowOf, type Row } from './row.ts';
import { formatCeilings, formatRow, formatRows } from './table.ts';
import { inTurns, sideOf, startSideBySide, warmUp, type Side } from './turns.ts';
import { noneWanted, pairsOf, sizes, type Pair } from './works.ts';

export const rivals: Benchmark = {
  name: 'rivals',
  about: 'every door beside ZooKeeper and etcd in the same run: rates, p99, ratios, aims',
  isOnlyByName: true,
  async run(options, bench) {
    const plan = planOf(options);
    const pairsInAll = sum(sizes.map((peers) => pairsOf(peers, options.only).length));
    if (pairsInAll === 0) throw noneWanted(options.only);
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
    await startSideBySide({ pairs, peers }, services, options, bench);
    const sidesOf = ({ work, concurrency }: Pair): Side[] =>
      ['Quoll', work.rival].flatMap((name) => {
        const service = services.find((one) => one.name === name);
        return service === undefined ? [] : sideOf({ work, concurrency }, service, services);
      });
    await warmUp(pairs, sidesOf, pace.plan.timing);
    for (const pair of pairs) {
      try {
        const [quoll = [], rival = []] = await inTurns(sidesOf(pair), pace.next());
        const row = rowOf({ ...pair, peers, quoll, rival });
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
