import { collectDefaultMetrics, Registry } from 'prom-client';
import { broken } from '../../base/assert.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Metrics } from '../../ports/metrics.ts';
import {
  exportedName,
  metricTable,
  type MetricDescription,
  type MetricName,
} from './metric-table.ts';

export interface SystemMetrics extends Metrics {
  /** In Prometheus's text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** Of one counter, gauge or histogram: what a request moves is a number in place, and text is made when it is asked for. */
interface Instrument {
  readonly kind: MetricDescription['kind'];
  readonly name: string;
  readonly help: string;
  /** Of a counter or gauge, or the sum of what a histogram observed. */
  value: number;
  /** Of a gauge with several figures: those that were set. */
  readonly series: MetricDescription['series'];
  readonly values: Map<string, number>;
  /** Of a histogram: the upper bound of each bucket, and how many observations fell into it, or above all at the end. */
  readonly bounds: readonly number[];
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
export function createMetrics(): SystemMetrics {
  const shared = processRegistry();
  const instruments = new Map<string, Instrument>();
  for (const name of Object.keys(metricTable) as MetricName[]) {
    instruments.set(name, makeInstrument(name));
  }
  const find = (name: string): Instrument => {
    const instrument = instruments.get(name);
    if (instrument === undefined) throw broken('every metric stands in the table', { name });
    return instrument;
  };
  return {
    count(name, by = 1) {
      const instrument = find(name);
      if (instrument.kind !== 'counter') throw broken('only counters count', { name });
      instrument.value += by;
    },
    gauge(name, value, series) {
      const instrument = find(name);
      if (instrument.kind !== 'gauge') throw broken('only gauges are set', { name });
      const known = instrument.series?.values;
      if (known === undefined && series === undefined) instrument.value = value;
      else if (series !== undefined && known?.includes(series) === true) {
        instrument.values.set(series, value);
      } else throw broken('every series stands in the table', { name, series });
    },
    observe(name, value) {
      const instrument = find(name);
      if (instrument.kind !== 'histogram') throw broken('only histograms observe', { name });
      const { bounds, counts } = instrument;
      let bucket = 0;
      while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket++;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      instrument.value += value;
    },
    text: async () => {
      const own = Array.from(instruments.values(), textOf).join('\n');
      return `${own}\n${await ofProcessText(shared)}`;
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
    observe(name, value) {
      try {
        metrics.observe(name, figure(value));
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
  const { kind, help, buckets = [], series }: MetricDescription = metricTable[name];
  const counts = new Float64Array(buckets.length + 1);
  return {
    kind,
    name: exportedName(name),
    help,
    value: 0,
    series,
    values: new Map(),
    bounds: buckets,
    counts,
  };
}

/** In Prometheus's text format, with an empty line at its end. */
function textOf({ kind, name, help, value, series, values, bounds, counts }: Instrument): string {
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`];
  if (series !== undefined) {
    for (const [of, each] of values) lines.push(`${name}{${series.label}="${of}"} ${String(each)}`);
  } else if (kind !== 'histogram') lines.push(`${name} ${String(value)}`);
  else {
    let count = 0;
    for (const [bucket, bound] of [...bounds, '+Inf'].entries()) {
      count += counts[bucket] ?? 0;
      lines.push(`${name}_bucket{le="${String(bound)}"} ${String(count)}`);
    }
    lines.push(`${name}_sum ${String(value)}`, `${name}_count ${String(count)}`);
  }
  return `${lines.join('\n')}\n`;
}
