import assert from 'node:assert/strict';
import { call, expectProblem, expectStatus, textOf } from '../../support/contract.ts';
import { borrowEnsemble, type TestEnsemble } from '../../support/ensemble.ts';
import { until } from '../../support/until.ts';

describe('REST: the ensemble and its probes', () => {
  let ensemble: TestEnsemble;

  before(async () => {
    ensemble = await borrowEnsemble();
  });

  after(async () => {
    await ensemble.stop();
  });

  it('says the same of the ensemble at every peer', async () => {
    const leader = await ensemble.leader();
    for (const peer of ensemble.peers) {
      const view = await until('every peer to be known', async () => {
        const answer = (await expectStatus(200, peer.http, 'GET', '/v1/cluster')).json();
        const peers = answer['peers'] as { id: number; http: string; state: string }[];
        return peers.length === 3 && peers.every(({ http, state }) => http !== '' && state === 'up')
          ? answer
          : undefined;
      });
      assert.equal(view['leaderId'], leader.id);
      assert.equal((view['self'] as { id: number }).id, peer.id);
      const peers = view['peers'] as { id: number; http: string }[];
      for (const { id, http } of peers) {
        assert.ok(ensemble.peer(id).http.endsWith(http.replace('http://', '')), http);
      }
    }
  });

  it('describes itself, its limits and its metrics', async () => {
    const [peer] = ensemble.peers;
    const { http, id } = peer ?? assert.fail();
    const info = await expectStatus(200, http, 'GET', '/v1/info');
    assert.equal(info.json()['serverId'], id);
    assert.equal(info.headers['x-served-by'], String(id));
    assert.equal(info.headers['x-cluster-id'], info.json()['clusterId']);
    const metrics = await expectStatus(200, http, 'GET', '/metrics');
    assert.equal(metrics.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
    assert.match(metrics.text, /^# HELP /m);
  });

  it('is live, ready, healthy and started', async () => {
    for (const { http } of ensemble.peers) {
      for (const target of ['/livez', '/readyz', '/health', '/startupz']) {
        assert.equal((await expectStatus(200, http, 'GET', target)).text, 'ok\n');
        await expectStatus(200, http, 'HEAD', target);
        const verbose = await expectStatus(200, http, 'GET', `${target}?verbose`);
        assert.deepEqual([verbose.json()['ready'], verbose.json()['reason']], [true, null]);
      }
    }
  });

  it('syncs a peer with the leader', async () => {
    const leader = await ensemble.leader();
    const follower = ensemble.peers.find((peer) => peer !== leader) ?? assert.fail();
    const written = await expectStatus(201, leader.http, 'PUT', '/v1/nodes/synced?create', {
      body: 'x',
    });
    const synced = await expectStatus(200, follower.http, 'POST', '/v1/sync');
    assert.ok(BigInt(textOf(synced.json(), 'zxid')) >= BigInt(textOf(written.json(), 'zxid')));
    await expectStatus(200, follower.http, 'GET', '/v1/nodes/synced?consistency=local');
  });

  it('without a quorum serves only what may be stale, and says so', async () => {
    const leader = await ensemble.leader();
    const left = ensemble.peers.find((peer) => peer !== leader) ?? assert.fail();
    const others = ensemble.peers.filter((peer) => peer !== left);
    const { http } = left;
    await expectStatus(200, http, 'PUT', '/v1/nodes/synced', { body: 'last' });
    await Promise.all(others.map((peer) => peer.end('SIGKILL')));
    await until(
      'the peer to notice',
      async () => (await call(http, 'GET', '/readyz')).status === 503,
    );
    await expectProblem({ status: 503, code: 'NOTREADY' }, http, 'GET', '/readyz');
    await expectStatus(200, http, 'GET', '/livez');
    await expectStatus(200, http, 'GET', '/startupz');
    await expectStatus(200, http, 'GET', '/v1/cluster');
    const stale = await expectStatus(200, http, 'GET', '/v1/nodes/synced?consistency=local');
    assert.equal(stale.text, 'last');
    assert.equal(stale.headers['x-role'], 'looking');
    assert.ok(Number(stale.headers['x-leader-contact-ms']) > 0);
    const requests = [
      ['GET', '/v1/nodes/synced'],
      ['PUT', '/v1/nodes/synced'],
      ['POST', '/v1/nodes/?name=x'],
      ['POST', '/v1/sync'],
      ['POST', '/v1/sessions'],
      ['PUT', '/v1/nodes/synced?redirect'],
    ] as const;
    const noQuorum = { status: 503, code: 'NOQUORUM' };
    await Promise.all(
      requests.map(async ([method, target]) => {
        const problem = await expectProblem(
          noQuorum,
          http,
          method,
          `${target}${target.includes('?') ? '&' : '?'}timeout=300ms`,
        );
        assert.deepEqual(
          [problem['retryable'], problem['applied']],
          [true, 'no'],
          `${method} ${target}`,
        );
      }),
    );
    for (const peer of others) peer.start();
    await ensemble.ready();
    await expectStatus(200, http, 'PUT', '/v1/nodes/synced', { body: 'again' });
  });

  it('stops with its answers given', async () => {
    const [peer, other] = ensemble.peers;
    assert.ok(peer !== undefined && other !== undefined);
    const { http } = peer;
    const writes = Array.from({ length: 20 }, (_, index) =>
      call(http, 'PUT', `/v1/nodes/stop-${String(index)}?create`).then(
        ({ status }) => status,
        () => 'refused at the door' as const,
      ),
    );
    // In the midst of them.
    assert.equal(await Promise.race(writes), 201);
    const ended = peer.end('SIGTERM');
    for (const [index, status] of (await Promise.all(writes)).entries()) {
      assert.ok(
        status === 201 || status === 503 || status === 504 || status === 'refused at the door',
        String(status),
      );
      if (status === 201) {
        await expectStatus(200, other.http, 'GET', `/v1/nodes/stop-${String(index)}`);
      }
    }
    assert.equal(await ended, 0);
  });
});
