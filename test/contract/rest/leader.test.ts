import assert from 'node:assert/strict';
import { expectProblem, expectStatus, textOf, type JsonObject } from '../../support/contract.ts';
import { borrowEnsemble, startEnsemble, type TestEnsemble } from '../../support/ensemble.ts';
import { GrpcClient, cluster, refusalOf } from '../../support/grpc-client.ts';
import { until } from '../../support/until.ts';

const route = '/v1/cluster/leader';
const levelRoute = '/v1/cluster/level';

function json(body: JsonObject) {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

describe('REST and gRPC: leadership is moved', () => {
  let ensemble: TestEnsemble;

  before(async () => {
    ensemble = await borrowEnsemble();
  });

  after(async () => {
    await ensemble.stop();
  });

  /** Of a leader that the other voters have come to. */
  const moved = (from: { readonly http: string }, body: JsonObject): Promise<JsonObject> =>
    until('all to be up to date', async () =>
      (await expectStatus(200, from.http, 'POST', route, json(body))).json(),
    );

  it('to the voter that is named, whichever peer is asked', async () => {
    for (const asked of ensemble.peers) {
      const leader = await ensemble.leader();
      const next = ensemble.peers.find((peer) => peer !== leader) ?? assert.fail();
      const answer = await moved(asked, { id: next.id });
      assert.deepEqual([answer['fromId'], answer['leaderId']], [leader.id, next.id]);
      assert.equal((await ensemble.leader()).id, next.id);
    }
  });

  it('to any voter that has everything, and what was written stays', async () => {
    const leader = await ensemble.leader();
    await expectStatus(201, leader.http, 'PUT', '/v1/nodes/moved?create', { body: 'x' });
    const answer = await moved(leader, {});
    assert.notEqual(answer['leaderId'], leader.id);
    assert.equal((await expectStatus(200, leader.http, 'GET', '/v1/nodes/moved')).text, 'x');
  });

  it('to nobody who can not lead, for a reason that is told', async () => {
    const leader = await ensemble.leader();
    const refused = { status: 409, code: 'CANNOTHANDOVER' };
    for (const { http } of ensemble.peers) {
      const itself = await expectProblem(refused, http, 'POST', route, json({ id: leader.id }));
      assert.match(textOf(itself, 'detail'), /leads already/);
      const stranger = await expectProblem(refused, http, 'POST', route, json({ id: 99 }));
      assert.match(textOf(stranger, 'detail'), /no voter/);
    }
    const bad = { status: 400, code: 'BADARGUMENTS' };
    for (const id of [0, 256, 1.5, '2']) {
      await expectProblem(bad, leader.http, 'POST', route, json({ id }));
    }
  });

  it('over gRPC as well', async () => {
    const leader = await ensemble.leader();
    const client = new GrpcClient(leader.grpc);
    const refusal = await refusalOf(client.call(cluster.MoveLeader, { id: leader.id }));
    assert.equal(refusal.reason, 'CANNOTHANDOVER');
    const answer = await until('all to be up to date', () =>
      client.call(cluster.MoveLeader, { id: 0 }),
    );
    assert.equal(answer.fromId, leader.id);
    assert.equal((await ensemble.leader()).id, answer.leaderId);
    client.close();
  });

  it('beside the level: at the newest since it was founded, and nowhere else', async () => {
    const { http, grpc } = await ensemble.leader();
    const now = { level: 2, newestLevel: 2 };
    const shown = (await expectStatus(200, http, 'GET', '/v1/cluster')).json();
    assert.deepEqual({ level: shown['level'], newestLevel: shown['newestLevel'] }, now);
    for (const asked of ensemble.peers) {
      for (const body of [{}, { level: 2 }, { dryRun: true }]) {
        const answer = await expectStatus(200, asked.http, 'POST', levelRoute, json(body));
        assert.deepEqual(answer.json(), now);
      }
      const refused = { status: 409, code: 'CANNOTRAISELEVEL' };
      const lower = await expectProblem(
        refused,
        asked.http,
        'POST',
        levelRoute,
        json({ level: 1 }),
      );
      assert.match(textOf(lower, 'detail'), /never lowered/);
      const newer = await expectProblem(
        refused,
        asked.http,
        'POST',
        levelRoute,
        json({ level: 3 }),
      );
      assert.match(textOf(newer, 'detail'), /Upgrade every server first/);
    }
    const bad = { status: 400, code: 'BADARGUMENTS' };
    for (const level of [0, 1_001, '2']) {
      await expectProblem(bad, http, 'POST', levelRoute, json({ level }));
    }
    const client = new GrpcClient(grpc);
    const raised = await client.call(cluster.RaiseLevel, { level: 0, dryRun: false });
    assert.deepEqual([raised.level, raised.newestLevel], [2, 2]);
    const refusal = await refusalOf(client.call(cluster.RaiseLevel, { level: 1, dryRun: true }));
    assert.equal(refusal.reason, 'CANNOTRAISELEVEL');
    client.close();
  });

  it('by administrators alone, once grants are on', async () => {
    const alone = await startEnsemble({ peers: 1 });
    try {
      const { http } = alone.peer(1);
      const refused = { status: 409, code: 'CANNOTHANDOVER' };
      const nobody = await expectProblem(refused, http, 'POST', route, json({}));
      assert.match(textOf(nobody, 'detail'), /no other voter/);
      const first = json({ principals: ['group:ops'] });
      await expectStatus(200, http, 'POST', '/v1/auth/init', first);
      for (const path of [route, levelRoute]) {
        await expectProblem({ status: 403, code: 'NOAUTH' }, http, 'POST', path, json({}));
      }
    } finally {
      await alone.stop();
    }
  });
});
