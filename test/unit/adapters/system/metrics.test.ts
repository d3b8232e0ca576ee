import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  exportedName,
  metricTable,
  type MetricName,
} from '../../../../src/adapters/system/metric-table.ts';
import { createMetrics, harmlessMetrics } from '../../../../src/adapters/system/metrics.ts';

describe('metrics', () => {
  it('counts, sets and observes', async () => {
    const metrics = createMetrics();
    metrics.count('leader_changes');
    metrics.count('leader_changes', 2);
    metrics.gauge('znodes', 5);
    metrics.gauge('znodes', 4);
    metrics.observe('fsync_ms', 3);
    const text = await metrics.text();
    assert.match(text, /^quoll_leader_changes_total 3$/m);
    assert.match(text, /^quoll_znodes 4$/m);
    assert.match(text, /^quoll_fsync_ms_bucket\{le="2\.5"\} 0$/m);
    assert.match(text, /^quoll_fsync_ms_bucket\{le="5"\} 1$/m);
    assert.match(text, /^quoll_fsync_ms_sum 3$/m);
    assert.match(metrics.contentType, /^text\/plain/);
  });

  it('shows every metric of the table, with its help, and the process', async () => {
    const text = await createMetrics().text();
    for (const name of Object.keys(metricTable) as MetricName[]) {
      const { kind, help } = metricTable[name];
      assert.ok(text.includes(`# HELP ${exportedName(name)} ${help}\n`), name);
      assert.ok(text.includes(`# TYPE ${exportedName(name)} ${kind}\n`), name);
    }
    assert.match(text, /^nodejs_eventloop_lag_p99_seconds /m);
    assert.match(text, /^process_resident_memory_bytes /m);
  });

  it('tells the figures of one name apart, those alone that were set', async () => {
    const metrics = createMetrics();
    const name = 'tls_certificate_expires_seconds';
    assert.doesNotMatch(await metrics.text(), /^quoll_tls_certificate/m);
    metrics.gauge(name, 5, 'ca');
    metrics.gauge(name, 7, 'ca');
    assert.deepEqual((await metrics.text()).match(/^quoll_tls_certificate.*$/gm), [
      'quoll_tls_certificate_expires_seconds{file="ca"} 7',
    ]);
    for (const series of [undefined, 'other']) {
      assert.throws(() => {
        metrics.gauge(name, 1, series);
      }, /every series stands in the table/);
    }
  });

  it('keeps the numbers of two peers in one process apart', async () => {
    const [one, two] = [createMetrics(), createMetrics()];
    one.gauge('znodes', 1);
    assert.match(await two.text(), /^quoll_znodes 0$/m);
  });

  it('takes no name that is not in the table, nor one of another kind', () => {
    const metrics = createMetrics();
    assert.throws(() => {
      metrics.count('no_such_metric');
    }, /every metric stands in the table/);
    assert.throws(() => {
      metrics.count('znodes');
    }, /only counters count/);
    assert.throws(() => {
      metrics.gauge('fsync_ms', 1);
    }, /only gauges are set/);
    assert.throws(() => {
      metrics.observe('znodes', 1);
    }, /only histograms observe/);
  });

  it('costs nobody anything when a figure cannot be told, and says so once', async () => {
    const logged: unknown[] = [];
    const metrics = harmlessMetrics(createMetrics(), {
      log: (level, event, fields) => logged.push([level, event, fields?.['name']]),
    });
    for (let time = 0; time < 2; time++) {
      metrics.count('writes', Number.NaN);
      metrics.count('no_such_metric');
      metrics.gauge('znodes', 'many' as unknown as number);
    }
    metrics.gauge('epoch', 3);
    assert.deepEqual(
      logged,
      ['writes', 'no_such_metric', 'znodes'].map((name) => ['error', 'metricFailed', name]),
    );
    assert.match(await metrics.text(), /^quoll_epoch 3$/m);
  });

  it('knows every name that the program uses, as what it is used for', () => {
    const kinds = { count: 'counter', gauge: 'gauge', observe: 'histogram' } as const;
    const table: Readonly<Record<string, { readonly kind: string }>> = metricTable;
    let calls = 0;
    for (const file of readdirSync('src', { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts')) continue;
      const source = readFileSync(join('src', file), 'utf8');
      for (const [, call, name] of source.matchAll(
        /metrics\s*\??\.(count|gauge|observe)\(\s*'([^']*)'/g,
      )) {
        assert.ok(call !== undefined && name !== undefined);
        calls++;
        assert.equal(table[name]?.kind, kinds[call as keyof typeof kinds], `${name} in ${file}`);
      }
    }
    assert.ok(calls > 15, `only ${String(calls)} calls were found`);
  });
});
