import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import type { Bench, Benchmark } from '../benchmark.ts';
import { median } from '../figures.ts';
import { measureRoundTrips, measureSyncs } from '../latency/floors.ts';
import { apart, leaderGigabits, together, type Prediction, type RequestCost } from './formulas.ts';
import { measureCosts } from './measured.ts';
import { simulateLatencies } from './simulated.ts';

const ensembles = [
  { voters: 1, observers: 0 },
  { voters: 3, observers: 0 },
  { voters: 5, observers: 0 },
  { voters: 7, observers: 0 },
  { voters: 3, observers: 30 },
];
const coresShared = [2, 4, 8, 16];

/** What this machine's costs give on others: measured, then computed, and latencies held against the simulator. */
export const model: Benchmark = {
  name: 'model',
  about:
    'costs by role and door, what they give on more cores, voters and ways; latency beside the simulator',
  isOnlyByName: true,
  async run(options, bench) {
    const isMeant = (part: string): boolean =>
      options.only.length === 0 || options.only.includes(part);
    if (isMeant('costs')) {
      const costs = await measureCosts(options, bench);
      showCosts(costs, bench);
      showRates(costs, bench);
      await showFloors(bench);
      bench.keep('costs', Object.fromEntries(costs));
    }
    if (isMeant('latency')) {
      const rows = await simulateLatencies(options.isQuick);
      bench.show(
        table(
          ['latency', 'simulator, ms', 'formula, ms'],
          rows.map((row) => [row.what, row.simulatedMs.toFixed(2), row.formulaMs.toFixed(2)]),
        ),
      );
      bench.keep('latencies', rows);
    }
  },
};

function showCosts(costs: ReadonlyMap<string, RequestCost>, bench: Bench): void {
  const head = [
    'µs of the main thread',
    'alone',
    'leader, asked',
    'leader, another asked',
    '+ each that follows',
    'writes in a batch',
    'follower, asked',
    'follower, another asked',
    'all threads and the load',
    'bytes to each',
  ];
  const rows = [...costs].map(([what, cost]) => [
    what,
    ...[cost.aloneUs, cost.leaderAskedUs, cost.leaderUs, cost.perLearnerUs, cost.batch].map(micros),
    ...[cost.learnerAskedUs, cost.learnerUs, cost.allUs].map(micros),
    cost.bytesPerLearner.toFixed(0),
  ]);
  bench.show(table(head, rows));
}

function showRates(costs: ReadonlyMap<string, RequestCost>, bench: Bench): void {
  const head = [
    'a second',
    ...coresShared.map((cores) => `3 voters on ${String(cores)} cores`),
    ...ensembles.map(
      ({ voters, observers }) =>
        `${String(voters)} voter${voters > 1 ? 's' : ''}${observers > 0 ? `, ${String(observers)} observers` : ''}, apart`,
    ),
  ];
  const rows = [...costs].map(([what, cost]) => [
    what,
    ...coresShared.map((cores) => rate(together(cost, cores))),
    ...ensembles.map((ensemble) => {
      const found = apart(cost, ensemble);
      const gigabits = leaderGigabits(cost, ensemble, found.perSecond);
      return gigabits < 0.1 ? rate(found) : `${rate(found)}, ${gigabits.toFixed(1)} Gbit/s`;
    }),
  ]);
  bench.show(table(head, rows));
}

async function showFloors(bench: Bench): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'quoll-model-'));
  try {
    const syncMs = median(measureSyncs(folder, 300)) / 1_000;
    const { p50 } = await measureRoundTrips(500);
    bench.show(
      `fdatasync ${syncMs.toFixed(2)} ms, round trip over loopback ${(p50 / 1_000).toFixed(2)} ms (medians)`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function rate({ perSecond, boundBy }: Prediction): string {
  return `${(perSecond / 1_000).toFixed(0)}k (${boundBy})`;
}

function micros(us: number): string {
  return us.toFixed(us < 10 ? 1 : 0);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, head.map(() => '---'), ...rows];
  return `\n${cells.map((row) => `| ${row.join(' | ')} |`).join('\n')}\n`;
}
