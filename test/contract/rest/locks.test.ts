import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import {
  call,
  expectProblem,
  expectStatus,
  textOf,
  type Answer,
  type JsonObject,
} from '../../support/contract.ts';
import { borrowEnsemble, type PeerProcess, type TestEnsemble } from '../../support/ensemble.ts';
import { until } from '../../support/until.ts';

interface Body {
  readonly [field: string]: unknown;
}

/** A fresh name for each case: they share one ensemble. */
let names = 0;
const fresh = (): string => `case-${String(++names)}`;

describe('REST: locks', () => {
  let ensemble: TestEnsemble;
  let here: string;
  let there: string;

  before(async () => {
    ensemble = await borrowEnsemble();
    const leader = await ensemble.leader();
    there = leader.http;
    here = ensemble.peers.find((peer) => peer !== leader)?.http ?? assert.fail('no follower');
  });

  after(async () => {
    await ensemble.stop();
  });

  const enter = (at: string, name: string, body: Body = {}, query = ''): Promise<Answer> =>
    call(at, 'POST', `/v1/locks/${name}?${query}`, { body: JSON.stringify(body) });

  async function granted(
    at: string,
    name: string,
    body: Body = {},
    query = '',
  ): Promise<JsonObject> {
    const answer = await enter(at, name, body, query);
    assert.equal(answer.status, 200, answer.text);
    return answer.json();
  }

  async function queued(
    at: string,
    name: string,
    body: Body = {},
    query = '',
  ): Promise<JsonObject> {
    const answer = await enter(at, name, body, query);
    assert.equal(answer.status, 202, answer.text);
    assert.equal(
      answer.headers['location'],
      `/v1/locks/${name}/${textOf(answer.json(), 'lockId')}`,
    );
    return answer.json();
  }

  const release = (at: string, name: string, lock: JsonObject): Promise<Answer> =>
    call(at, 'DELETE', `/v1/locks/${name}/${textOf(lock, 'lockId')}`);

  const stateOf = (answer: Answer): unknown => answer.json()['state'];

  async function waitsIn(name: string, count: number): Promise<void> {
    await until(`${String(count)} contenders of ${name}`, async () => {
      const queue = (await expectStatus(200, here, 'GET', `/v1/locks/${name}`)).json();
      return (queue['contenders'] as unknown[]).length === count;
    });
  }

  it('grant, show, check and release', async () => {
    const name = fresh();
    const lock = await granted(here, name, { ttlMs: 8_000 });
    assert.equal(lock['state'], 'granted');
    assert.equal(lock['mode'], 'exclusive');
    assert.ok(Number(lock['expiresInMs']) > 0 && Number(lock['expiresInMs']) <= 8_000);
    const token = textOf(lock, 'fencingToken');
    const queue = (await expectStatus(200, there, 'GET', `/v1/locks/${name}`)).json();
    assert.deepEqual(queue['contenders'], [
      {
        path: lock['path'],
        session: lock['session'],
        mode: 'exclusive',
        fencingToken: token,
        holds: true,
      },
    ]);
    assert.equal(queue['dialect'], 'curator');
    await expectStatus(204, there, 'GET', `/v1/locks/${name}/check?token=${token}`);
    const stat = await expectStatus(200, here, 'GET', `/v1/nodes${textOf(lock, 'path')}?stat`);
    assert.equal((stat.json()['stat'] as JsonObject)['czxid'], token);
    const target = `/v1/locks/${name}/${textOf(lock, 'lockId')}`;
    await expectProblem({ status: 412, code: 'FENCED' }, here, 'DELETE', target, {
      headers: { 'x-fencing-token': '1' },
    });
    await expectStatus(204, there, 'DELETE', target, { headers: { 'x-fencing-token': token } });
    await expectProblem({ status: 410, code: 'LOCKLOST' }, here, 'DELETE', target);
    await expectProblem({ status: 410, code: 'LOCKLOST' }, here, 'GET', target);
    await expectProblem({ status: 410, code: 'LOCKLOST' }, here, 'POST', `${target}/renew`);
    const check = `/v1/locks/${name}/check?token=${token}`;
    await expectProblem({ status: 412, code: 'FENCED' }, here, 'GET', check);
    // The session that was opened for it went with it.
    await expectProblem(
      { status: 410, code: 'SESSIONEXPIRED' },
      ...([there, 'PUT', `/v1/sessions/${textOf(lock, 'session')}`] as const),
      { headers: { 'x-session-secret': textOf(lock, 'lockId') } },
    );
  });

  it('go to the next in the queue, with a greater token, and wake nobody else', async () => {
    const name = fresh();
    const first = await granted(here, name);
    const woken = await metric('quoll_locks_woken_total');
    const order: string[] = [];
    const waiting: Promise<JsonObject>[] = [];
    for (let index = 0; index < 4; index++) {
      const at = index % 2 === 0 ? here : there;
      waiting.push(
        granted(at, name, {}, 'wait=30s').then(async (lock) => {
          order.push(textOf(lock, 'path'));
          await release(at, name, lock);
          return lock;
        }),
      );
      await waitsIn(name, index + 2);
    }
    await release(there, name, first);
    const locks = await Promise.all(waiting);
    const tokens = [first, ...locks].map((lock) => BigInt(textOf(lock, 'fencingToken')));
    for (const [index, token] of tokens.entries()) {
      assert.ok(index === 0 || token > (tokens[index - 1] ?? 0n), String(tokens));
    }
    assert.deepEqual(
      order,
      locks.map((lock) => lock['path']),
    );
    // Five releases, the last of which left nobody to wake.
    assert.equal((await metric('quoll_locks_woken_total')) - woken, 4);
  });

  async function metric(name: string): Promise<number> {
    let sum = 0;
    for (const { http } of ensemble.peers) {
      const { text } = await expectStatus(200, http, 'GET', '/metrics');
      sum += Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
    }
    return sum;
  }

  it('keep the place of who stops waiting, and of who disconnects', async () => {
    const name = fresh();
    const holder = await granted(here, name);
    const second = await queued(there, name);
    assert.equal(second['ahead'], 1);
    assert.equal(second['fencingToken'], undefined);
    const lockId = randomUUID();
    const cut = disconnectAfter(here, `/v1/locks/${name}?wait=60s`, { lockId });
    await waitsIn(name, 3);
    cut();
    const third = await expectStatus(202, here, 'GET', `/v1/locks/${name}/${lockId}`);
    assert.equal(third.json()['ahead'], 2);
    await release(here, name, holder);
    const poll = await expectStatus(200, here, 'GET', pollOf(name, second, '?wait=30s'));
    assert.equal(stateOf(poll), 'granted');
    await release(here, name, second);
    const own = `/v1/locks/${name}/${lockId}?wait=30s`;
    assert.equal(stateOf(await expectStatus(200, there, 'GET', own)), 'granted');
  });

  it('give up the place of who disconnects and wants that', async () => {
    const name = fresh();
    const holder = await granted(here, name);
    const cut = disconnectAfter(there, `/v1/locks/${name}?wait=60s&abandonOnDisconnect`, {});
    await waitsIn(name, 2);
    cut();
    await waitsIn(name, 1);
    await release(here, name, holder);
  });

  const pollOf = (name: string, lock: JsonObject, query = ''): string =>
    `/v1/locks/${name}/${textOf(lock, 'lockId')}${query}`;

  it('refuse a try that would have to wait, and enter nothing', async () => {
    const name = fresh();
    const holder = await granted(here, name, {}, 'try');
    const refused = await enter(there, name, {}, 'try');
    assert.equal(refused.status, 409, refused.text);
    assert.equal(refused.json()['code'], 'LOCKHELD');
    await waitsIn(name, 1);
    await release(here, name, holder);
    await granted(there, name, {}, 'try');
  });

  it('find the same place for the same lockId, and no second one', async () => {
    const name = fresh();
    const lockId = randomUUID();
    const lock = await granted(here, name, { lockId });
    const again = await granted(there, name, { lockId });
    for (const field of ['lockId', 'path', 'session', 'fencingToken']) {
      assert.equal(again[field], lock[field], field);
    }
    await waitsIn(name, 1);
    const other = await enter(here, name, { lockId, mode: 'read' });
    assert.equal(other.status, 422, other.text);
    await release(here, name, lock);
    const late = await enter(there, name, { lockId });
    assert.equal(late.status, 410, late.text);
    assert.equal(late.json()['code'], 'LOCKLOST');
    await waitsIn(name, 0);
  });

  it('let readers in together, writers alone, and both in their turn', async () => {
    const name = fresh();
    const readers = [
      await granted(here, name, { mode: 'read' }),
      await granted(there, name, { mode: 'read' }),
    ];
    const writer = await queued(here, name, { mode: 'write' });
    const late = await queued(there, name, { mode: 'read' });
    assert.deepEqual([writer['mode'], writer['ahead'], late['ahead']], ['exclusive', 2, 1]);
    for (const reader of readers) {
      const token = textOf(reader, 'fencingToken');
      await expectStatus(204, here, 'GET', `/v1/locks/${name}/check?token=${token}`);
      await release(here, name, reader);
    }
    await expectStatus(200, there, 'GET', pollOf(name, writer, '?wait=30s'));
    assert.equal(stateOf(await expectStatus(202, there, 'GET', pollOf(name, late))), 'queued');
    await release(here, name, writer);
    await expectStatus(200, here, 'GET', pollOf(name, late, '?wait=30s'));
  });

  it('let as many into a semaphore as it has permits', async () => {
    const name = fresh();
    const semaphore = { mode: 'semaphore', permits: 2 };
    const first = await granted(here, name, semaphore);
    await granted(there, name, semaphore);
    const third = await queued(here, name, semaphore);
    assert.equal(third['ahead'], 1);
    const other = await enter(here, name, { mode: 'semaphore', permits: 3 });
    assert.equal(other.json()['code'], 'LOCKMIXED');
    const mixed = await enter(here, name, { mode: 'exclusive' });
    assert.equal(mixed.json()['code'], 'LOCKMIXED');
    await release(there, name, first);
    await expectStatus(200, there, 'GET', pollOf(name, third, '?wait=30s'));
  });

  it('speak the dialect of the first, and refuse another', async () => {
    const name = fresh();
    const kazoo = await granted(here, name, {}, 'dialect=kazoo');
    assert.match(textOf(kazoo, 'path'), /\/[0-9a-f]{32}__lock__0000000000$/);
    const next = await queued(there, name);
    assert.match(textOf(next, 'path'), /__lock__0000000001$/);
    const curator = await enter(here, name, {}, 'dialect=curator');
    assert.equal(curator.status, 409);
    assert.equal(curator.json()['code'], 'LOCKMIXED');
  });

  it('grant nothing once a stranger has joined the queue, and keep the places', async () => {
    const name = fresh();
    const holder = await granted(here, name);
    const waiting = enter(here, name, { lockId: randomUUID() }, 'wait=60s');
    await waitsIn(name, 2);
    const stranger = `/v1/nodes/locks/${name}?name=write-&sequential`;
    const path = textOf((await expectStatus(201, there, 'POST', stranger)).json(), 'path');
    const told = await waiting;
    assert.equal(told.status, 409, told.text);
    assert.equal(told.json()['code'], 'LOCKMIXED');
    await waitsIn(name, 3);
    const queue = (await expectStatus(200, here, 'GET', `/v1/locks/${name}`)).json();
    assert.equal(queue['dialect'], 'foreign');
    // Who was granted it still writes under its token.
    await expectStatus(200, here, 'GET', '/v1/nodes/locks?stat');
    const token = textOf(holder, 'fencingToken');
    await expectStatus(204, here, 'GET', `/v1/locks/${name}/check?token=${token}`);
    await expectStatus(204, there, 'DELETE', `/v1/nodes${path}`);
    assert.equal(stateOf(await expectStatus(200, here, 'GET', pollOf(name, holder))), 'granted');
  });

  it('wait in the order of a queue that others share by znodes alone', async () => {
    const name = fresh();
    const holder = await granted(here, name);
    // As Curator and go-zookeeper do it: an ephemeral sequential znode of their own naming.
    const opened = (await expectStatus(201, here, 'POST', '/v1/sessions')).json();
    const headers = {
      'x-session-id': textOf(opened, 'id'),
      'x-session-secret': textOf(opened, 'secret'),
    };
    const theirs = `/v1/nodes/locks/${name}?name=_c_0f9a6c1e-2d7b-4f10-8a53-0c9be2f4d711-lock-&sequential&kind=ephemeral`;
    const path = textOf(
      (await expectStatus(201, there, 'POST', theirs, { headers })).json(),
      'path',
    );
    const last = await queued(there, name);
    assert.equal(last['ahead'], 2);
    await release(here, name, holder);
    assert.equal((await expectStatus(202, here, 'GET', pollOf(name, last))).json()['ahead'], 1);
    await expectStatus(204, there, 'DELETE', `/v1/nodes${path}`);
    await expectStatus(200, here, 'GET', pollOf(name, last, '?wait=30s'));
  });

  it('belong to the session that the client brings, and end with it everywhere', async () => {
    const name = fresh();
    const opened = (await expectStatus(201, here, 'POST', '/v1/sessions')).json();
    const session = textOf(opened, 'id');
    const headers = { 'x-session-secret': textOf(opened, 'secret') };
    const enterWith = (at: string, body: Body, query = '', sent = headers): Promise<Answer> =>
      call(at, 'POST', `/v1/locks/${name}?${query}`, {
        body: JSON.stringify({ session, ...body }),
        headers: sent,
      });
    const answer = await enterWith(there, {});
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json()['session'], session);
    const both = await enterWith(there, { ttlMs: 5_000 });
    assert.equal(both.status, 400, both.text);
    const wrong = await enterWith(there, {}, '', { 'x-session-secret': randomUUID() });
    assert.equal(wrong.status, 410, wrong.text);
    const waiting = enterWith(here, {}, 'wait=60s');
    await waitsIn(name, 2);
    await expectStatus(204, here, 'DELETE', `/v1/sessions/${session}`, { headers });
    const told = await waiting;
    assert.equal(told.status, 410, told.text);
    assert.equal(told.json()['code'], 'LOCKLOST');
    await waitsIn(name, 0);
    const lock = answer.json();
    for (const { http } of ensemble.peers) {
      await expectProblem({ status: 410, code: 'LOCKLOST' }, http, 'GET', pollOf(name, lock));
      const gone = `/v1/nodes${textOf(lock, 'path')}?stat`;
      await expectProblem({ status: 404, code: 'NONODE' }, http, 'GET', gone);
    }
  });

  it('end when nobody keeps their session alive, and go to who waits', async () => {
    const name = fresh();
    const holder = await granted(here, name, { ttlMs: 2_000 });
    const next = await granted(there, name, { ttlMs: 2_000 }, 'wait=60s');
    assert.notEqual(next['path'], holder['path']);
    await expectProblem({ status: 410, code: 'LOCKLOST' }, here, 'GET', pollOf(name, holder));
    const renew = `/v1/locks/${name}/${textOf(next, 'lockId')}/renew`;
    const renewed = (await expectStatus(200, here, 'POST', renew)).json();
    assert.equal(renewed['fencingToken'], next['fencingToken']);
    // The lock's own session is one like any other.
    await expectStatus(204, there, 'PUT', `/v1/sessions/${textOf(next, 'session')}`, {
      headers: { 'x-session-secret': textOf(next, 'lockId') },
    });
  });

  it('guard changes, which look as they do without', async () => {
    const name = fresh();
    const lock = await granted(here, name);
    const guard = { 'x-lock': name, 'x-fencing-token': textOf(lock, 'fencingToken') };
    const stale = { 'x-lock': name, 'x-fencing-token': '7' };
    const node = `/v1/nodes/${name}`;
    const sent = { headers: guard, body: 'a' };
    const plain = (
      await expectStatus(201, here, 'PUT', `${node}-plain?create`, { body: 'a' })
    ).json();
    const made = (await expectStatus(201, here, 'PUT', `${node}?create`, sent)).json();
    assert.deepEqual(Object.keys(made), Object.keys(plain));
    await expectStatus(200, there, 'PUT', node, sent);
    await expectStatus(201, there, 'POST', `${node}?name=child`, sent);
    for (const method of ['PUT', 'DELETE'] as const) {
      await expectProblem({ status: 412, code: 'FENCED' }, here, method, node, { headers: stale });
    }
    const child = `${node}/child`;
    const refused = await expectProblem(
      { status: 409, code: 'NODEEXISTS' },
      here,
      'POST',
      `${node}?name=child`,
      sent,
    );
    assert.equal(refused['failedIndex'], undefined);
    await expectStatus(204, here, 'DELETE', child, { headers: guard });
    await expectProblem({ status: 400, code: 'BADARGUMENTS' }, here, 'PUT', node, {
      headers: { 'x-fencing-token': '7' },
    });
    await release(there, name, lock);
    await expectProblem({ status: 412, code: 'FENCED' }, here, 'PUT', node, { headers: guard });
  });

  it('guard transactions', async () => {
    const name = fresh();
    const lock = await granted(here, name);
    const run = (ops: object[]): Promise<Answer> =>
      call(there, 'POST', '/v1/txn', { body: JSON.stringify({ ops }) });
    const token = textOf(lock, 'fencingToken');
    const held = { op: 'checkLock', lock: name, token };
    const alive = { op: 'checkSession', session: lock['session'] };
    const create = { op: 'create', path: `/${name}` };
    const ran = await run([held, alive, create]);
    assert.equal(ran.status, 200, ran.text);
    const checks = await run([held, alive]);
    assert.deepEqual(checks.json()['results'], [
      { op: 'check', path: `/locks/${name}` },
      { op: 'check', path: '/' },
    ]);
    const fenced = await run([
      { ...held, token: '9' },
      { op: 'delete', path: `/${name}` },
    ]);
    assert.equal(fenced.status, 412, fenced.text);
    assert.deepEqual([fenced.json()['code'], fenced.json()['failedIndex']], ['FENCED', 0]);
    const dead = await run([
      { op: 'checkSession', session: '77' },
      { op: 'delete', path: `/${name}` },
    ]);
    assert.equal(dead.status, 410, dead.text);
    const both = await run([{ ...held, election: name }]);
    assert.equal(both.status, 400, both.text);
  });

  it('say what is wrong with a request', async () => {
    const name = fresh();
    const wrong: [Body, string][] = [
      [{ lockId: 'short' }, ''],
      [{ lockId: `${'A'.repeat(21)}B` }, ''],
      [{ ttlMs: 86_400_001 }, ''],
      [{ ttlMs: 0 }, ''],
      [{ mode: 'semaphore' }, ''],
      [{ permits: 2 }, ''],
      [{ mode: 'semaphore', permits: 0 }, ''],
      [{ mode: 'semaphore', permits: 2 }, 'dialect=kazoo'],
      [{ unknown: 1 }, ''],
      [{}, 'wait=11m'],
      [{}, 'wait=5'],
      [{}, 'dialect=etcd'],
    ];
    for (const [body, query] of wrong) {
      const answer = await enter(here, name, body, query);
      assert.equal(answer.status, 400, `${JSON.stringify(body)} ${query}: ${answer.text}`);
    }
    await expectStatus(400, here, 'POST', `/v1/locks/a%2Fb`);
    await expectStatus(400, here, 'POST', `/v1/locks/${name}`, {
      headers: { 'idempotency-key': 'k' },
    });
    await expectStatus(400, here, 'GET', `/v1/locks/${name}/check`);
    await expectStatus(400, here, 'GET', `/v1/locks/${name}/nope`);
    await waitsIn(name, 0);
  });

  it('answer at once when their peer stops, and go on at another', async () => {
    const name = fresh();
    const holder = await granted(there, name, { ttlMs: 60_000 });
    const lockId = randomUUID();
    const waiting = enter(here, name, { lockId, ttlMs: 60_000 }, 'wait=5m');
    await waitsIn(name, 2);
    const stopping = peerAt(here);
    const ended = stopping.end('SIGTERM');
    assert.equal((await waiting).status, 202);
    assert.equal(await ended, 0);
    await release(there, name, holder);
    const found = await enter(there, name, { lockId, ttlMs: 60_000 }, 'wait=30s');
    assert.equal(found.status, 200, found.text);
    stopping.start();
    await stopping.ready();
  });

  const peerAt = (http: string): PeerProcess =>
    ensemble.peers.find((peer) => peer.http === http) ?? assert.fail('no such peer');
});

/** Sends a request; the answer cuts its connection. */
function disconnectAfter(base: string, path: string, body: Body): () => void {
  const request = httpRequest(`${base}${path}`, { method: 'POST', agent: false });
  request.on('error', () => undefined);
  request.end(JSON.stringify(body));
  return () => request.destroy();
}
