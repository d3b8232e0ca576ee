import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  exportedName,
  metricTable,
  type MetricName,
} from '../../../../src/adapters/system/metric-table.ts';
import { refused } from '../../../../src/model/error-code.ts';
import { requestSeries } from '../../../../src/model/request-figures.ts';
import { createMetrics, harmlessMetrics } from '../../../../src/adapters/system/metrics.ts';

const told = { version: '1.2.3', hasFormerNames: true };

describe('metrics', () => {
  it('counts, sets and observes', async () => {
    const metrics = createMetrics(told);
    metrics.count('leader_changes');
    metrics.count('leader_changes', 2);
    metrics.gauge('znodes', 5);
    metrics.gauge('znodes', 4);
    metrics.observe('fsync_ms', 3);
    const text = await metrics.text();
    assert.match(text, /^quoll_leader_changes_total 3$/m);
    assert.match(text, /^quoll_znodes 4$/m);
    assert.match(text, /^quoll_fsync_seconds_bucket\{le="0\.0025"\} 0$/m);
    assert.match(text, /^quoll_fsync_seconds_bucket\{le="0\.005"\} 1$/m);
    assert.match(text, /^quoll_fsync_seconds_bucket\{le="\+Inf"\} 1$/m);
    assert.match(text, /^quoll_fsync_seconds_sum 0\.003$/m);
    assert.match(text, /^quoll_build_info\{version="1\.2\.3",node="[0-9.]+"\} 1$/m);
    assert.match(metrics.contentType, /^text\/plain/);
  });

  it('shows every metric of the table, with its help, and the process', async () => {
    const text = await createMetrics(told).text();
    for (const name of Object.keys(metricTable) as MetricName[]) {
      const { kind, help } = metricTable[name];
      assert.ok(text.includes(`# HELP ${exportedName(name)} ${help}\n`), name);
      assert.ok(text.includes(`# TYPE ${exportedName(name)} ${kind}\n`), name);
    }
    assert.match(text, /^nodejs_eventloop_lag_p99_seconds /m);
    assert.match(text, /^process_resident_memory_bytes /m);
  });

  it('tells the figures of one name apart, those alone that were set', async () => {
    const metrics = createMetrics(told);
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

  it('tells a request by its labels, in buckets of their own', async () => {
    const metrics = createMetrics(told);
    assert.doesNotMatch(await metrics.text(), /^quoll_request_seconds/m);
    const noQuorum = refused('noQuorum', '');
    metrics.observe('request_ms', 2, requestSeries('http', 'read', {}));
    metrics.observe('request_ms', 40, requestSeries(undefined, 'write', noQuorum));
    const text = await metrics.text();
    const read = 'door="http",operation="read",outcome="ok"';
    const write = 'door="inside",operation="write",outcome="failed"';
    assert.ok(text.includes(`quoll_request_seconds_bucket{${read},le="0.001"} 0\n`));
    assert.ok(text.includes(`quoll_request_seconds_bucket{${read},le="0.0025"} 1\n`));
    assert.ok(text.includes(`quoll_request_seconds_sum{${write}} 0.04\n`));
    assert.ok(text.includes(`quoll_request_seconds_count{${write}} 1\n`));
    assert.equal(text.match(/^quoll_request_seconds_count/gm)?.length, 2);
  });

  it('shows the names of the version before beside the new ones, or leaves them out', async () => {
    const texts = [true, false].map(async (hasFormerNames) => {
      const metrics = createMetrics({ ...told, hasFormerNames });
      metrics.observe('fsync_ms', 3);
      metrics.gauge('clock_off_ms', 1_500);
      metrics.gauge('last_applied_txn', 7);
      metrics.count('peer_sent_bytes', 9);
      return metrics.text();
    });
    const [both = '', alone = ''] = await Promise.all(texts);
    for (const line of [
      '# HELP quoll_fsync_ms deprecated: use quoll_fsync_seconds',
      'quoll_fsync_ms_bucket{le="5"} 1',
      'quoll_fsync_ms_sum 3',
      'quoll_clock_off_ms 1500',
      'quoll_last_applied_counter 7',
      'quoll_peer_bytes_sent_total 9',
    ]) {
      assert.ok(both.includes(`\n${line}\n`), line);
    }
    for (const text of [both, alone]) {
      for (const line of [
        'quoll_fsync_seconds_sum 0.003',
        'quoll_clock_off_seconds 1.5',
        'quoll_last_applied_txn 7',
        'quoll_peer_sent_bytes_total 9',
      ]) {
        assert.ok(text.includes(`\n${line}\n`), line);
      }
    }
    assert.doesNotMatch(alone, /deprecated|^quoll_\w+_ms/m);
  });

  it('keeps the numbers of two peers in one process apart', async () => {
    const [one, two] = [createMetrics(told), createMetrics(told)];
    one.gauge('znodes', 1);
    assert.match(await two.text(), /^quoll_znodes 0$/m);
  });

  it('takes no name that is not in the table, nor one of another kind', () => {
    const metrics = createMetrics(told);
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
    const metrics = harmlessMetrics(createMetrics(told), {
      log: (level, event, fields) => logged.push([level, event, fields?.['name']]),
    });
    for (let time = 0; time < 2; time++) {
      metrics.count('writes', Number.NaN);
      metrics.count('no_such_metric');
      metrics.gauge('znodes', 'many' as unknown as number);
    }
    metrics.observe('request_ms', 3, 'http,read');
    metrics.gauge('epoch', 3);
    assert.deepEqual(
      logged,
      ['writes', 'no_such_metric', 'znodes', 'request_ms'].map((name) => [
        'error',
        'metricFailed',
        name,
      ]),
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
