import type { Sample } from '../rivals/contest.ts';
import { comparisonOf, meetsAim, rowOf, type Row } from '../rivals/row.ts';
import { number } from '../rivals/table.ts';
import type { Pair } from '../rivals/works.ts';

/** One work beside the same rival, measured in the same turns: done by Quoll, and by what the platform alone gives. */
export interface FloorRow {
  readonly ours: Row;
  /** As if the floor were Quoll: its figures stand where Quoll's stand. */
  readonly floor: Row;
}

export function floorRowOf(
  pair: Pair & { readonly peers: 1 | 3 },
  samples: readonly (readonly Sample[])[],
): FloorRow {
  const [quoll = [], floor = [], rival = []] = samples;
  return {
    ours: rowOf({ ...pair, quoll, rival }),
    floor: rowOf({ ...pair, quoll: floor, rival }),
  };
}

export type Verdict = 'met' | 'out of reach' | 'in reach' | 'unknown';

/** An aim that the floor itself misses in Quoll's place can't be met by what is built upon the same. */
export function verdictOf({ ours, floor }: FloorRow): Verdict {
  if (comparisonOf(ours) === undefined) return 'unknown';
  if (meetsAim(ours) === true) return 'met';
  return meetsAim(floor) === false ? 'out of reach' : 'in reach';
}

/** The verdict and what it rests on. */
export function verdictText(row: FloorRow): string {
  const { ours, floor } = row;
  const verdict = verdictOf(row);
  const other = comparisonOf(floor);
  if (verdict === 'in reach') {
    if (isBound(row)) return 'not ruled out by the bound';
    const micros = ours.serverMicros.quoll - floor.serverMicros.quoll;
    return `in reach: ${number(micros)} µs of ours per answer${roomText(row)}`;
  }
  if (verdict !== 'out of reach' || other === undefined || ours.aim === null) return verdict;
  return other.ratio < ours.aim
    ? `out of reach: floor/rival ${other.ratio.toFixed(2)} < ${ours.aim.toFixed(1)}`
    : `out of reach: p99 of the floor ${number(floor.p99.quoll)} > ${number(other.p99Ms)} ms`;
}

/**
 * How much of the processor ours might take for each answer and meet the aim, if the rate grows as that falls. Nothing
 * where the rate is enough already, and the slowest are not.
 */
function roomText({ ours, floor }: FloorRow): string {
  const ratio = comparisonOf(ours)?.ratio ?? Number.NaN;
  if (ours.aim === null || ratio >= ours.aim) return ', p99 alone is not met';
  const micros = (ours.serverMicros.quoll * ratio) / ours.aim - floor.serverMicros.quoll;
  return micros > 0 ? `, ${number(micros)} would meet it` : '';
}

/** Computed from other measurements instead of measured. */
export function isBound({ floor }: FloorRow): boolean {
  return Number.isNaN(floor.p99.quoll);
}

/** ours/rival, floor/rival, ours/floor; NaN where nobody was there. */
export function ratiosOf({ ours, floor }: FloorRow): readonly [number, number, number] {
  return [
    comparisonOf(ours)?.ratio ?? Number.NaN,
    comparisonOf(floor)?.ratio ?? Number.NaN,
    ours.quoll / floor.quoll,
  ];
}
