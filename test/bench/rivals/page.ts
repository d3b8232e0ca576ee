import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BenchmarkOptions } from '../benchmark.ts';
import type { Ceiling } from './ceilings.ts';
import { describeRun, writeBetweenMarks } from './marked-page.ts';
import { drawRatios } from './picture.ts';
import type { Plan } from './plan.ts';
import { boundCores, comparisonOf, disturbedShare, meetsAim, type Row } from './row.ts';
import { number, percent, rate } from './table.ts';

const picture = fileURLToPath(new URL('../../../../docs/performance.svg', import.meta.url));

/** Draws the picture, and writes the part of the page that is between the two marks. Gives the files. */
export function writePage(measured: {
  readonly rows: readonly Row[];
  readonly ceilings: readonly Ceiling[];
  readonly plan: Plan;
  readonly options: BenchmarkOptions;
}): string[] {
  const page = writeBetweenMarks('rivals', sectionOf(measured));
  writeFileSync(picture, drawRatios(measured.rows));
  return [page, picture];
}

function sectionOf({ rows, ceilings, plan, options }: Parameters<typeof writePage>[0]): string[] {
  const disturbed = rows.filter((row) => row.disturbed).length;
  const aimed = rows.filter((row) => meetsAim(row) !== undefined);
  const met = aimed.filter((row) => meetsAim(row) === true).length;
  return [
    '',
    describeRun(plan, options),
    `${String(met)} of ${String(aimed.length)} aims are met. Others disturbed ${String(disturbed)} of ${String(rows.length)} rows.`,
    '',
    '![Rates of Quoll, as ratios of those of ZooKeeper and etcd](performance.svg)',
    '',
    ...[1, 3].flatMap((peers) => tableOf(rows, peers)),
    '`p99`: Quoll’s / the rival’s, in ms. `CPU`: of all servers, in µs for each answer, Quoll’s / the rival’s. `load`: cores',
    `that the load generator took at most; \\* above ${String(boundCores)}. \`others\`: their part of the processor; **!** above ` +
      `${percent(disturbedShare)}, and then the row says little.`,
    '',
    'The load generator alone, against a server that answers everything at once:',
    '',
    '| load | rate, /s | CPU a request, µs | with a core of its own, /s |',
    '|---|---|---|---|',
    ...ceilings.map(
      ({ protocol, kind, concurrency, perSecond, micros }) =>
        `| ${protocol} ${kind} ${concurrency} | ${rate(perSecond)} | ${micros.toFixed(1)} | ${rate(1e6 / micros)} |`,
    ),
    '',
  ];
}

function tableOf(rows: readonly Row[], peers: number): string[] {
  const own = rows.filter((row) => row.peers === peers);
  if (own.length === 0) return [];
  return [
    `| ${String(peers)} ${peers === 1 ? 'peer' : 'peers'} | Quoll, /s | rival, /s | ratio | aim | p99 | CPU | load | others |`,
    '|---|---|---|---|---|---|---|---|---|',
    ...own.map(lineOf),
    '',
  ];
}

function lineOf(row: Row): string {
  const other = comparisonOf(row);
  const cores = Math.max(row.generatorCores.quoll, other?.generatorCores ?? 0);
  const rivalMicros = row.serverMicros.etcd ?? row.serverMicros.zookeeper;
  const cells = [
    `\`${row.work}\` ${row.concurrency}`,
    rate(row.quoll),
    other === undefined ? '—' : `${rate(other.rate)} ${other.rival}`,
    other === undefined ? '—' : `**${other.ratio.toFixed(2)}**`,
    aimOf(row),
    `${number(row.p99.quoll)} / ${other === undefined ? '—' : number(other.p99Ms)}`,
    `${number(row.serverMicros.quoll)} / ${rivalMicros === null ? '—' : number(rivalMicros)}`,
    `${cores.toFixed(2)}${cores > boundCores ? ' \\*' : ''}`,
    `${percent(row.othersShare)}${row.disturbed ? ' **!**' : ''}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

function aimOf(row: Row): string {
  if (row.aim === null) return '';
  const met = meetsAim(row);
  return `≥ ${row.aim.toFixed(1)}${met === undefined ? '' : met ? ' ✓' : ' ✗'}`;
}
