import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { assert } from '../../base/assert.ts';
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

type Instrument =
  | { readonly kind: 'counter'; readonly counter: Counter }
  | { readonly kind: 'gauge'; readonly gauge: Gauge }
  | { readonly kind: 'histogram'; readonly histogram: Histogram };

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
  const registry = new Registry();
  const shared = processRegistry();
  const instruments = new Map<string, Instrument>();
  for (const name of Object.keys(metricTable) as MetricName[]) {
    instruments.set(name, makeInstrument(name, registry));
  }
  const find = (name: string): Instrument => {
    const instrument = instruments.get(name);
    assert(instrument !== undefined, 'every metric stands in the table', { name });
    return instrument;
  };
  return {
    count(name, by = 1) {
      const instrument = find(name);
      assert(instrument.kind === 'counter', 'only counters count', { name });
      instrument.counter.inc(by);
    },
    gauge(name, value) {
      const instrument = find(name);
      assert(instrument.kind === 'gauge', 'only gauges are set', { name });
      instrument.gauge.set(value);
    },
    observe(name, value) {
      const instrument = find(name);
      assert(instrument.kind === 'histogram', 'only histograms observe', { name });
      instrument.histogram.observe(value);
    },
    text: async () => `${await registry.metrics()}${await ofProcessText(shared)}`,
    contentType: registry.contentType,
  };
}

/**
 * Gives metrics that do what `metrics` do, and never throw: a figure that can't be told is logged, once for each name, and
 * left out. What is known of the process may be what fails at a scrape; the rest is told then.
 */
export function harmlessMetrics(metrics: SystemMetrics, logger: Logger): SystemMetrics {
  const told = new Set<string>();
  const guarded = (name: string, value: number, tell: () => void): void => {
    try {
      // It would stand in for all that was counted before, for good.
      if (!Number.isFinite(value)) throw new RangeError(`${String(value)} is no figure`);
      tell();
    } catch (error) {
      if (told.has(name)) return;
      told.add(name);
      logger.log('error', 'metricFailed', { name, cause: String(error) });
    }
  };
  return {
    ...metrics,
    count(name, by = 1) {
      guarded(name, by, () => {
        metrics.count(name, by);
      });
    },
    gauge(name, value) {
      guarded(name, value, () => {
        metrics.gauge(name, value);
      });
    },
    observe(name, value) {
      guarded(name, value, () => {
        metrics.observe(name, value);
      });
    },
  };
}

function makeInstrument(name: MetricName, registry: Registry): Instrument {
  const { kind, help, buckets }: MetricDescription = metricTable[name];
  const common = { name: exportedName(name), help, registers: [registry] };
  switch (kind) {
    case 'counter':
      return { kind, counter: new Counter(common) };
    case 'gauge':
      return { kind, gauge: new Gauge(common) };
    case 'histogram':
      return { kind, histogram: new Histogram({ ...common, buckets: [...(buckets ?? [])] }) };
  }
}
