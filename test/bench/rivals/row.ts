import { sum } from '../figures.ts';
import type { Sample } from './contest.ts';
import type { RivalName } from './installed.ts';
import type { Concurrency, Work } from './works.ts';

/** Above this part of the machine's processor, others are said to have disturbed a measurement. */
export const disturbedShare = 0.1;
/** Above so much of a core, a load generator is said to have measured itself. */
export const boundCores = 0.9;

/** A figure of each that was measured; null for who was not. */
interface OfEach {
  readonly quoll: number;
  readonly zookeeper: number | null;
  readonly etcd: number | null;
}

/** One measurement: a work at one concurrency. Rates are answers per second, times ms, all of them medians of samples. */
export interface Row extends OfEach {
  readonly work: string;
  readonly peers: number;
  readonly concurrency: string;
  readonly ratioZookeeper: number | null;
  readonly ratioEtcd: number | null;
  readonly p50: OfEach;
  readonly p99: OfEach;
  /** Others took more than `disturbedShare`. */
  readonly disturbed: boolean;
  /** Of all processor, the part that others took on average, while the more disturbed of the two was measured. */
  readonly othersShare: number;
  /** CPU of all servers for each answer. */
  readonly serverMicros: OfEach;
  /** Cores that the load generator took. */
  readonly generatorCores: OfEach;
  /** The least ratio that is aimed at; null where there is no aim. */
  readonly aim: number | null;
  /** Rates of all samples, in the order in which they were taken. */
  readonly samples: { readonly quoll: readonly number[]; readonly rival: readonly number[] };
}

export function rowOf(measured: {
  readonly work: Work;
  readonly concurrency: Concurrency;
  readonly peers: 1 | 3;
  readonly quoll: readonly Sample[];
  /** Empty when it is not installed. */
  readonly rival: readonly Sample[];
}): Row {
  const { work, concurrency, peers, quoll, rival } = measured;
  const othersShare = Math.max(meanShare(quoll), meanShare(rival));
  const each = (field: keyof Sample): OfEach => {
    const other = rival.length === 0 ? null : middle(rival.map((sample) => sample[field]));
    return {
      quoll: middle(quoll.map((sample) => sample[field])),
      zookeeper: work.rival === 'ZooKeeper' ? other : null,
      etcd: work.rival === 'etcd' ? other : null,
    };
  };
  const rates = each('perSecond');
  return {
    work: work.name,
    peers,
    concurrency: concurrency.name,
    quoll: rates.quoll,
    zookeeper: rates.zookeeper,
    etcd: rates.etcd,
    ratioZookeeper: ratio(rates.quoll, rates.zookeeper),
    ratioEtcd: ratio(rates.quoll, rates.etcd),
    p50: each('p50Ms'),
    p99: each('p99Ms'),
    disturbed: othersShare > disturbedShare,
    othersShare,
    serverMicros: each('serverMicros'),
    generatorCores: each('generatorCores'),
    aim: concurrency.aims[peers] ?? null,
    samples: {
      quoll: quoll.map(({ perSecond }) => perSecond),
      rival: rival.map(({ perSecond }) => perSecond),
    },
  };
}

function meanShare(samples: readonly Sample[]): number {
  return sum(samples.map((sample) => sample.othersShare)) / Math.max(1, samples.length);
}

/** That of the two in the middle, when there are two. */
function middle(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(at)] ?? Number.NaN) + (sorted[Math.ceil(at)] ?? Number.NaN)) / 2;
}

function ratio(ours: number, theirs: number | null): number | null {
  return theirs === null ? null : ours / theirs;
}

/** What a row has to say of whoever it is compared with; undefined when nobody was there. */
export interface Comparison {
  readonly rival: RivalName;
  readonly ratio: number;
  readonly rate: number;
  readonly p99Ms: number;
  readonly generatorCores: number;
}

export function comparisonOf(row: Row): Comparison | undefined {
  const key = row.ratioEtcd === null ? 'zookeeper' : 'etcd';
  const rate = row[key];
  const p99Ms = row.p99[key];
  const generatorCores = row.generatorCores[key];
  if (rate === null || p99Ms === null || generatorCores === null) return undefined;
  const rival = key === 'etcd' ? 'etcd' : 'ZooKeeper';
  return { rival, ratio: row.quoll / rate, rate, p99Ms, generatorCores };
}

/** The aim, and that writes are not slower at their slowest. Undefined where nothing is aimed at, or nobody was there. */
export function meetsAim(row: Row): boolean | undefined {
  const other = comparisonOf(row);
  if (row.aim === null || other === undefined) return undefined;
  const isWrite = !row.work.endsWith('-get') && !row.work.endsWith('-lock');
  return other.ratio >= row.aim && (!isWrite || row.p99.quoll <= other.p99Ms);
}
