import type { Bench, Benchmark, BenchmarkOptions } from '../benchmark.ts';
import { planOf, type Plan } from '../rivals/plan.ts';
import { inTurns, sideOf, startSideBySide, warmUp, type Side } from '../rivals/turns.ts';
import { noneWanted, pairsOf, sizes, type Pair } from '../rivals/works.ts';
import type { RunningService } from '../services.ts';
import { floorRowOf, type FloorRow } from './floor-row.ts';
import { floorName, startFloor } from './floor-service.ts';
import { formatFloorRow, formatFloorRows, writeFloorPage } from './floor-table.ts';
import { lockSideOf } from './lock-bound.ts';
import { measureThreads, threadsTable, type ThreadsRow } from './threads.ts';

/** So that all of it takes less than ten minutes. */
const roundsByDefault = 2;
const secondsByDefault = 2;
const warmUpMs = 500;
/** In advance, of each work: a JVM takes its time until it has compiled what is asked of it. */
const firstWarmUpMs = 2_000;

export const floors: Benchmark = {
  name: 'floors',
  about: 'what bare Node gives at each work that has an aim, beside Quoll and the rival',
  isOnlyByName: true,
  async run(options, bench) {
    const plan = floorPlanOf(options);
    const rows: FloorRow[] = [];
    const threads: ThreadsRow[] = [];
    const failed: string[] = [];
    let wanted = 0;
    for (const peers of sizes) {
      const pairs = aimedPairsOf(peers, options.only);
      wanted += pairs.length;
      if (pairs.length === 0) continue;
      // What was measured is shown, whatever comes of the rest.
      await measureAll({ pairs, peers, plan, rows, threads }, options, bench).catch(
        (error: unknown) => failed.push(`${String(peers)} peer(s): ${String(error)}`),
      );
    }
    if (wanted === 0) throw noneWanted(options.only);
    bench.show(`\n${formatFloorRows(rows)}`);
    bench.show(`\n${threadsTable(threads).join('\n')}`);
    bench.keep('floors', rows);
    bench.keep('threads', threads);
    if (options.isForPage) {
      bench.progress(`wrote ${writeFloorPage({ rows, threads, plan, options })}`);
    }
    if (failed.length > 0) throw new Error(`not measured:\n${failed.join('\n')}`);
  },
};

interface FloorPlan extends Plan {
  readonly firstWarmUpMs: number;
}

function floorPlanOf(options: BenchmarkOptions): FloorPlan {
  const { isQuick, asked } = options;
  const plan = planOf(options);
  if (isQuick) return { ...plan, firstWarmUpMs: plan.timing.warmUpMs };
  const measuredMs = (asked.seconds ?? secondsByDefault) * 1_000;
  const timing = { ...plan.timing, warmUpMs, measuredMs };
  return { ...plan, rounds: asked.runs ?? roundsByDefault, timing, firstWarmUpMs };
}

function aimedPairsOf(peers: 1 | 3, only: readonly string[]): Pair[] {
  return pairsOf(peers, only).filter(({ concurrency }) => concurrency.aims[peers] !== undefined);
}

async function measureAll(
  load: {
    readonly pairs: readonly Pair[];
    readonly peers: 1 | 3;
    readonly plan: FloorPlan;
    readonly rows: FloorRow[];
    readonly threads: ThreadsRow[];
  },
  options: BenchmarkOptions,
  bench: Bench,
): Promise<void> {
  const { pairs, peers, plan, rows, threads } = load;
  const services: RunningService[] = [];
  try {
    await startSideBySide({ pairs, peers }, services, options, bench);
    services.push(await startFloor(peers));
    const sidesOf = (pair: Pair): Side[] =>
      ['Quoll', floorName, pair.work.rival].flatMap((name) => {
        const service = services.find((one) => one.name === name);
        if (service === undefined) return [];
        const isComputed = name === floorName && pair.work.what === 'lock';
        return (isComputed ? lockSideOf : sideOf)(pair, service, services);
      });
    await warmUp(pairs, sidesOf, { ...plan.timing, warmUpMs: plan.firstWarmUpMs });
    for (const pair of pairs) {
      const row = floorRowOf({ ...pair, peers }, await inTurns(sidesOf(pair), plan));
      rows.push(row);
      bench.progress(formatFloorRow(row));
    }
    if (
      pairs.some(
        ({ work, concurrency }) => work.name === 'zookeeper-set' && concurrency.name === '1x1',
      )
    ) {
      threads.push(...(await measureThreads(services, plan.timing)));
    }
  } finally {
    for (const service of services) await service.stop();
  }
}
