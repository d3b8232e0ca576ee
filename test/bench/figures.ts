import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { SqliteConnection } from '../../src/adapters/sqlite/connection.ts';
import { processTicks, ticksPerSecond } from '../support/processor-time.ts';

export { cpuSecondsOf } from '../support/processor-time.ts';

/** One measured number, with all that is needed to take it again. */
export interface Figure {
  readonly benchmark: string;
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** How it was taken: peers, sizes, runs, connections. */
  readonly conditions: string;
}

/** What others did on the machine while a benchmark ran: a figure taken beside busy neighbours says little. */
export interface Noise {
  readonly benchmark: string;
  readonly seconds: number;
  /** Cores that processes not of this benchmark used, on average. */
  readonly foreignCores: number;
  /** Cores that the hypervisor gave to other machines, on average. */
  readonly stolenCores: number;
  readonly load: readonly number[];
}

export interface Machine {
  readonly cores: number;
  readonly model: string;
  readonly memoryGiB: number;
  readonly node: string;
  readonly sqlite: string;
  readonly date: string;
}

export interface BenchmarkReport {
  readonly machine: Machine;
  readonly figures: readonly Figure[];
  readonly noise: readonly Noise[];
}

export function describeMachine(): Machine {
  const memory = new SqliteConnection(':memory:', 0);
  const sqlite = String(memory.value('SELECT sqlite_version()'));
  memory.close();
  return {
    cores: availableParallelism(),
    model: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    sqlite,
    date: new Date().toISOString().slice(0, 16),
  };
}

interface CpuTicks {
  readonly busy: number;
  readonly stolen: number;
  readonly own: number;
}

/** Watches the machine from now on. `pids`: children that still run at the end; ended ones are counted anyway. */
export function watchNoise(benchmark: string): (pids: readonly number[]) => Noise {
  const before = cpuTicks([]);
  const startedAt = performance.now();
  return (pids) => {
    const after = cpuTicks(pids);
    const seconds = (performance.now() - startedAt) / 1_000;
    const cores = (ticks: number): number => Math.max(0, ticks / ticksPerSecond / seconds);
    return {
      benchmark,
      seconds,
      foreignCores: cores(after.busy - before.busy - (after.own - before.own)),
      stolenCores: cores(after.stolen - before.stolen),
      load: loadavg(),
    };
  };
}

/** Linux only; elsewhere all zero. */
function cpuTicks(pids: readonly number[]): CpuTicks {
  const [total = ''] = textOf('/proc/stat').split('\n', 1);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, stolen = 0] = total
    .split(/ +/)
    .slice(1)
    .map(Number);
  const own = processTicks('self', true) + sum(pids.map((pid) => processTicks(pid, false)));
  return { busy: user + nice + system + irq + softirq, stolen, own };
}

/** CPU seconds that all processes of the machine have used, and what the hypervisor gave to other machines. */
export function busySecondsOfMachine(): number {
  const { busy, stolen } = cpuTicks([]);
  return (busy + stolen) / ticksPerSecond;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Nearest rank: a value that really occurred. */
export function percentile(values: ArrayLike<number>, percent: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

export function formatReport({ machine, figures, noise }: BenchmarkReport): string {
  const { cores, model, memoryGiB, node, sqlite, date } = machine;
  const lines = [
    `${date}Z, ${String(cores)} cores (${model}), ${String(memoryGiB)} GiB, Node ${node}, SQLite ${sqlite}`,
  ];
  for (const { benchmark, seconds, foreignCores, stolenCores, load } of noise) {
    lines.push(
      '',
      `${benchmark} (${seconds.toFixed(0)} s; others used ${foreignCores.toFixed(2)} cores, ` +
        `stolen ${stolenCores.toFixed(2)}; load ${load.map((value) => value.toFixed(1)).join(' ')})`,
    );
    const own = figures.filter((figure) => figure.benchmark === benchmark);
    const width = Math.max(...own.map(({ what }) => what.length));
    let conditions = '';
    for (const figure of own) {
      if (figure.conditions !== conditions) lines.push(`  ${figure.conditions}`);
      conditions = figure.conditions;
      const value = formatValue(figure.value).padStart(10);
      lines.push(`    ${figure.what.padEnd(width)} ${value} ${figure.unit}`);
    }
  }
  return lines.join('\n');
}

function formatValue(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(value >= 10 ? 1 : 2);
}
