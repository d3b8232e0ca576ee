import assert from 'node:assert/strict';
import { startEnsemble, type Ensemble } from '../../../src/index.ts';
import {
  call,
  checkValue,
  contract,
  expectProblem,
  expectStatus,
  type JsonObject,
} from '../../support/contract.ts';

const json = { accept: 'application/json' };

describe('REST: znodes', () => {
  let ensemble: Ensemble;
  let leader: string;
  let follower: string;
  let observer: string;

  before(async () => {
    ensemble = await startEnsemble({ peers: 3, observers: 1 });
    leader = (await ensemble.leader()).url;
    const followers = ensemble.peers.filter(({ url, id }) => url !== leader && id <= 3);
    follower = followers[0]?.url ?? assert.fail('no follower');
    observer = ensemble.peer(4).url;
  });

  after(async () => {
    await ensemble.stop();
  });

  /** A znode of its own for each test. */
  async function made(name: string, body = ''): Promise<string> {
    await expectStatus(201, follower, 'PUT', `/v1/nodes/${name}?create`, { body });
    return `/v1/nodes/${name}`;
  }

  function statOf(document: JsonObject): JsonObject {
    return document['stat'] as JsonObject;
  }

  it('creates and sets with PUT ?create, and gives the bytes back with the stat in headers', async () => {
    const bytes = Buffer.from([0, 1, 0xff, 0x0d, 0x0a]);
    const created = await expectStatus(201, follower, 'PUT', '/v1/nodes/put?create', {
      body: bytes,
    });
    assert.equal(created.headers['location'], '/v1/nodes/put');
    await expectStatus(200, follower, 'PUT', '/v1/nodes/put?create', { body: bytes });
    for (const base of [leader, follower, observer]) {
      const { headers, bytes: read } = await expectStatus(200, base, 'GET', '/v1/nodes/put');
      assert.deepEqual(read, bytes);
      assert.equal(headers['content-type'], 'application/octet-stream');
      assert.equal(headers['etag'], `"${headers['x-zk-czxid'] ?? ''}-1"`);
      assert.equal(headers['x-zk-version'], '1');
      assert.equal(headers['x-zk-num-children'], '0');
      assert.equal(headers['x-zk-ephemeral-owner'], '0');
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.ok(BigInt(headers['x-zxid'] ?? 0) >= BigInt(headers['x-zk-mzxid'] ?? 0));
    }
  });

  it('takes any content type for data, and no coded content', async () => {
    const target = await made('types');
    const types = [
      'application/json',
      'application/x-www-form-urlencoded',
      'text/plain',
      'multipart/form-data',
      'x',
    ];
    for (const type of types) {
      const headers = { 'content-type': type, 'content-encoding': 'identity' };
      await expectStatus(200, follower, 'PUT', target, { headers, body: '{"not": decoded' });
      assert.equal((await expectStatus(200, follower, 'GET', target)).text, '{"not": decoded');
    }
    const coded = { headers: { 'content-encoding': 'gzip' }, body: 'x' };
    const refused = await expectStatus(415, follower, 'PUT', target, coded);
    assert.equal(refused.headers['accept-encoding'], 'identity');
  });

  it('says 404 for what is not there, and never creates unasked', async () => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const problem = await expectProblem(
        { status: 404, code: 'NONODE' },
        follower,
        method,
        '/v1/nodes/nowhere',
      );
      assert.equal(problem['path'], '/nowhere');
      assert.equal(problem['applied'], 'no');
      assert.equal(
        /PUT creates it with \?create/.test(problem['detail'] as string),
        method === 'PUT',
      );
    }
    const head = await expectStatus(404, follower, 'HEAD', '/v1/nodes/nowhere');
    assert.equal(head.bytes.length, 0);
    await expectProblem(
      { status: 409, code: 'NOPARENT' },
      follower,
      'PUT',
      '/v1/nodes/nowhere/a?create',
    );
    await expectProblem(
      { status: 409, code: 'NOPARENT' },
      follower,
      'POST',
      '/v1/nodes/nowhere?name=a',
    );
  });

  it('knows the same path by both spellings', async () => {
    await made('slash');
    await expectStatus(201, follower, 'PUT', '/v1/nodes/slash%2Fchild?create', { body: 'x' });
    assert.equal((await expectStatus(200, leader, 'GET', '/v1/nodes/slash/child')).text, 'x');
    const created = await expectStatus(
      201,
      follower,
      'PUT',
      '/v1/nodes/slash/caf%C3%A9%20%25?create',
    );
    assert.equal(created.json()['path'], '/slash/café %');
    assert.equal(created.headers['location'], '/v1/nodes/slash/caf%C3%A9%20%25');
    await expectStatus(200, leader, 'GET', created.headers['location'] ?? '');
  });

  it('serves the root by three spellings', async () => {
    for (const target of [
      '/v1/nodes',
      '/v1/nodes/',
      '/v1/nodes/?stat',
      '/v1/nodes?stat',
      '/v1/nodes/%2F',
    ]) {
      const answer = await call(follower, 'GET', target);
      assert.equal(answer.status, target.endsWith('%2F') ? 400 : 200, target);
    }
  });

  it('writes documents for those who accept JSON', async () => {
    const target = await made('document', 'héllo');
    const document = (await expectStatus(200, follower, 'GET', target, { headers: json })).json();
    checkValue('document', contract.components.schemas['Znode'] ?? {}, document);
    assert.equal(document['data'], 'héllo');
    assert.equal(document['encoding'], 'utf8');
    assert.equal(statOf(document)['dataLength'], 6);
    const forced = (await expectStatus(200, follower, 'GET', `${target}?encoding=base64`)).json();
    assert.deepEqual([forced['data'], forced['encoding']], ['aMOpbGxv', 'base64']);
    await expectStatus(200, follower, 'PUT', target, { body: Buffer.from([0xff]) });
    const binary = (await expectStatus(200, follower, 'GET', target, { headers: json })).json();
    assert.deepEqual([binary['data'], binary['encoding']], ['/w==', 'base64']);
  });

  it('answers HEAD as GET, without the body', async () => {
    const target = await made('head', 'four');
    const head = await expectStatus(200, follower, 'HEAD', target);
    assert.equal(head.headers['content-length'], '4');
    assert.equal(
      head.headers['etag'],
      (await expectStatus(200, follower, 'GET', target)).headers['etag'],
    );
  });

  it('sets only what the caller expects, by version and by ETag', async () => {
    const target = await made('cas');
    const { headers } = await expectStatus(200, follower, 'GET', target);
    const etag = headers['etag'] ?? '';
    const changed = await expectStatus(200, follower, 'PUT', target, {
      headers: { 'if-match': etag },
      body: '1',
    });
    const stale = await expectProblem(
      { status: 412, code: 'BADVERSION' },
      follower,
      'PUT',
      target,
      {
        headers: { 'if-match': etag },
        body: '2',
      },
    );
    assert.equal(stale['applied'], 'no');
    await expectProblem(
      { status: 412, code: 'BADVERSION' },
      follower,
      'PUT',
      `${target}?version=0`,
    );
    await expectStatus(200, follower, 'PUT', `${target}?version=1`, { body: '2' });
    await expectStatus(200, follower, 'PUT', target, { headers: { 'if-match': '*' } });
    await expectProblem(
      { status: 412, code: 'BADVERSION' },
      follower,
      'DELETE',
      `${target}?version=1`,
    );
    assert.notEqual(changed.headers['etag'], etag);
  });

  it('does not take a znode that was made again for the one it was', async () => {
    const target = await made('aba');
    const etag = (await expectStatus(200, follower, 'GET', target)).headers['etag'] ?? '';
    await expectStatus(204, follower, 'DELETE', target);
    await made('aba');
    const headers = { 'if-match': etag };
    await expectProblem({ status: 412, code: 'BADVERSION' }, follower, 'PUT', target, { headers });
    await expectProblem({ status: 412, code: 'BADVERSION' }, follower, 'DELETE', target, {
      headers,
    });
  });

  it('creates and never overwrites with If-None-Match: *', async () => {
    const headers = { 'if-none-match': '*' };
    await expectStatus(201, follower, 'PUT', '/v1/nodes/once', { headers, body: '1' });
    await expectProblem({ status: 412, code: 'NODEEXISTS' }, follower, 'PUT', '/v1/nodes/once', {
      headers,
      body: '2',
    });
    assert.equal((await expectStatus(200, follower, 'GET', '/v1/nodes/once')).text, '1');
    await expectProblem(
      { status: 409, code: 'NODEEXISTS' },
      follower,
      'POST',
      '/v1/nodes/?name=once',
    );
  });

  it('answers 304 for raw bytes only', async () => {
    const target = await made('etag', 'x');
    const etag = (await expectStatus(200, follower, 'GET', target)).headers['etag'] ?? '';
    for (const value of [etag, `W/${etag}`, `"0-0", ${etag}`, '*']) {
      await expectStatus(304, follower, 'GET', target, { headers: { 'if-none-match': value } });
      await expectStatus(304, follower, 'HEAD', target, { headers: { 'if-none-match': value } });
    }
    await expectStatus(200, follower, 'GET', target, {
      headers: { ...json, 'if-none-match': etag },
    });
    await expectStatus(200, follower, 'GET', `${target}?stat`, {
      headers: { 'if-none-match': etag },
    });
    await expectStatus(200, follower, 'GET', `${target}?children`, {
      headers: { 'if-none-match': etag },
    });
    await expectStatus(200, follower, 'GET', target, { headers: { 'if-none-match': '"0-0"' } });
  });

  it('creates children with POST: sequential, container, TTL, with parents', async () => {
    const target = await made('parent');
    const first = await expectStatus(201, follower, 'POST', `${target}?name=job-&sequential`, {
      body: 'x',
    });
    assert.equal(first.json()['path'], '/parent/job-0000000000');
    assert.equal(first.headers['location'], '/v1/nodes/parent/job-0000000000');
    const second = await expectStatus(201, leader, 'POST', `${target}?sequential`);
    assert.equal(second.json()['path'], '/parent/0000000001');
    await expectStatus(201, follower, 'POST', `${target}?name=box&kind=container`);
    await expectStatus(201, follower, 'POST', `${target}?name=soon&ttl=30s`);
    await expectStatus(201, follower, 'POST', '/v1/nodes/parent/x/y?name=z&parents');
    await expectStatus(200, follower, 'GET', '/v1/nodes/parent/x/y/z');
    await expectStatus(201, follower, 'PUT', '/v1/nodes/parent/p/q?create&parents');
    await expectProblem(
      { status: 409, code: 'NODEEXISTS' },
      follower,
      'POST',
      `${target}?name=box`,
    );
  });

  it('lists children in pages, each exactly once, and says when the list moved', async () => {
    const target = await made('list');
    const names = ['a', 'aa', 'b', 'c', 'z', 'é'];
    for (const name of names.toReversed()) {
      await expectStatus(201, follower, 'POST', `${target}?name=${encodeURIComponent(name)}`, {
        body: name,
      });
    }
    const all = (await expectStatus(200, follower, 'GET', `${target}?children`)).json();
    assert.deepEqual(all['children'], names);
    assert.deepEqual([all['moved'], all['continue']], [false, null]);

    const seen: string[] = [];
    const moved: unknown[] = [];
    let page: string | undefined = `${target}?children&limit=2`;
    while (page !== undefined) {
      const answer = await expectStatus(200, follower, 'GET', page);
      const document = answer.json();
      seen.push(...(document['children'] as string[]));
      moved.push(document['moved']);
      page = /^<(.*)>; rel="next"$/.exec(answer.headers['link'] ?? '')?.[1];
      assert.equal(document['continue'] === null, page === undefined);
      if (moved.length === 1) await expectStatus(204, follower, 'DELETE', `${target}/z`);
    }
    assert.deepEqual(seen, ['a', 'aa', 'b', 'c', 'é']);
    assert.deepEqual(moved, [false, true, true]);
  });

  it('lists children with data', async () => {
    const target = await made('with-data');
    await expectStatus(201, follower, 'POST', `${target}?name=a`, { body: 'A' });
    const document = (
      await expectStatus(200, follower, 'GET', `${target}?children&withData`)
    ).json();
    const [child] = document['znodes'] as JsonObject[];
    assert.deepEqual([child?.['name'], child?.['data'], child?.['encoding']], ['a', 'A', 'utf8']);
    assert.equal(statOf(child ?? {})['dataLength'], 1);
  });

  it('shows the stat alone', async () => {
    const target = await made('stat', 'xyz');
    const document = (await expectStatus(200, follower, 'GET', `${target}?stat`)).json();
    assert.deepEqual(Object.keys(document), ['path', 'stat']);
    assert.equal(statOf(document)['dataLength'], 3);
  });

  it('reads and sets ACLs, and keeps to them', async () => {
    const target = await made('acl', 'secret');
    const open = [{ permissions: 'cdrwa', scheme: 'world', id: 'anyone' }];
    assert.deepEqual(
      (await expectStatus(200, follower, 'GET', `${target}?acl`)).json()['acl'],
      open,
    );
    const acl = [
      { permissions: 'cdrwa', scheme: 'digest', id: 'super:xQJmxLMiHGwaqBvst5y6rkB6HQs=' },
    ];
    const authorization = `Basic ${Buffer.from('super:admin').toString('base64')}`;
    const body = JSON.stringify({ acl });
    await expectProblem(
      { status: 412, code: 'BADVERSION' },
      follower,
      'PUT',
      `${target}?acl&version=3`,
      { body },
    );
    await expectStatus(200, follower, 'PUT', `${target}?acl&version=0`, { body });
    await expectProblem({ status: 403, code: 'NOAUTH' }, leader, 'GET', target);
    await expectProblem({ status: 403, code: 'NOAUTH' }, leader, 'PUT', target, { body: 'x' });
    const read = await expectStatus(200, leader, 'GET', target, { headers: { authorization } });
    assert.equal(read.text, 'secret');
    await expectStatus(200, follower, 'PUT', target, { headers: { authorization }, body: 'mine' });
    const wrong = `Basic ${Buffer.from('super:wrong').toString('base64')}`;
    await expectProblem({ status: 403, code: 'NOAUTH' }, leader, 'GET', target, {
      headers: { authorization: wrong },
    });
    const bad = JSON.stringify({ acl: [{ permissions: 'r', scheme: 'nonsense', id: 'x' }] });
    await expectProblem(
      { status: 400, code: 'INVALIDACL' },
      follower,
      'PUT',
      `${await made('acl2')}?acl`,
      { body: bad },
    );
  });

  it('deletes one znode, or with ?recursive all below it', async () => {
    const target = await made('tree');
    await expectStatus(201, follower, 'PUT', `${target}/a/b?create&parents`);
    await expectProblem({ status: 409, code: 'NOTEMPTY' }, follower, 'DELETE', target);
    await expectProblem(
      { status: 409, code: 'NOTEMPTY' },
      follower,
      'DELETE',
      `${target}?recursive=false`,
    );
    const gone = await expectStatus(204, follower, 'DELETE', `${target}?recursive`);
    assert.equal(gone.headers['x-deleted'], '3');
    await expectProblem({ status: 404, code: 'NONODE' }, leader, 'GET', target);
  });

  it('answers a repeated request by its key, at any peer, without doing it again', async () => {
    const target = await made('keyed');
    const headers = { 'idempotency-key': 'a5c9a0de-0001' };
    const sent = { headers, body: 'once' };
    const first = await expectStatus(201, follower, 'POST', `${target}?name=n-&sequential`, sent);
    const again = await expectStatus(201, leader, 'POST', `${target}?name=n-&sequential`, sent);
    assert.deepEqual(again.json(), first.json());
    assert.equal(first.headers['idempotency-replayed'], undefined);
    assert.equal(again.headers['idempotency-replayed'], 'true');
    assert.equal(again.headers['location'], first.headers['location']);
    await expectProblem(
      { status: 422, code: 'KEYREUSED' },
      follower,
      'POST',
      `${target}?name=m-&sequential`,
      sent,
    );
    const list = (await expectStatus(200, follower, 'GET', `${target}?children`)).json();
    assert.deepEqual(list['children'], ['n-0000000000']);
  });

  it('sends the caller to the leader when asked to', async () => {
    const target = '/v1/nodes/redirected?create&redirect';
    const answer = await expectStatus(307, follower, 'PUT', target, { body: 'x' });
    assert.equal(answer.headers['location'], `${leader}${target}`);
    await expectProblem({ status: 404, code: 'NONODE' }, follower, 'GET', '/v1/nodes/redirected');
    await expectStatus(201, leader, 'PUT', target, { body: 'x' });
    for (const method of ['POST', 'DELETE']) {
      await expectStatus(
        307,
        observer,
        method,
        '/v1/nodes/redirected?redirect' + (method === 'POST' ? '&name=a' : ''),
      );
    }
    await expectStatus(307, follower, 'POST', '/v1/txn?redirect', {
      body: '{"ops":[{"op":"checkAbsent","path":"/q"}]}',
    });
  });

  it('reads at any peer not older than what was answered', async () => {
    const target = await made('fresh');
    for (const base of [leader, follower, observer]) {
      const body = `from ${base}`;
      const written = await expectStatus(200, base, 'PUT', target, { body });
      const zxid = written.json()['zxid'] as string;
      for (const reader of [leader, follower, observer]) {
        assert.equal((await expectStatus(200, reader, 'GET', target)).text, body);
        const local = await expectStatus(
          200,
          reader,
          'GET',
          `${target}?consistency=local&minZxid=${zxid}`,
        );
        assert.equal(local.text, body);
        const byHeader = { headers: { 'x-min-zxid': zxid } };
        assert.equal(
          (await expectStatus(200, reader, 'GET', `${target}?consistency=local`, byHeader)).text,
          body,
        );
      }
    }
    const roles = await Promise.all(
      [leader, follower, observer].map(
        async (base) => (await call(base, 'GET', target)).headers['x-role'],
      ),
    );
    assert.deepEqual(roles, ['leader', 'follower', 'observer']);
  });

  it('says it is behind when it can not come as far as it was asked to', async () => {
    const problem = await expectProblem(
      { status: 503, code: 'BEHIND' },
      follower,
      'GET',
      '/v1/nodes/?consistency=local&minZxid=9223372036854775807&timeout=50ms',
    );
    assert.equal(problem['retryable'], true);
    await expectProblem(
      { status: 400, code: 'BADARGUMENTS' },
      follower,
      'GET',
      '/v1/nodes/?consistency=session',
    );
  });
});
