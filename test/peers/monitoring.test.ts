// What Prometheus' own tools say of our metrics, and of the alerts that are made of them.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { call, expectStatus } from '../support/contract.ts';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const alerts = join(root, 'deploy/prometheus/quoll-alerts.yml');

interface Board {
  readonly panels: readonly {
    readonly title: string;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
}

function promtool(args: readonly string[], input = ''): void {
  const { status, stdout, stderr, error } = spawnSync('promtool', args, {
    input,
    encoding: 'utf8',
    cwd: dirname(alerts),
  });
  if (error !== undefined) throw error;
  assert.equal(status, 0, `promtool ${args.join(' ')}\n${stdout}${stderr}`);
}

describe('by the tools of Prometheus', function () {
  this.timeout(60_000);

  describe('metrics', () => {
    let ensemble: TestEnsemble;

    before(async () => {
      ensemble = await startEnsemble({ peers: 1, lines: ['quoll.metrics.formerNames=false'] });
    });

    after(async () => {
      await ensemble.stop();
    });

    it('are named as they should be, without the names of the version before', async () => {
      const http = ensemble.peers[0]?.http ?? '';
      await expectStatus(201, http, 'PUT', '/v1/nodes/a?create', { body: 'x' });
      await expectStatus(200, http, 'GET', '/v1/nodes/a');
      const { text } = await call(http, 'GET', '/metrics');
      assert.doesNotMatch(text, /deprecated/);
      // The rest is the process's, by names that all programs for Node have.
      const ours = text.split('\n').filter((line) => /^(# (HELP|TYPE) )?quoll_/.test(line));
      assert.ok(ours.length > 100);
      promtool(['check', 'metrics'], `${ours.join('\n')}\n`);
    });
  });

  it('alerts are rules, fire when they should and only then', () => {
    promtool(['check', 'rules', alerts]);
    promtool(['test', 'rules', alerts.replace(/\.yml$/, '.test.yml')]);
  });

  it('each panel of the dashboard asks what can be asked', () => {
    const board = JSON.parse(
      readFileSync(join(root, 'deploy/grafana/quoll.json'), 'utf8'),
    ) as Board;
    const rules = board.panels.flatMap(({ targets = [] }) =>
      targets.map(({ expr }, at) => ({
        record: `panel:${String(at)}`,
        expr: expr.replaceAll('$__rate_interval', '5m').replaceAll(/\$(job|instance)/g, '.*'),
      })),
    );
    assert.ok(rules.length > 40);
    const folder = mkdtempSync(join(tmpdir(), 'quoll-dashboard-'));
    try {
      const file = join(folder, 'panels.yml');
      writeFileSync(file, stringify({ groups: [{ name: 'dashboard', rules }] }));
      promtool(['check', 'rules', file]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
