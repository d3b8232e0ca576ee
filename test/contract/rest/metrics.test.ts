import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  exportedName,
  metricTable,
  type MetricName,
} from '../../../src/adapters/system/metric-table.ts';
import { call, expectStatus } from '../../support/contract.ts';
import { borrowEnsemble, type TestEnsemble } from '../../support/ensemble.ts';
import { until } from '../../support/until.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** What only trouble moves, or a gauge that is above zero for less time than a look takes, or by chance. */
const ofTrouble = new Set<MetricName>([
  'audit_lost',
  'budget_copies',
  'config_mismatches',
  'hand_overs',
  'clock_off_ms',
  'protocol_violations',
  'peers_diverged',
  'compactions',
  'log_cap_reached',
  'snapshot_ms',
  'snapshot_bytes',
  'throttled',
  'watches_lost_slow',
  'watches_lost_compacted',
  'replay_reads_store',
  'replay_reads_peers',
  'budget_owed_bytes',
  'budget_received_bytes',
  'reads_waiting',
  'proposals_in_flight',
  'forwarded_in_flight',
  'pause_ms',
  'log_lines_dropped',
  'slow_requests',
  'slow_requests_unlogged',
  // Of who asks for more than others: test/contract/crowds.test.ts.
  'demanding_addresses',
  'requests_stood_back',
  // Where a collector is named: log-level.test.ts.
  'telemetry_spans',
  'telemetry_spans_dropped',
]);

describe('REST: metrics', function () {
  // It waits for a session and a TTL to end.
  this.timeout(60_000);
  let ensemble: TestEnsemble;

  before(async () => {
    ensemble = await borrowEnsemble();
  });

  after(async () => {
    await ensemble.stop();
  });

  /** The sum over all peers: of a histogram, how often something was observed. */
  async function values(): Promise<ReadonlyMap<string, number>> {
    const sums = new Map<string, number>();
    for (const { http } of ensemble.peers) {
      const text = (await expectStatus(200, http, 'GET', '/metrics')).text;
      for (const [, name = '', value = ''] of text.matchAll(
        /^(quoll_[a-z_]+)(?:\{[^}]*\})? ([0-9.e+-]+)$/gm,
      )) {
        sums.set(name, (sums.get(name) ?? 0) + Number(value));
      }
    }
    return sums;
  }

  it('have all names that the dashboard and the alerts ask for', async () => {
    const http = ensemble.peers[0]?.http ?? '';
    const { text } = await expectStatus(200, http, 'GET', '/metrics');
    const shown = new Set(
      [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].flatMap(([, name = '', kind = '']) =>
        kind === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
      ),
    );
    const former = new Set(
      [...text.matchAll(/^# HELP (\w+) deprecated/gm)].map(([, name = '']) => name),
    );
    assert.ok(former.size > 5);
    for (const file of ['deploy/grafana/quoll.json', 'deploy/prometheus/quoll-alerts.yml']) {
      const asked = new Set(readFileSync(join(root, file), 'utf8').match(/\bquoll_\w+/g));
      assert.ok(asked.size > 15, file);
      const missing = [...asked].filter(
        (name) => !shown.has(name) || former.has(name.replace(/_(bucket|count|sum)$/, '')),
      );
      assert.deepEqual(missing, [], file);
    }
  });

  const nameOf = (name: MetricName): string =>
    metricTable[name].kind === 'histogram' ? `${exportedName(name)}_count` : exportedName(name);

  it('move, each of them, when there is something to tell', async () => {
    const [first, second] = ensemble.peers.map(({ http }) => http);
    assert.ok(first !== undefined && second !== undefined);
    const moved = new Set<string>();
    const before = await values();
    const look = async (): Promise<void> => {
      for (const [name, value] of await values()) if (value > 0) moved.add(name);
    };

    // A session with an ephemeral znode that ends by itself, one with a place in a queue, and a wrong secret.
    const opened = await expectStatus(201, first, 'POST', '/v1/sessions', {
      body: '{"timeoutMs":2000}',
    });
    const { id, secret } = opened.json() as { id: string; secret: string };
    const session = { 'x-session-id': id, 'x-session-secret': secret };
    await expectStatus(201, first, 'POST', '/v1/nodes/?name=e&kind=ephemeral', {
      headers: session,
    });
    const wrong = { ...session, 'x-session-secret': 'AAAAAAAAAAAAAAAAAAAAAA' };
    await call(first, 'POST', '/v1/nodes/?name=f&kind=ephemeral', { headers: wrong });
    await expectStatus(201, first, 'POST', '/v1/nodes/?name=ttl&ttl=100ms');
    await expectStatus(404, second, 'GET', '/v1/nodes/none');
    await expectStatus(200, first, 'GET', '/v1/nodes/?children');
    await expectStatus(200, first, 'POST', '/v1/sync');
    await expectStatus(200, first, 'GET', '/v1/auth');
    await expectStatus(200, first, 'GET', '/v1/backup');

    const stream = new AbortController();
    const events = await fetch(`${second}/v1/watch?path=/&recursive`, { signal: stream.signal });
    assert.equal(events.status, 200);
    await expectStatus(201, second, 'PUT', '/v1/nodes/seen?create', { body: 'x' });
    const resumed = await fetch(
      `${second}/v1/watch?path=/&recursive&from=${String(opened.headers['x-zxid'])}`,
      {
        signal: stream.signal,
      },
    );
    assert.equal(resumed.status, 200);

    const holder = await expectStatus(200, first, 'POST', '/v1/locks/m', {
      body: '{"ttlMs":60000}',
    });
    const { lockId } = holder.json() as { lockId: string };
    const waiting = fetch(`${first}/v1/locks/m?wait=30s`, {
      method: 'POST',
      body: '{"ttlMs":60000}',
    });
    await until('somebody who waits', async () => {
      await look();
      return moved.has('quoll_locks_waiting');
    });
    await expectStatus(204, first, 'DELETE', `/v1/locks/m/${lockId}`);
    assert.equal((await waiting).status, 200);

    const wanted = (Object.keys(metricTable) as MetricName[])
      // Those of TLS are for test/integration/tls-ensemble.test.ts.
      .filter((name) => !ofTrouble.has(name) && !name.startsWith('tls_'))
      .map(nameOf);
    const still = await until(
      'all of them to move',
      async () => {
        await look();
        const missing = wanted.filter((name) => !moved.has(name));
        return missing.length === 0 ? missing : undefined;
      },
      10_000,
    ).catch(() => wanted.filter((name) => !moved.has(name)));
    stream.abort();
    assert.deepEqual(still, []);
    const { text } = await expectStatus(200, first, 'GET', '/metrics');
    for (const operation of ['write', 'list', 'sync', 'session', 'lock', 'auth', 'admin']) {
      const series = `quoll_request_seconds_count{door="http",operation="${operation}"`;
      assert.ok(text.includes(series), operation);
    }
    const watched = await expectStatus(200, second, 'GET', '/metrics');
    assert.match(watched.text, /quoll_request_seconds_count\{door="http",operation="watch"/);
    const after = await values();
    for (const name of ['quoll_peer_sent_bytes_total', 'quoll_peer_received_bytes_total']) {
      assert.ok((after.get(name) ?? 0) > (before.get(name) ?? 0), name);
    }
  });
});
