// node dist/test/bench/bench-main.js [name…] [--quick] [--runs N] [--seconds N] [--line 'key=value'] [--rivals] [--json FILE]

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Bench, Benchmark, BenchmarkOptions } from './benchmark.ts';
import { failover, failoverStop } from './failover.ts';
import { fanout } from './fanout.ts';
import {
  describeMachine,
  formatReport,
  watchNoise,
  type BenchmarkReport,
  type Figure,
  type Noise,
} from './figures.ts';
import { memory, restart, stall, stopLarge } from './large.ts';
import { locks } from './locks.ts';
import { store, tree } from './printed.ts';
import { profile } from './profile.ts';
import { rest } from './rest.ts';
import { sim } from './sim.ts';
import { zookeeper } from './zookeeper.ts';

const benchmarks: readonly Benchmark[] = [
  failover,
  failoverStop,
  rest,
  zookeeper,
  fanout,
  locks,
  memory,
  restart,
  stall,
  sim,
  tree,
  store,
  profile,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    runs: { type: 'string' },
    seconds: { type: 'string' },
    line: { type: 'string', multiple: true, default: [] },
    rivals: { type: 'boolean', default: false },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  const unknown = positionals.filter((name) => !benchmarks.some((one) => one.name === name));
  if (values.help || unknown.length > 0) {
    print(usage());
    return unknown.length > 0 ? 64 : 0;
  }
  const options: BenchmarkOptions = {
    isQuick: values.quick,
    runs: Number(values.runs ?? (values.quick ? 2 : 20)),
    seconds: Number(values.seconds ?? (values.quick ? 1 : 8)),
    lines: values.line,
    hasRivals: values.rivals,
  };
  const figures: Figure[] = [];
  const noise: Noise[] = [];
  const report: BenchmarkReport = { machine: describeMachine(), figures, noise };
  let failures = 0;
  for (const benchmark of benchmarks) {
    const isMeant =
      positionals.length > 0
        ? positionals.includes(benchmark.name)
        : benchmark.isOnlyByName !== true;
    if (!isMeant) continue;
    const stopWatching = watchNoise(benchmark.name);
    const pids: number[] = [];
    try {
      await benchmark.run(options, benchOf(benchmark, figures, pids));
    } catch (error) {
      failures++;
      print(
        `${benchmark.name}: FAILED: ${error instanceof Error ? String(error.stack) : String(error)}`,
      );
    }
    noise.push(stopWatching(pids));
  }
  await stopLarge();
  print(`\n${formatReport(report)}`);
  if (values.quick) print('\n--quick: too small and too short to mean anything.');
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  return failures === 0 ? 0 : 1;
}

function benchOf(benchmark: Benchmark, figures: Figure[], pids: number[]): Bench {
  return {
    add: (figure) => figures.push({ benchmark: benchmark.name, ...figure }),
    progress: (line) => {
      process.stderr.write(`${benchmark.name}: ${line}\n`);
    },
    runsOn: (pid) => pids.push(pid),
  };
}

function usage(): string {
  return [
    'npm run bench -- [name…] [--runs N] [--seconds N] [--quick] [--rivals] [--json FILE] [--line KEY=VALUE]',
    '',
    ...benchmarks.map(({ name, about }) => `  ${name.padEnd(14)} ${about}`),
    '',
    'Without a name, all but tree, store and profile. --runs: faults injected, or rounds of fanout (20). --seconds: of each load (8).',
    "--line: a line more for the peers' zoo.cfg. --rivals: fanout, locks and zookeeper measure the others too.",
  ].join('\n');
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
