import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BenchmarkOptions } from '../benchmark.ts';
import { describeMachine } from '../figures.ts';
import { rivalNames, versionOf } from './installed.ts';
import type { Plan } from './plan.ts';

const page = fileURLToPath(new URL('../../../../docs/performance.md', import.meta.url));

/** Writes the part of the page that is between the two marks of a benchmark. Gives the file. */
export function writeBetweenMarks(benchmark: string, lines: readonly string[]): string {
  const mark = (place: string): string => `<!-- npm run bench -- ${benchmark} --page: ${place} -->`;
  const [begin, end] = [mark('begin'), mark('end')];
  const old = readFileSync(page, 'utf8');
  const [from, to] = [old.indexOf(begin), old.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} lacks "${begin}" or "${end}" behind it`);
  writeFileSync(
    page,
    `${old.slice(0, from + begin.length)}\n${lines.join('\n')}\n${old.slice(to)}`,
  );
  return page;
}

/** When, where, of what and for how long. */
export function describeRun(plan: Plan, options: BenchmarkOptions): string {
  const { date, cores, model, memoryGiB, node, sqlite } = describeMachine();
  return (
    `${date}Z, ${String(cores)} cores (${model}), ${String(memoryGiB)} GiB, Node ${node}, SQLite ${sqlite}; ` +
    `${rivalVersions()}. ${String(plan.rounds)} rounds of ${String(plan.timing.measuredMs / 1_000)} s each side.` +
    provisional(options)
  );
}

function provisional({ isQuick, only }: BenchmarkOptions): string {
  if (only.length > 0) return ` **Not the whole: \`--only ${only.join(' --only ')}\`.**`;
  return isQuick ? ' **Taken with `--quick`: too short to mean anything.**' : '';
}

function rivalVersions(): string {
  const versions = rivalNames.flatMap((name) => versionOf(name) ?? []);
  return versions.length === 0 ? 'no rival is installed' : `of Debian: ${versions.join(', ')}`;
}
