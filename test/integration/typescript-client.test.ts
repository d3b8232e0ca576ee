import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  createQuollClient,
  type Children,
  type QuollClient,
} from '../../clients/typescript/index.ts';
import { borrowEnsemble, startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { newTokenText } from '../support/identity/static-tokens.ts';

// The client that is generated from the contract, against a real ensemble: what it is typed to give is what it gets.

describe('the TypeScript client', () => {
  let ensemble: TestEnsemble;
  let quoll: QuollClient;
  let other: QuollClient;

  before(async () => {
    ensemble = await borrowEnsemble();
    await ensemble.leader();
    quoll = createQuollClient({ baseUrl: ensemble.peer(1).http });
    other = createQuollClient({ baseUrl: ensemble.peer(2).http });
  });

  after(async () => {
    await ensemble.stop();
  });

  it('creates, reads as text, bytes and document, and deletes', async () => {
    const path = { path: 'app/config é' };
    const query = { create: true, parents: true } as const;
    const made = await quoll.PUT('/v1/nodes/{path}', { params: { path, query }, body: 'v1' });
    assert.equal(made.response.status, 201);
    assert.equal(made.data?.path, '/app/config é');
    assert.equal(made.data.stat.version, 0);

    const text = await other.GET('/v1/nodes/{path}', { params: { path }, parseAs: 'text' });
    assert.equal(text.data, 'v1');
    const bytes = new Uint8Array([0, 255, 10]);
    await other.PUT('/v1/nodes/{path}', { params: { path }, body: bytes });
    const read = await quoll.GET('/v1/nodes/{path}', { params: { path }, parseAs: 'arrayBuffer' });
    assert.deepEqual(new Uint8Array(read.data ?? new ArrayBuffer()), bytes);

    const gone = await quoll.DELETE('/v1/nodes/{path}', {
      params: { path: { path: 'app' }, query: { recursive: true } },
    });
    assert.equal(gone.response.headers.get('x-deleted'), '2');
    const { error } = await quoll.GET('/v1/nodes/{path}', { params: { path } });
    assert.equal(error?.code, 'NONODE');
  });

  it('asks by the fetch that it is given, which may believe another CA', async () => {
    const asked: string[] = [];
    const { http } = ensemble.peer(1);
    const own = createQuollClient({
      baseUrl: http,
      fetch: (request) => {
        asked.push(request.url);
        return fetch(request);
      },
    });
    const read = await own.GET('/v1/info');
    assert.equal(read.response.status, 200);
    assert.deepEqual(asked, [`${http}/v1/info`]);
  });

  it('tells a lost race by its code', async () => {
    const path = { path: 'race' };
    await quoll.PUT('/v1/nodes/{path}', { params: { path, query: { create: true } }, body: '0' });
    const { response } = await quoll.GET('/v1/nodes/{path}', {
      params: { path },
      parseAs: 'text',
    });
    const etag = response.headers.get('etag') ?? assert.fail('no ETag');
    const params = { path, header: { 'If-Match': etag } };
    const racers = await Promise.all(
      [quoll, other].map((client) => client.PUT('/v1/nodes/{path}', { params, body: 'mine' })),
    );
    assert.deepEqual(racers.map((each) => each.response.status).toSorted(), [200, 412]);
    const lost = racers.find(({ error }) => error !== undefined)?.error;
    assert.equal(lost?.code, 'BADVERSION');
    assert.equal(lost.applied, 'no');
    assert.equal(lost.zkCode, -103);
  });

  it('lists in pages', async () => {
    for (const name of ['a', 'b', 'c']) {
      const query = { create: true, parents: true } as const;
      await quoll.PUT('/v1/nodes/{path}', { params: { path: { path: `list/${name}/x` }, query } });
    }
    const names: string[] = [];
    let token: string | undefined;
    do {
      const more = token === undefined ? {} : { continue: token };
      const query = { children: true, recursive: true, limit: 4, ...more } as const;
      const { data } = await quoll.GET('/v1/nodes/{path}', {
        params: { path: { path: 'list' }, query },
      });
      // Which of its documents this route gives depends on the query.
      const page = data as Children;
      names.push(...page.children);
      token = page.continue ?? undefined;
    } while (token !== undefined);
    assert.deepEqual(names, ['a', 'a/x', 'b', 'b/x', 'c', 'c/x']);
  });

  it('runs transactions, and says which op failed', async () => {
    const ran = await quoll.POST('/v1/txn', {
      body: {
        ops: [
          { op: 'checkAbsent', path: '/txn' },
          { op: 'create', path: '/txn', data: '1' },
        ],
      },
    });
    assert.equal(ran.data?.branch, 'ops');
    const { error } = await other.POST('/v1/txn', {
      body: {
        ops: [
          { op: 'set', path: '/txn', data: '2' },
          { op: 'check', path: '/txn', version: 7 },
        ],
      },
    });
    assert.deepEqual([error?.code, error?.failedIndex], ['BADVERSION', 1]);
    assert.equal(error?.results?.[0]?.code, 'OK');
  });

  it('works in a session, and holds a lock with it', async () => {
    const opened = await quoll.POST('/v1/sessions', { body: { timeoutMs: 10_000 } });
    const session = opened.data ?? assert.fail('no session');
    const mine = createQuollClient({ baseUrl: ensemble.peer(3).http, session });
    const made = await mine.POST('/v1/nodes/{path}', {
      params: { path: { path: '' }, query: { name: 'mine', kind: 'ephemeral' } },
    });
    assert.equal(made.data?.stat.ephemeralOwner, session.id);

    const name = { name: 'client' };
    const held = await mine.POST('/v1/locks/{name}', { params: { path: name }, body: {} });
    assert.equal(held.response.status, 200, JSON.stringify(held.error));
    const waits = await other.POST('/v1/locks/{name}', {
      params: { path: name },
      body: { ttlMs: 5_000 },
    });
    assert.equal(waits.response.status, 202, JSON.stringify(waits.error));

    const closed = await mine.DELETE('/v1/sessions/{id}', { params: { path: { id: session.id } } });
    assert.equal(closed.response.status, 204);
    const { error } = await quoll.GET('/v1/nodes/{path}', { params: { path: { path: 'mine' } } });
    assert.equal(error?.code, 'NONODE');
  });

  it('proves who asks, for ACLs', async () => {
    const digest = { user: 'zoë', password: 'secret' };
    const zoe = createQuollClient({ baseUrl: ensemble.peer(1).http, digest });
    const path = { path: 'private' };
    await zoe.PUT('/v1/nodes/{path}', {
      params: { path, query: { create: true }, header: { 'X-Acl': 'auth::cdrwa' } },
      body: 'mine',
    });
    const refused = await quoll.GET('/v1/nodes/{path}', { params: { path } });
    assert.equal(refused.error?.code, 'NOAUTH');
    const read = await zoe.GET('/v1/nodes/{path}', { params: { path }, parseAs: 'text' });
    assert.equal(read.data, 'mine');
  });
});

describe('the TypeScript client, where grants are on', () => {
  let ensemble: TestEnsemble;

  before(async () => {
    ensemble = await startEnsemble({ peers: 1 });
  });

  after(async () => {
    await ensemble.stop();
  });

  it('is who its token says, for as long as that holds', async () => {
    const baseUrl = ensemble.peer(1).http;
    const digest = { user: 'ops', password: 'secret' };
    const ops = createQuollClient({ baseUrl, digest });
    const { data } = await ops.GET('/v1/auth');
    const principals = [data?.identities[1] ?? assert.fail('nobody')];
    const begun = await ops.POST('/v1/auth/init', { body: { principals } });
    assert.deepEqual(begun.data?.roles, ['admin']);
    const token = newTokenText();
    const sha256 = createHash('sha256').update(token).digest('hex');
    const params = { path: { name: 'ci' } };
    const body = { sha256, groups: ['builders'] };
    const put = await ops.PUT('/v1/auth/tokens/{name}', { params, body });
    assert.equal(put.response.status, 204, JSON.stringify(put.error));
    const rules = [{ prefix: '/ci', verbs: ['create' as const, 'read' as const] }];
    await ops.PUT('/v1/auth/roles/{name}', { params, body: { rules } });
    const grant = { principals: ['group:builders'], roles: ['ci'] };
    await ops.PUT('/v1/auth/grants/{name}', { params, body: grant });

    const ci = createQuollClient({ baseUrl, token });
    const who = await ci.GET('/v1/auth');
    assert.deepEqual(who.data?.identities, ['ip:127.0.0.1', 'token:ci', 'group:builders']);
    assert.deepEqual(who.data.roles, ['ci']);
    const made = await ci.PUT('/v1/nodes/{path}', {
      params: { path: { path: 'ci' }, header: { 'If-None-Match': '*' } },
      body: 'its own',
    });
    assert.equal(made.response.status, 201, JSON.stringify(made.error));
    const other = await ci.GET('/v1/nodes/{path}', { params: { path: { path: '' } } });
    assert.equal(other.error?.code, 'NOAUTH');

    await ops.DELETE('/v1/auth/tokens/{name}', { params });
    const gone = await ci.GET('/v1/auth');
    assert.deepEqual([gone.response.status, gone.error?.code], [401, 'AUTHFAILED']);
  });
});
