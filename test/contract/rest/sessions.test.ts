import assert from 'node:assert/strict';
import { startEnsemble, type Ensemble } from '../../../src/index.ts';
import { expectProblem, expectStatus, textOf } from '../../support/contract.ts';
import { until } from '../../support/until.ts';

interface OpenSession {
  readonly id: string;
  readonly secret: string;
  readonly headers: Readonly<Record<string, string>>;
}

describe('REST: sessions and transactions', () => {
  let ensemble: Ensemble;
  let here: string;
  let there: string;

  before(async () => {
    ensemble = await startEnsemble({ peers: 3 });
    const leader = await ensemble.leader();
    there = leader.url;
    here = ensemble.peers.find((peer) => peer !== leader)?.url ?? assert.fail('no follower');
  });

  after(async () => {
    await ensemble.stop();
  });

  async function opened(body: object = { timeoutMs: 10_000 }): Promise<OpenSession> {
    const answer = await expectStatus(201, here, 'POST', '/v1/sessions', {
      body: JSON.stringify(body),
    });
    const id = textOf(answer.json(), 'id');
    const secret = textOf(answer.json(), 'secret');
    assert.equal(answer.headers['location'], `/v1/sessions/${id}`);
    assert.equal(answer.headers['cache-control'], 'no-store, no-transform');
    return { id, secret, headers: { 'x-session-id': id, 'x-session-secret': secret } };
  }

  describe('sessions', () => {
    it('open with defaults, within the limits', async () => {
      const answer = await expectStatus(201, here, 'POST', '/v1/sessions');
      assert.equal(answer.json()['timeoutMs'], 30_000);
      const short = await expectStatus(201, here, 'POST', '/v1/sessions', {
        body: '{"timeoutMs":1}',
      });
      const limits = (await expectStatus(200, here, 'GET', '/v1/info')).json()['limits'] as Record<
        string,
        number
      >;
      assert.equal(short.json()['timeoutMs'], limits['sessionTimeoutMsMin']);
      const long = await expectStatus(201, here, 'POST', '/v1/sessions', {
        body: '{"timeoutMs":99999999}',
      });
      assert.equal(long.json()['timeoutMs'], limits['sessionTimeoutMsMax']);
    });

    it('are kept alive at any peer, by the secret alone', async () => {
      const { id, secret, headers } = await opened();
      for (const base of [here, there]) {
        for (const method of ['PUT', 'POST']) {
          const touched = await expectStatus(204, base, method, `/v1/sessions/${id}`, { headers });
          const expiresInMs = Number(touched.headers['x-session-expires-in']);
          assert.ok(expiresInMs > 0 && expiresInMs <= 10_000, String(expiresInMs));
        }
        const authorization = `Session ${id}:${secret}`;
        await expectStatus(204, base, 'PUT', `/v1/sessions/${id}`, { headers: { authorization } });
        await expectStatus(204, base, 'PUT', `/v1/sessions/${id}`, {
          headers: { 'x-session-secret': secret },
        });
      }
      // A wrong secret is told no more than that there is no such session of its own.
      const wrong = { headers: { 'x-session-secret': 'AAAAAAAAAAAAAAAAAAAAAA' } };
      for (const method of ['PUT', 'DELETE']) {
        const target = `/v1/sessions/${id}`;
        await expectProblem({ status: 410, code: 'SESSIONEXPIRED' }, here, method, target, wrong);
        await expectProblem({ status: 401, code: 'AUTHFAILED' }, here, method, target);
      }
      await expectStatus(204, here, 'PUT', `/v1/sessions/${id}`, { headers });
    });

    it('give the same session to a repeated request that chose id and secret', async () => {
      const body = {
        id: '123456789012345678',
        secret: 'c29tZSBzaXh0ZWVuIGJ5dGVz',
        timeoutMs: 10_000,
      };
      const first = await opened(body);
      assert.deepEqual([first.id, first.secret], [body.id, body.secret]);
      await expectStatus(201, there, 'POST', '/v1/sessions', { body: JSON.stringify(body) });
      const other = JSON.stringify({ ...body, secret: 'AAAAAAAAAAAAAAAAAAAAAA' });
      const refused = await expectStatus(401, there, 'POST', '/v1/sessions', { body: other });
      assert.equal(refused.json()['code'], 'AUTHFAILED');
    });

    it('own their ephemeral znodes, which go with them', async () => {
      const { id, headers } = await opened();
      const target = '/v1/nodes/?name=mine&kind=ephemeral';
      await expectProblem({ status: 400, code: 'BADARGUMENTS' }, here, 'POST', target);
      const made = await expectStatus(201, here, 'POST', target, { headers });
      assert.equal(made.headers['x-zk-ephemeral-owner'], id);
      await expectProblem(
        { status: 409, code: 'NOCHILDRENFOREPHEMERALS' },
        here,
        'POST',
        '/v1/nodes/mine?name=x',
      );
      await expectStatus(204, there, 'DELETE', `/v1/sessions/${id}`, { headers });
      await expectProblem({ status: 404, code: 'NONODE' }, here, 'GET', '/v1/nodes/mine');
      await expectStatus(204, here, 'DELETE', `/v1/sessions/${id}`, { headers });
      for (const [method, gone] of [
        ['PUT', `/v1/sessions/${id}`],
        ['POST', '/v1/nodes/?name=late'],
        ['GET', '/v1/nodes/'],
      ]) {
        await expectProblem(
          { status: 410, code: 'SESSIONEXPIRED' },
          here,
          method ?? '',
          gone ?? '',
          { headers },
        );
      }
    });

    it('expire when nobody touches them', async () => {
      const { headers } = await opened({ timeoutMs: 2_000 });
      await expectStatus(201, here, 'POST', '/v1/nodes/?name=brief&kind=ephemeral', { headers });
      await until('the znode of the expired session to go', async () => {
        const list = await expectStatus(200, there, 'GET', '/v1/nodes/?children');
        return !(list.json()['children'] as string[]).includes('brief');
      });
    });

    it('read what they wrote, wherever', async () => {
      const { headers } = await opened();
      await expectStatus(201, here, 'PUT', '/v1/nodes/own?create', { headers, body: 'mine' });
      const read = await expectStatus(200, here, 'GET', '/v1/nodes/own?consistency=session', {
        headers,
      });
      assert.equal(read.text, 'mine');
    });

    it('are refused in wrong shapes', async () => {
      const bodies = [
        ...[
          '[]',
          '{"timeoutMs":"5s"}',
          '{"timeoutMs":0}',
          '{"timeoutMs":1.5}',
          '{"timeout":5}',
          '{"id":"7"}',
          'x',
        ],
        ...[
          '{"id":7,"secret":"AAAAAAAAAAAAAAAAAAAAAA"}',
          '{"id":"0","secret":"AAAAAAAAAAAAAAAAAAAAAA"}',
        ],
        ...[
          '{"secret":"short"}',
          '{"secret":"AAAAAAAAAAAAAAAAAAAAA="}',
          '{"timeoutMs":5,"timeoutMs":6}',
          '{"__proto__":{}}',
        ],
      ];
      for (const body of bodies) {
        await expectProblem({ status: 400, code: 'BADARGUMENTS' }, here, 'POST', '/v1/sessions', {
          body,
        });
      }
      const headers = { 'idempotency-key': 'k' };
      await expectProblem({ status: 400, code: 'BADARGUMENTS' }, here, 'POST', '/v1/sessions', {
        headers,
      });
      for (const id of ['x', '0', '-1', '99999999999999999999', '%00']) {
        await expectProblem(
          { status: 400, code: 'BADARGUMENTS' },
          here,
          'PUT',
          `/v1/sessions/${id}`,
        );
      }
    });
  });

  describe('transactions', () => {
    const txn = (ops: object[], orElse?: object[]): { body: string } => ({
      body: JSON.stringify(orElse === undefined ? { ops } : { ops, else: orElse }),
    });

    it('do all of their ops as one', async () => {
      const answer = await expectStatus(
        200,
        here,
        'POST',
        '/v1/txn',
        txn([
          { op: 'create', path: '/t', data: 'é' },
          { op: 'create', path: '/t/n-', sequential: true },
          { op: 'set', path: '/t', data: '/w==', encoding: 'base64', version: 0 },
          { op: 'check', path: '/t', version: 1 },
          { op: 'checkAbsent', path: '/t/other' },
          { op: 'delete', path: '/t/n-0000000000' },
          {
            op: 'setAcl',
            path: '/t',
            acl: [{ permissions: 'cdrwa', scheme: 'world', id: 'anyone' }],
          },
          { op: 'set', path: '/u', data: 'new', create: true },
        ]),
      );
      const document = answer.json();
      assert.equal(document['branch'], 'ops');
      const results = document['results'] as Record<string, unknown>[];
      assert.deepEqual(
        results.map(({ op, path }) => [op, path]),
        [
          ['create', '/t'],
          ['create', '/t/n-0000000000'],
          ['set', '/t'],
          ['check', '/t'],
          ['check', '/t/other'],
          ['delete', '/t/n-0000000000'],
          ['setAcl', '/t'],
          ['create', '/u'],
        ],
      );
      const read = await expectStatus(200, there, 'GET', '/v1/nodes/t');
      assert.deepEqual(read.bytes, Buffer.from([0xff]));
      assert.equal(read.headers['x-zk-mzxid'], document['zxid']);
    });

    it('do nothing when one op fails, and say which', async () => {
      const ops = [
        { op: 'create', path: '/half' },
        { op: 'check', path: '/half', version: 7 },
        { op: 'delete', path: '/half' },
      ];
      const problem = await expectProblem(
        { status: 409, code: 'BADVERSION' },
        here,
        'POST',
        '/v1/txn',
        txn(ops),
      );
      assert.equal(problem['failedIndex'], 1);
      assert.deepEqual(problem['results'], [
        { op: 'create', path: '/half', code: 'OK', zkCode: 0 },
        { op: 'check', path: '/half', code: 'BADVERSION', zkCode: -103 },
        { op: 'delete', path: '/half', code: 'ROLLEDBACK', zkCode: -2 },
      ]);
      assert.equal(problem['applied'], 'no');
      await expectProblem({ status: 404, code: 'NONODE' }, there, 'GET', '/v1/nodes/half');
    });

    it('run the other branch when there is one', async () => {
      const ops = [{ op: 'check', path: '/nothing' }];
      const made = await expectStatus(
        200,
        here,
        'POST',
        '/v1/txn',
        txn(ops, [{ op: 'create', path: '/instead' }]),
      );
      assert.equal(made.json()['branch'], 'else');
      await expectStatus(200, there, 'GET', '/v1/nodes/instead');
      const again = txn(ops, [
        { op: 'checkAbsent', path: '/x' },
        { op: 'create', path: '/instead' },
      ]);
      const problem = await expectProblem(
        { status: 409, code: 'NODEEXISTS' },
        here,
        'POST',
        '/v1/txn',
        again,
      );
      assert.equal(problem['failedIndex'], 1);
      assert.equal((problem['results'] as unknown[]).length, 2);
      const empty = await expectStatus(200, here, 'POST', '/v1/txn', txn(ops, []));
      assert.deepEqual(empty.json()['results'], []);
    });

    it('are answered again by their key', async () => {
      const sent = {
        ...txn([{ op: 'create', path: '/keyed-', sequential: true }]),
        headers: { 'idempotency-key': 't-1' },
      };
      const first = await expectStatus(200, here, 'POST', '/v1/txn', sent);
      const again = await expectStatus(200, there, 'POST', '/v1/txn', sent);
      assert.deepEqual(again.json(), first.json());
      assert.equal(again.headers['idempotency-replayed'], 'true');
    });

    it('are refused above the limits', async () => {
      const many = txn(Array.from({ length: 1_001 }, () => ({ op: 'checkAbsent', path: '/q' })));
      const problem = await expectProblem(
        { status: 413, code: 'TOOLARGE' },
        here,
        'POST',
        '/v1/txn',
        many,
      );
      assert.deepEqual([problem['limit'], problem['actual']], [1_000, 1_001]);
      const big = txn([{ op: 'set', path: '/t', data: 'x'.repeat(1_000_001) }]);
      await expectProblem({ status: 413, code: 'TOOLARGE' }, here, 'POST', '/v1/txn', big);
    });
  });
});
