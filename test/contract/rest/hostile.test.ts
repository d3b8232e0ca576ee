import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { allRoutes } from '../../../src/frontends/http/cold-routes.ts';
import { startEnsemble, type Ensemble } from '../../../src/index.ts';
import { defaultLimits } from '../../../src/model/limits.ts';
import {
  call,
  expectProblem,
  expectStatus,
  type JsonObject,
  type Sent,
} from '../../support/contract.ts';
import { RawConnection, statusesIn } from '../../support/raw-http.ts';

const badRequest = { status: 400, code: 'BADARGUMENTS' };
const tooLarge = { status: 413, code: 'TOOLARGE' };

// In one process with the peer: what pollutes the peer's prototypes pollutes ours.
describe('REST: hostile input', () => {
  let ensemble: Ensemble;
  let base: string;
  const lines: string[] = [];

  before(async () => {
    ensemble = await startEnsemble({ peers: 1, log: { write: (line) => lines.push(line) } });
    base = ensemble.peer(1).url;
    await expectStatus(201, base, 'PUT', '/v1/nodes/a?create', { body: 'a' });
  });

  after(async () => {
    await ensemble.stop();
  });

  it('reaches no prototype, by any JSON that any route takes', async () => {
    const keys = ['__proto__', 'constructor', 'prototype', '\\u005f_proto__', '__\\u0070roto__'];
    const polluted = (key: string): string => `"${key}":{"polluted":true,"prototype":{"x":1}}`;
    const routes: readonly [string, string, (key: string) => string][] = [
      ['POST', '/v1/txn', (key) => `{${polluted(key)},"ops":[{"op":"check","path":"/"}]}`],
      ['POST', '/v1/txn', (key) => `{"ops":[{"op":"create","path":"/p",${polluted(key)}}]}`],
      [
        'POST',
        '/v1/txn',
        (key) => `{"ops":[{"op":"create","path":"/p","acl":[{${polluted(key)}}]}]}`,
      ],
      ['PUT', '/v1/nodes/a?acl', (key) => `{${polluted(key)}}`],
      ['PUT', '/v1/nodes/a?acl', (key) => `{"acl":[{"permissions":"r",${polluted(key)}}]}`],
      ['POST', '/v1/sessions', (key) => `{"timeoutMs":5000,${polluted(key)}}`],
      ['POST', '/v1/locks/l', (key) => `{"ttlMs":5000,${polluted(key)}}`],
      ['POST', '/v1/elections/e', (key) => `{"ttlMs":5000,${polluted(key)}}`],
    ];
    for (const [method, target, body] of routes) {
      for (const key of keys) {
        await expectProblem(badRequest, base, method, target, { body: body(key) });
      }
    }
    // As names of znodes they are names like any other.
    for (const name of ['__proto__', 'constructor', 'hasOwnProperty']) {
      await expectStatus(201, base, 'PUT', `/v1/nodes/${name}?create`, { body: name });
      assert.equal((await expectStatus(200, base, 'GET', `/v1/nodes/${name}`)).text, name);
    }
    const clean = {} as Record<string, unknown>;
    assert.deepEqual(
      [clean['polluted'], clean['x'], clean['ttlMs']],
      [undefined, undefined, undefined],
    );
    await expectProblem({ status: 404, code: 'NONODE' }, base, 'GET', '/v1/nodes/p');
  });

  it('decompresses nothing', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    for (const encoding of ['gzip', 'deflate', 'br', 'gzip, gzip']) {
      const headers = { 'content-encoding': encoding };
      const sent = { headers, body: bomb };
      const coded = { status: 415, code: 'CODEDCONTENT' };
      await expectProblem(coded, base, 'PUT', '/v1/nodes/bomb?create', sent);
      for (const target of ['/v1/txn', '/v1/sessions']) {
        await expectProblem(coded, base, 'POST', target, sent);
      }
    }
    await expectStatus(404, base, 'GET', '/v1/nodes/bomb');
  });

  it('takes nobody for another by what a proxy would say', async () => {
    for (const [name, ip] of [
      ['far', '10.9.9.9'],
      ['near', '127.0.0.1'],
    ] as const) {
      const headers = { 'x-acl': `ip:${ip}:cdrwa` };
      await expectStatus(201, base, 'PUT', `/v1/nodes/${name}?create`, { headers });
    }
    for (const headers of [
      { 'x-forwarded-for': '10.9.9.9' },
      { 'x-real-ip': '10.9.9.9' },
      { forwarded: 'for=10.9.9.9;host=localhost' },
      { 'x-forwarded-for': '10.9.9.9, 127.0.0.1', 'x-forwarded-host': 'evil.example' },
      { 'x-client-ip': '10.9.9.9', via: '1.1 proxy' },
    ]) {
      const sent = { headers } as Sent;
      await expectProblem({ status: 403, code: 'NOAUTH' }, base, 'GET', '/v1/nodes/far', sent);
      await expectStatus(200, base, 'GET', '/v1/nodes/near', sent);
    }
    for (const headers of [
      { 'x-http-method-override': 'DELETE' },
      { 'x-original-url': '/v1/nodes/bomb', 'x-rewrite-url': '/v1/nodes/bomb' },
    ]) {
      const answer = await expectStatus(200, base, 'GET', '/v1/nodes/a', { headers });
      assert.equal(answer.text, 'a');
    }
  });

  it('writes no line into the log that is not its own', async () => {
    const forged = '{"level":50,"msg":"forged"}';
    const text = encodeURIComponent(`\n${forged}\n\u001b[2J\u2028`);
    for (const target of [`/v1/nodes/${text}`, `/${text}`, `/v1/nodes/a?${text}=${text}`]) {
      for (const method of ['GET', 'PUT', 'DELETE']) await call(base, method, target);
    }
    for (const bytes of [
      `GET /\x0a${forged} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: localhost\r\nX-Note: a\r\n${forged}\r\n\r\n`,
      `${forged}\r\n\r\n`,
    ]) {
      await new RawConnection(base).write(bytes).closed();
    }
    const log = lines.join('').split('\n');
    assert.ok(log.length > 1);
    for (const line of log.filter((each) => each !== '')) {
      const entry = JSON.parse(line) as { msg?: string };
      assert.notEqual(entry.msg, 'forged');
      assert.doesNotMatch(line, /\u001b/);
    }
  });

  it('decodes a path once', async () => {
    await expectStatus(201, base, 'PUT', '/v1/nodes/once%2525?create', { body: 'x' });
    const listed = await expectStatus(200, base, 'GET', '/v1/nodes/?children');
    assert.ok((listed.json()['children'] as string[]).includes('once%25'));
    for (const target of ['/v1/nodes/once%25', '/v1/nodes/once%252525']) {
      await expectProblem({ status: 404, code: 'NONODE' }, base, 'GET', target);
    }
    // Not dots but names that spell them.
    for (const name of ['%252e%252e', '%252f', '...', '%2500']) {
      await expectStatus(201, base, 'PUT', `/v1/nodes/a/${name}?create`);
    }
    for (const target of ['/v1/nodes/a/../a', '/v1/nodes/a/%2e%2e', '/v1/nodes/.%2e/a']) {
      await expectProblem(badRequest, base, 'GET', target);
    }
  });

  it('takes every count up to its limit, and says by how much more is too much', async () => {
    const { opsPerMultiMax, aclEntriesMax, childrenPageMax, idempotencyKeyBytesMax } =
      defaultLimits;
    const ops = (count: number): string =>
      JSON.stringify({ ops: Array.from({ length: count }, () => ({ op: 'check', path: '/a' })) });
    const acl = (count: number): string =>
      Array.from({ length: count }, (_, index) => `ip:10.0.0.${String(index)}:r`).join(',');
    const cases: readonly [number, (count: number) => [string, string, Sent]][] = [
      [opsPerMultiMax, (count) => ['POST', '/v1/txn', { body: ops(count) }]],
      [
        aclEntriesMax,
        (count) => [
          'POST',
          `/v1/nodes/?name=acl-${String(count)}`,
          { headers: { 'x-acl': acl(count) } },
        ],
      ],
      [
        idempotencyKeyBytesMax,
        (count) => [
          'PUT',
          '/v1/nodes/a',
          { headers: { 'idempotency-key': 'k'.repeat(count) }, body: 'a' },
        ],
      ],
    ];
    for (const [limit, request] of cases) {
      for (const count of [limit - 1, limit]) {
        const answer = await call(base, ...request(count));
        assert.ok(answer.status < 300, `${String(count)}: ${answer.text}`);
      }
      const problem = await expectProblem(tooLarge, base, ...request(limit + 1));
      assert.deepEqual([problem['limit'], problem['actual']], [limit, limit + 1]);
    }
    for (const limit of [childrenPageMax - 1, childrenPageMax]) {
      await expectStatus(200, base, 'GET', `/v1/nodes/?children&limit=${String(limit)}`);
    }
    const page = `/v1/nodes/?children&limit=${String(childrenPageMax + 1)}`;
    await expectProblem(badRequest, base, 'GET', page);
  });

  it('takes headers up to their limit', async () => {
    const head = 'GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Long: \r\n\r\n';
    for (const [length, status] of [
      [16_384 - head.length - 1, 200],
      [16_384 + 1, 431],
    ] as const) {
      const request = head.replace('X-Long: ', `X-Long: ${'x'.repeat(length)}`);
      const received = await new RawConnection(base).write(request).closed();
      assert.deepEqual(statusesIn(received), [status]);
    }
  });

  it('answers HEAD as GET on every route, and says who answers', async () => {
    const targets = allRoutes()
      .filter(({ methods }) => methods.includes('GET'))
      .map(({ path }) => path.replace('{path}', 'a').replace('{file}', 'start.js'))
      .filter((path) => !path.includes('{'));
    assert.ok(targets.length >= 10);
    // Reading what never ends is for those who stay.
    for (const target of targets.filter((each) => each !== '/v1/watch')) {
      const get = await call(base, 'GET', target);
      const head = await expectStatus(get.status, base, 'HEAD', target);
      assert.equal(head.bytes.length, 0);
      for (const name of ['content-type', 'etag', 'content-security-policy', 'cache-control']) {
        assert.equal(head.headers[name], get.headers[name], `${target}: ${name}`);
      }
    }
  });

  it('names the peer, its zxid and its ensemble on every answer past the gate', async () => {
    const answers = [
      await call(base, 'GET', '/v1/nodes/nowhere'),
      await call(base, 'GET', '/nowhere'),
      await call(base, 'PATCH', '/v1/nodes/a'),
      await call(base, 'PUT', '/v1/nodes/a?version=99'),
      await call(base, 'DELETE', '/v1/nodes/?x'),
      await call(base, 'GET', '/docs'),
    ];
    for (const { headers, status } of answers) {
      assert.match(headers['x-zxid'] ?? '', /^[0-9]+$/, String(status));
      assert.equal(headers['x-served-by'], '1');
      assert.equal(headers['x-role'], 'leader');
      assert.ok((headers['x-cluster-id'] ?? '').length > 0);
    }
    const listed = answers[0]?.json() as JsonObject;
    assert.equal(listed['instance'], '/v1/nodes/nowhere');
  });
});
