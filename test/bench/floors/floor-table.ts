import type { BenchmarkOptions } from '../benchmark.ts';
import { describeRun, writeBetweenMarks } from '../rivals/marked-page.ts';
import type { Plan } from '../rivals/plan.ts';
import { boundCores, comparisonOf, disturbedShare } from '../rivals/row.ts';
import { number, percent, rate } from '../rivals/table.ts';
import {
  isBound,
  ratiosOf,
  verdictOf,
  verdictText,
  type FloorRow,
  type Verdict,
} from './floor-row.ts';
import { threadsTable, type ThreadsRow } from './threads.ts';

const heads = ['rates, /s', 'CPU, µs', 'p99, ms', 'of rival', 'floor’s', 'of floor', 'aim'];

/** For a terminal. */
export function formatFloorRows(rows: readonly FloorRow[]): string {
  const cells = [['work', ...heads, 'verdict'], ...rows.map(cellsOf)];
  const widths = heads.map((_, column) =>
    Math.max(...cells.map((row) => row[column + 1]?.length ?? 0)),
  );
  const lines = cells.map(([work = '', ...row]) =>
    [
      work.padEnd(Math.max(...cells.map(([name = '']) => name.length))),
      ...row.map((cell, column) => cell.padStart(widths[column] ?? 0)),
    ].join('  '),
  );
  return [...lines, '', ...legend, verdictsOf(rows)].join('\n');
}

/** One line for whoever waits. */
export function formatFloorRow(row: FloorRow): string {
  const [work, rates, , , ofRival, floorOfRival] = cellsOf(row);
  return `${String(work)}: ${String(rates)} /s, ${String(ofRival)}, floor ${String(floorOfRival)}: ${verdictText(row)}`;
}

/** Gives the file. */
export function writeFloorPage(measured: {
  readonly rows: readonly FloorRow[];
  readonly threads: readonly ThreadsRow[];
  readonly plan: Plan;
  readonly options: BenchmarkOptions;
}): string {
  const { rows, threads, plan, options } = measured;
  return writeBetweenMarks('floors', [
    '',
    describeRun(plan, options),
    verdictsOf(rows),
    '',
    `| work | ${heads.join(' | ')} | verdict |`,
    `|${'---|'.repeat(heads.length + 2)}`,
    ...rows.map((row) => `| ${cellsOf(row).join(' | ')} |`),
    '',
    ...legend,
    '',
    ...threadsTable(threads),
  ]);
}

const legend = [
  'Three figures are Quoll’s / the floor’s / the rival’s, medians of all rounds; CPU is that of all server processes for each',
  'answer. `of rival`: Quoll’s rate as a ratio of the rival’s; `floor’s`: the floor’s; `of floor`: Quoll’s as a ratio of the',
  'floor’s. ≤: a bound that was computed. **!**: others took more than ' +
    percent(disturbedShare) +
    ' of the processor.',
];

function cellsOf(row: FloorRow): string[] {
  const { ours, floor } = row;
  const other = comparisonOf(ours);
  const rivalMicros = ours.serverMicros.etcd ?? ours.serverMicros.zookeeper ?? Number.NaN;
  const bound = isBound(row) ? '≤ ' : '';
  const [ofRival, floorOfRival, ofFloor] = ratiosOf(row).map((ratio) =>
    Number.isFinite(ratio) ? ratio.toFixed(2) : '—',
  );
  const peers = `${String(ours.peers)} ${ours.peers === 1 ? 'peer' : 'peers'}`;
  const isDisturbed = ours.disturbed || floor.disturbed;
  const isLoadBound = floor.generatorCores.quoll > boundCores;
  return [
    `${ours.work} ${ours.concurrency}, ${peers}${isLoadBound ? ' \\*' : ''}${isDisturbed ? ' **!**' : ''}`,
    `${rate(ours.quoll)} / ${bound}${rate(floor.quoll)} / ${rate(other?.rate ?? Number.NaN)}`,
    [ours.serverMicros.quoll, floor.serverMicros.quoll, rivalMicros].map(number).join(' / '),
    [ours.p99.quoll, floor.p99.quoll, other?.p99Ms ?? Number.NaN].map(number).join(' / '),
    ofRival ?? '',
    `${bound}${floorOfRival ?? ''}`,
    ofFloor ?? '',
    ours.aim === null ? '' : `≥ ${ours.aim.toFixed(1)}`,
    verdictText(row),
  ];
}

function verdictsOf(rows: readonly FloorRow[]): string {
  const count = (verdict: Verdict): string =>
    String(rows.filter((row) => verdictOf(row) === verdict).length);
  return `Of ${String(rows.length)} aims, ${count('met')} are met, ${count('out of reach')} out of reach and ${count('in reach')} in reach.`;
}
