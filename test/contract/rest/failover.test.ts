import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { call, expectStatus, textOf, type Answer, type Sent } from '../../support/contract.ts';
import { borrowEnsemble, type PeerProcess, type TestEnsemble } from '../../support/ensemble.ts';
import { until } from '../../support/until.ts';

// What a client does that wants its change once and its answer surely: it sends the same request again, anywhere, until
// it is told. The leader is killed meanwhile.

describe('REST: the same request again, through a fail-over', () => {
  let ensemble: TestEnsemble;

  before(async () => {
    ensemble = await borrowEnsemble();
  });

  beforeEach(async () => {
    for (const peer of ensemble.peers) if (!peer.isRunning) peer.start();
    await ensemble.ready();
    await ensemble.leader();
  });

  after(async () => {
    await ensemble.stop();
  });

  /** At one peer after the other, until the answer is neither lost nor of unknown outcome. */
  async function insist(method: string, target: string, sent: Sent): Promise<Answer> {
    let turn = Math.floor(Math.random() * ensemble.peers.length);
    return until(`an answer to ${method} ${target}`, async () => {
      const peer = ensemble.peers[turn++ % ensemble.peers.length];
      if (peer?.isRunning !== true) return undefined;
      const answer = await call(peer.http, method, target, sent).catch((error: unknown) => {
        // A lost connection says nothing; an answer against the contract does.
        if (error instanceof assert.AssertionError) throw error;
        return undefined;
      });
      return answer === undefined || answer.status >= 500 ? undefined : answer;
    });
  }

  async function killLeader(): Promise<PeerProcess> {
    const leader = await ensemble.leader();
    await leader.end('SIGKILL');
    return leader;
  }

  it('gives the first answer again, and makes the change once', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const target = '/v1/nodes/?name=n-&sequential';
    const sent = { headers, body: 'once' };
    const leader = await ensemble.leader();
    const first = await expectStatus(201, leader.http, 'POST', target, sent);
    await killLeader();
    const again = await insist('POST', target, sent);
    assert.equal(again.status, 201);
    assert.equal(again.headers['idempotency-replayed'], 'true');
    assert.deepEqual(again.json(), first.json());
  });

  it('counts each request once, wherever the kill falls', async () => {
    const count = 24;
    await insist('PUT', '/v1/nodes/many?create', {});
    const requests = Array.from({ length: count }, async (_, index) => {
      const headers = { 'idempotency-key': randomUUID() };
      const sent = { headers, body: String(index) };
      const answer = await insist('POST', '/v1/nodes/many?name=n-&sequential&timeout=2s', sent);
      assert.equal(answer.status, 201, answer.text);
      return textOf(answer.json(), 'path');
    });
    const killed = await killLeader();
    const told = await Promise.all(requests);
    killed.start();
    await ensemble.ready();
    for (const { http } of ensemble.peers) {
      const list = (await expectStatus(200, http, 'GET', '/v1/nodes/many?children')).json();
      const paths = (list['children'] as string[]).map((name) => `/many/${name}`);
      assert.deepEqual(paths, told.toSorted());
    }
  });

  it('opens the session that the client chose, once', async () => {
    const secret = randomBytes(16).toString('base64url');
    const id = String(randomBytes(6).readUIntBE(0, 6) + 1);
    const sent = { body: JSON.stringify({ id, secret, timeoutMs: 30_000 }) };
    const leader = await ensemble.leader();
    await expectStatus(201, leader.http, 'POST', '/v1/sessions', sent);
    await killLeader();
    const again = await insist('POST', '/v1/sessions', sent);
    assert.equal(again.status, 201, again.text);
    assert.equal(textOf(again.json(), 'id'), id);
    const headers = { 'x-session-id': id, 'x-session-secret': secret };
    const made = await insist('PUT', '/v1/nodes/with-session?create', { headers });
    assert.ok(made.status < 300, made.text);
  });

  it('is sent on to the new leader', async () => {
    const old = await killLeader();
    const leader = await ensemble.leader();
    const follower = ensemble.peers.find((peer) => peer !== old && peer !== leader);
    const answer = await until('the way to the leader', async () => {
      const given = await call(follower?.http ?? '', 'PUT', '/v1/nodes/sent?create&redirect');
      return given.status === 307 ? given : undefined;
    });
    const location = answer.headers['location'] ?? '';
    assert.equal(location, `${leader.http}/v1/nodes/sent?create&redirect`);
    const { origin, pathname, search } = new URL(location);
    await expectStatus(201, origin, 'PUT', pathname + search);
  });
});
