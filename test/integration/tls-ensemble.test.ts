// An ensemble whose peers speak TLS with one another and with all clients, by keys as `quoll tls new` makes them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { metricTable } from '../../src/adapters/system/metric-table.ts';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { askHttps } from '../support/tls/https-client.ts';
import { TestKeys } from '../support/tls/keys.ts';
import { until } from '../support/until.ts';

describe('an ensemble over TLS', function () {
  this.timeout(60_000);
  let keys: TestKeys;
  let ensemble: TestEnsemble;
  const ca = (): string => readFileSync(keys.at('keys/ca.pem'), 'utf8');

  before(async () => {
    keys = new TestKeys();
    await keys.make({ peers: 3 });
    ensemble = await startEnsemble({ peers: 3, keys: keys.at('keys') });
  });

  after(async () => {
    await ensemble.stop();
    keys.remove();
  });

  it('elects, agrees, and goes on when the leader is killed and comes back', async () => {
    const leader = await ensemble.leader();
    const others = ensemble.peers.filter((peer) => peer !== leader);
    const [other] = others;
    assert.ok(other !== undefined);
    const write = async (path: string) =>
      askHttps(`${other.http}/v1/nodes${path}?create`, { ca: ca(), method: 'PUT', body: 'x' });
    assert.equal((await write('/before')).status, 201);
    await leader.end('SIGKILL');
    await until('a write without the old leader', async () =>
      [200, 201].includes((await write('/during')).status),
    );
    leader.start();
    await ensemble.ready();
    const { body } = await leader.ask('/v1/nodes/during');
    assert.equal(body, 'x');
    assert.doesNotMatch(ensemble.peers.map(({ log }) => log).join(''), /PRIVATE KEY/);
  });

  it('counts who came by TLS and who did not, and says when its certificate ends', async () => {
    const peer = ensemble.peer(1);
    const plain = await fetch(`${peer.http.replace('https', 'http')}/livez`);
    assert.equal(plain.status, 400);
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const;
    await assert.rejects(askHttps(`${peer.http}/livez`, { ca: ca(), ...old }), /version/);
    // What a revoked certificate cuts is counted where one is revoked: contract/identities/expiry.test.ts.
    const names = Object.keys(metricTable).filter(
      (name) => name.startsWith('tls_') && !name.startsWith('tls_connections_cut'),
    );
    assert.ok(names.length >= 4);
    await until('all of them to move', async () => {
      const { body } = await peer.ask('/metrics');
      return names.every((name) => new RegExp(`^quoll_${name}[^ ]* [1-9]`, 'm').test(body));
    });
  });
});
