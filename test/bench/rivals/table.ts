import type { Ceiling } from './ceilings.ts';
import { boundCores, comparisonOf, disturbedShare, meetsAim, type Row } from './row.ts';

const heads = [
  ...['work', 'peers', 'at', 'Quoll /s', 'rival /s', 'ratio', 'aim', 'p99 ms', 'rival’s'],
  ...['µs', 'rival’s', 'load', 'others'],
];

/** For a terminal. */
export function formatRows(rows: readonly Row[]): string {
  const cells = [heads, ...rows.map(cellsOf)];
  const widths = heads.map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  const lines = cells.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
  return [...lines, '', ...legend()].join('\n');
}

function legend(): string[] {
  return [
    'Rates and times are medians of all rounds. p99 ms: at the 99th percentile. µs: CPU of all servers for each answer.',
    'aim: + met, - not met; of writes, the p99 must not be above the rival’s either. load: cores of the load generator,',
    `* above ${String(boundCores)}, where it may have measured itself. others: their part of the processor, ! above ` +
      `${percent(disturbedShare)}, where the row says little.`,
  ];
}

function cellsOf(row: Row): string[] {
  const other = comparisonOf(row);
  const cores = Math.max(row.generatorCores.quoll, other?.generatorCores ?? 0);
  const met = meetsAim(row);
  const rivalMicros = row.serverMicros.etcd ?? row.serverMicros.zookeeper;
  return [
    row.work,
    String(row.peers),
    row.concurrency,
    rate(row.quoll),
    other === undefined ? '-' : rate(other.rate),
    other === undefined ? '-' : other.ratio.toFixed(2),
    row.aim === null ? '' : `${row.aim.toFixed(1)}${met === undefined ? '' : met ? ' +' : ' -'}`,
    number(row.p99.quoll),
    other === undefined ? '-' : number(other.p99Ms),
    number(row.serverMicros.quoll),
    rivalMicros === null ? '-' : number(rivalMicros),
    `${cores.toFixed(2)}${cores > boundCores ? '*' : ''}`,
    `${percent(row.othersShare)}${row.disturbed ? '!' : ''}`,
  ];
}

/** One line for whoever waits. */
export function formatRow(row: Row): string {
  const [work, peers, concurrency, quoll, rival, ratio] = cellsOf(row);
  return [
    `${String(work)} ${String(concurrency)}, ${String(peers)} peer(s):`,
    `${String(quoll)} of ours, ${String(rival)} of the rival, ratio ${String(ratio)}`,
    row.disturbed ? `(others took ${percent(row.othersShare)})` : '',
  ].join(' ');
}

export function formatCeilings(ceilings: readonly Ceiling[]): string {
  return [
    'The load generator alone, against a server that answers everything at once:',
    ...ceilings.map(({ protocol, kind, concurrency, perSecond, micros }) =>
      [
        `  ${`${protocol} ${kind}`.padEnd(14)} ${concurrency.padStart(6)}`,
        `${rate(perSecond).padStart(9)} /s`,
        `${micros.toFixed(1).padStart(6)} µs of CPU a request`,
        `${rate(1e6 / micros).padStart(9)} /s with a core of its own`,
      ].join('  '),
    ),
  ].join('\n');
}

export function rate(value: number): string {
  if (!Number.isFinite(value)) return '—';
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(1);
}

export function number(value: number): string {
  if (!Number.isFinite(value)) return '—';
  return value >= 100 ? rate(value) : value.toFixed(value >= 10 ? 1 : 2);
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
