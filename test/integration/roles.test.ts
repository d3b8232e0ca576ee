import assert from 'node:assert/strict';
import { get, openSession, problemOf, put } from '../support/client.ts';
import { borrowEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { until } from '../support/until.ts';

describe('an ensemble of three', function () {
  this.timeout(120_000);
  let ensemble: TestEnsemble;

  before(async () => {
    ensemble = await borrowEnsemble();
  });

  beforeEach(async () => {
    for (const peer of ensemble.peers) if (!peer.isRunning) peer.start();
    await ensemble.ready();
  });

  after(async () => {
    await ensemble.stop();
  });

  it('lets the ephemerals of a killed client go, on every peer', async () => {
    const [first, second] = ensemble.peers;
    assert.ok(first !== undefined && second !== undefined);
    const { id, headers } = await openSession(first, 2_000);
    const created = await fetch(`${second.http}/v1/nodes/?name=e&kind=ephemeral`, {
      method: 'POST',
      body: 'alive',
      headers,
    });
    assert.equal(created.status, 201, await created.text());
    for (const peer of ensemble.peers) {
      const found = await get(peer, '/e');
      assert.equal(found.status, 200);
      assert.equal(found.headers.get('x-zk-ephemeral-owner'), id);
    }
    // The client is gone: nobody touches its session any more.
    for (const peer of ensemble.peers) {
      await until('a deleted ephemeral', async () => {
        return (await get(peer, '/e', '?consistency=local')).status === 404;
      });
    }
    const late = await fetch(`${first.http}/v1/sessions/${id}`, {
      method: 'PUT',
      headers,
    });
    assert.equal(late.status, 410);
  });

  it('keeps a session alive through the death of the leader', async () => {
    const leader = await ensemble.leader();
    const other = ensemble.peers.find((peer) => peer !== leader);
    assert.ok(other !== undefined);
    const { id, headers } = await openSession(other, 4_000);
    const created = await fetch(`${other.http}/v1/nodes/?name=kept&kind=ephemeral`, {
      method: 'POST',
      headers,
    });
    assert.equal(created.status, 201);
    await leader.end('SIGKILL');
    await until('a heartbeat that is confirmed again', async () => {
      const beat = await fetch(`${other.http}/v1/sessions/${id}`, {
        method: 'PUT',
        headers,
      });
      return beat.status === 204;
    });
    assert.equal((await get(other, '/kept')).status, 200);
  });

  it('refuses writes without a quorum, and says how stale its local reads are', async () => {
    const survivor = ensemble.peer(1);
    assert.equal((await put(survivor, '/a', 'kept')).status, 201);
    await ensemble.peer(2).end('SIGKILL');
    await ensemble.peer(3).end('SIGKILL');
    await until(
      'an unready peer',
      async () => (await fetch(`${survivor.http}/readyz`)).status === 503,
    );

    const write = await put(survivor, '/a', 'lost?', 'timeout=500ms');
    assert.equal(write.status, 503);
    const problem = await problemOf(write);
    assert.equal(problem.applied, 'no');
    assert.equal(problem.retryable, true);
    assert.match(problem.detail, /quorum|leader/i);
    assert.ok(write.headers.has('retry-after'));

    const linearizable = await get(survivor, '/a', '?timeout=500ms');
    assert.equal(linearizable.status, 503);
    const local = await get(survivor, '/a', '?consistency=local');
    assert.equal(local.status, 200);
    assert.equal(await local.text(), 'kept');
    assert.equal(local.headers.get('x-role'), 'looking');
    assert.match(local.headers.get('x-leader-contact-ms') ?? '', /^\d+/);
    assert.equal((await fetch(`${survivor.http}/livez`)).status, 200);

    ensemble.peer(2).start();
    await ensemble.peer(2).ready();
    assert.equal((await put(survivor, '/a', 'again', '')).status, 200);
  });

  it('stops cleanly on SIGTERM, and hands its leadership on', async () => {
    const leader = await ensemble.leader();
    assert.equal(await leader.end('SIGTERM'), 0);
    const next = await ensemble.leader();
    assert.notEqual(next.id, leader.id);
    const { leaderId, peers } = await next.cluster();
    assert.equal(leaderId, next.id);
    const leaders = peers.filter(({ role }) => role === 'leader').map(({ id }) => id);
    assert.deepEqual(leaders, [next.id]);
    assert.equal((await put(next, '/next', '')).status, 201);
  });
});
