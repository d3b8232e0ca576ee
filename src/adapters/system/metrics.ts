import { collectDefaultMetrics, Registry } from 'prom-client';
import { broken } from '../../base/assert.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Metrics } from '../../ports/metrics.ts';
import {
  exportedName,
  formerName,
  isOfTime,
  metricTable,
  type MetricDescription,
  type MetricName,
} from './metric-table.ts';

export interface SystemMetrics extends Metrics {
  /** In Prometheus's text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** What a peer is told before it tells of itself. */
export interface MetricsTold {
  readonly version: string;
  /** Figures are told under their former names, too. */
  readonly hasFormerNames: boolean;
}

/** Of one counter, gauge or histogram: what a request moves is a number in place, and text is made when it is asked for. */
interface Instrument {
  readonly kind: MetricDescription['kind'];
  readonly name: MetricName;
  readonly help: string;
  /** Of a histogram: the upper bound of each bucket. */
  readonly bounds: readonly number[];
  /** By what the caller names it; without labels there is one, named by nothing. */
  readonly series: ReadonlyMap<string, Series>;
  /** That which is named by nothing. */
  readonly sole: Series | undefined;
}

/** One figure of an instrument. */
interface Series {
  /** As they are shown: `door="http",operation="read"`. */
  readonly labels: string;
  /** Of a counter or gauge, or the sum of what a histogram observed. */
  value: number;
  /** It is shown: one without labels is from the start. */
  isSet: boolean;
  /** Of a histogram: how many observations fell into each bucket, or above all at the end. */
  readonly counts: Float64Array;
}

/**
 * Of this process, so of all of its peers. Kept once it is there: what it listens to (gc, the loop) can't be let go.
 */
let ofProcess: Registry | undefined;

function processRegistry(): Registry {
  if (ofProcess === undefined) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}

/** What the system says of the process it may refuse to say, with no descriptor left for instance. */
async function ofProcessText(shared: Registry): Promise<string> {
  try {
    return await shared.metrics();
  } catch (error) {
    return `# of the process nothing can be told now: ${String(error).replaceAll('\n', ' ')}\n`;
  }
}

/**
 * Makes metrics on a registry of their own: two peers in one process don't share their numbers, but for the process's
 * own.
 */
export function createMetrics({ version, hasFormerNames }: MetricsTold): SystemMetrics {
  const shared = processRegistry();
  const instruments = new Map<string, Instrument>();
  for (const name of Object.keys(metricTable) as MetricName[]) {
    instruments.set(name, makeInstrument(name));
  }
  const build = `version="${version}",node="${process.versions.node}"`;
  instruments.set('build_info', {
    ...makeInstrument('build_info'),
    series: new Map([['', { labels: build, value: 1, isSet: true, counts: new Float64Array(1) }]]),
  });
  const find = (name: string): Instrument => {
    const instrument = instruments.get(name);
    if (instrument === undefined) throw broken('every metric stands in the table', { name });
    return instrument;
  };
  return {
    count(name, by = 1) {
      const instrument = find(name);
      if (instrument.kind !== 'counter') throw broken('only counters count', { name });
      seriesOf(instrument).value += by;
    },
    gauge(name, value, series) {
      const instrument = find(name);
      if (instrument.kind !== 'gauge') throw broken('only gauges are set', { name });
      const figure = seriesOf(instrument, series);
      figure.value = value;
      figure.isSet = true;
    },
    observe(name, value, series) {
      const instrument = find(name);
      if (instrument.kind !== 'histogram') throw broken('only histograms observe', { name });
      const { bounds } = instrument;
      const figure = seriesOf(instrument, series);
      const { counts } = figure;
      let bucket = 0;
      while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket++;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      figure.value += value;
      figure.isSet = true;
    },
    text: async () => {
      const own: string[] = [];
      for (const instrument of instruments.values()) {
        own.push(textOf(instrument));
        if (hasFormerNames) own.push(...formerTextOf(instrument));
      }
      return `${own.join('\n')}\n${await ofProcessText(shared)}`;
    },
    contentType: shared.contentType,
  };
}

/**
 * Gives metrics that do what `metrics` do, and never throw: a figure that can't be told is logged, once for each name, and
 * left out. What is known of the process may be what fails at a scrape; the rest is told then.
 */
export function harmlessMetrics(metrics: SystemMetrics, logger: Logger): SystemMetrics {
  const told = new Set<string>();
  const failed = (name: string, cause: unknown): void => {
    if (told.has(name)) return;
    told.add(name);
    logger.log('error', 'metricFailed', { name, cause: String(cause) });
  };
  return {
    ...metrics,
    count(name, by = 1) {
      try {
        metrics.count(name, figure(by));
      } catch (error) {
        failed(name, error);
      }
    },
    gauge(name, value, series) {
      try {
        metrics.gauge(name, figure(value), series);
      } catch (error) {
        failed(name, error);
      }
    },
    observe(name, value, series) {
      try {
        metrics.observe(name, figure(value), series);
      } catch (error) {
        failed(name, error);
      }
    },
  };
}

/** One that is none would stand in for all that was counted before, for good. */
function figure(value: number): number {
  if (!Number.isFinite(value)) throw new RangeError(`${String(value)} is no figure`);
  return value;
}

function makeInstrument(name: MetricName): Instrument {
  const { kind, help, buckets = [], labels }: MetricDescription = metricTable[name];
  const series = new Map<string, Series>();
  for (const values of combinations(Object.values(labels ?? {}))) {
    const shown = Object.keys(labels ?? {}).map((label, at) => `${label}="${values[at] ?? ''}"`);
    series.set(values.join(','), {
      labels: shown.join(','),
      value: 0,
      isSet: labels === undefined,
      counts: new Float64Array(buckets.length + 1),
    });
  }
  return { kind, name, help, bounds: buckets, series, sole: series.get('') };
}

/** Of each list one, in all ways; of no lists nothing, in one way. */
function combinations(lists: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return lists.reduce<readonly (readonly string[])[]>(
    (before, list) => before.flatMap((begun) => list.map((value) => [...begun, value])),
    [[]],
  );
}

function seriesOf({ name, series, sole }: Instrument, named?: string): Series {
  const found = named === undefined ? sole : series.get(named);
  if (found === undefined) {
    throw broken('every series stands in the table', { name, series: named ?? '' });
  }
  return found;
}

interface Shown {
  readonly name: string;
  readonly help: string;
  /** What a figure is divided by: base units are told. */
  readonly divisor: number;
}

function textOf(instrument: Instrument): string {
  const { name, help } = instrument;
  return textAs(instrument, {
    name: exportedName(name),
    help,
    divisor: isOfTime(name) ? 1_000 : 1,
  });
}

/** As the version before told it, where that was otherwise. */
function formerTextOf(instrument: Instrument): string[] {
  const name = formerName(instrument.name);
  if (name === undefined) return [];
  const help = `deprecated: use ${exportedName(instrument.name)}`;
  return [textAs(instrument, { name, help, divisor: 1 })];
}

/** In Prometheus's text format, with an empty line at its end. */
function textAs({ kind, bounds, series }: Instrument, { name, help, divisor }: Shown): string {
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`];
  for (const { labels, value, isSet, counts } of series.values()) {
    if (!isSet) continue;
    const braced = labels === '' ? '' : `{${labels}}`;
    if (kind !== 'histogram') {
      lines.push(`${name}${braced} ${String(value / divisor)}`);
      continue;
    }
    const before = labels === '' ? '' : `${labels},`;
    let count = 0;
    for (const [bucket, bound] of [...bounds, Infinity].entries()) {
      count += counts[bucket] ?? 0;
      const le = bound === Infinity ? '+Inf' : String(bound / divisor);
      lines.push(`${name}_bucket{${before}le="${le}"} ${String(count)}`);
    }
    lines.push(
      `${name}_sum${braced} ${String(value / divisor)}`,
      `${name}_count${braced} ${String(count)}`,
    );
  }
  return `${lines.join('\n')}\n`;
}
