// node dist/test/bench/bench-main.js [name…] [--quick] [--runs N] [--seconds N] [--line 'key=value'] [--rivals]
//   [--only NAME] [--json FILE] [--page]

import { writeFileSync } from 'node:fs';
import { programArguments, wrongUsage } from '../support/program/program-arguments.ts';
import type { Bench, Benchmark, BenchmarkOptions } from './benchmark.ts';
import { copies } from './copies/copies.ts';
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
import { floors } from './floors/floors.ts';
import { memory, restart, stall, stopLarge } from './large.ts';
import { handOver } from './hand-over.ts';
import { growth } from './growth/growth.ts';
import { latency } from './latency/latency.ts';
import { locks } from './locks.ts';
import { model } from './model/model.ts';
import { grants, store, tree } from './printed.ts';
import { profile } from './profile.ts';
import { rest } from './rest.ts';
import { rivals } from './rivals/rivals.ts';
import { sim } from './sim.ts';
import { tls } from './tls.ts';
import { zookeeper } from './zookeeper.ts';

const benchmarks: readonly Benchmark[] = [
  failover,
  failoverStop,
  handOver,
  rest,
  zookeeper,
  tls,
  fanout,
  locks,
  memory,
  restart,
  stall,
  copies,
  sim,
  rivals,
  floors,
  latency,
  growth,
  model,
  tree,
  store,
  grants,
  profile,
];

const { values, positionals } = programArguments(usage(), {
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    runs: { type: 'string' },
    seconds: { type: 'string' },
    line: { type: 'string', multiple: true, default: [] },
    rivals: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    page: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  const unknown = positionals.filter((name) => !benchmarks.some((one) => one.name === name));
  if (unknown.length > 0) {
    print(usage());
    return wrongUsage;
  }
  const options: BenchmarkOptions = {
    isQuick: values.quick,
    runs: Number(values.runs ?? (values.quick ? 2 : 20)),
    seconds: Number(values.seconds ?? (values.quick ? 1 : 8)),
    lines: values.line,
    hasRivals: values.rivals,
    asked: { runs: numberOr(values.runs), seconds: numberOr(values.seconds) },
    only: values.only,
    isForPage: values.page,
  };
  const figures: Figure[] = [];
  const noise: Noise[] = [];
  const kept = new Map<string, unknown>();
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
      await benchmark.run(options, benchOf(benchmark, { figures, pids, kept }));
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
  if (values.json !== undefined) {
    const whole = { ...report, ...Object.fromEntries(kept) };
    writeFileSync(values.json, `${JSON.stringify(whole, null, 2)}\n`);
  }
  return failures === 0 ? 0 : 1;
}

function benchOf(
  benchmark: Benchmark,
  to: { readonly figures: Figure[]; readonly pids: number[]; readonly kept: Map<string, unknown> },
): Bench {
  const { figures, pids, kept } = to;
  return {
    show: print,
    keep: (name, value) => kept.set(name, value),
    add: (figure) => figures.push({ benchmark: benchmark.name, ...figure }),
    progress: (line) => {
      process.stderr.write(`${benchmark.name}: ${line}\n`);
    },
    runsOn: (pid) => pids.push(pid),
  };
}

function numberOr(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function usage(): string {
  return [
    'npm run bench -- [name…] [--runs N] [--seconds N] [--quick] [--rivals] [--only NAME] [--json FILE] [--page]',
    '                 [--line KEY=VALUE]',
    '',
    ...benchmarks.map(({ name, about }) => `  ${name.padEnd(14)} ${about}`),
    '',
    'Without a name, all but floors, growth, latency, model, profile, rivals, tree and store. --runs: faults injected, or rounds of fanout (20).',
    '--seconds: of each load (8). rivals has its own: 3 rounds of 5 s, floors 2 of 2 s. --only: of both, what to measure:',
    'zookeeper-set, get, http, grpc-set:8x8, 1peer; of growth: znodes, children, sessions; of profile: http, set,',
    '"grpc, get". --page: rivals and floors write their parts of docs/performance.md.',
    "--line: a line more for the peers' zoo.cfg. --rivals: fanout, locks and zookeeper measure the others too.",
  ].join('\n');
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
