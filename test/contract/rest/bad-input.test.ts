import assert from 'node:assert/strict';
import { allRoutes } from '../../../src/frontends/http/cold-routes.ts';
import { anyHostPaths } from '../../../src/frontends/http/operators/health.ts';
import { startEnsemble, type Ensemble } from '../../../src/index.ts';
import {
  call,
  contract,
  expectProblem,
  expectStatus,
  textOf,
  type Sent,
} from '../../support/contract.ts';

const dataBytesMax = 1_000_000;

/** A URL of the route. */
function targetOf(path: string): string {
  return path.replace(/\{[A-Za-z]+\}/g, '5');
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/\{[A-Za-z]+\}/g, '[^/]+')}$`);
}

describe('REST: bad input', () => {
  let ensemble: Ensemble;
  let base: string;
  let host: string;

  before(async () => {
    ensemble = await startEnsemble({
      peers: 1,
      http: { allowedOrigins: ['http://ops.example'] },
    });
    base = ensemble.peer(1).url;
    host = new URL(base).host;
  });

  after(async () => {
    await ensemble.stop();
  });

  async function refused(method: string, target: string, sent: Sent = {}): Promise<string> {
    const problem = await expectProblem(
      { status: 400, code: 'BADARGUMENTS' },
      base,
      method,
      target,
      sent,
    );
    assert.equal(problem['applied'], 'no');
    assert.equal(problem['retryable'], false);
    return textOf(problem, 'detail');
  }

  it('refuses malformed paths, whatever is done with them', async () => {
    const paths = [
      ...[
        '/a/',
        '//',
        '//a',
        '/a//b',
        '/.',
        '/..',
        '/a/..',
        '/../a',
        '/%2e%2e/a',
        '/%2E',
        '/a%2F',
        '/a%2f%2fb',
      ],
      ...[
        '/a%00',
        '/%00',
        '/a%0a',
        '/a%1f',
        '/a%7f',
        '/%c2%80',
        '/%EF%BF%BF',
        '/%ee%80%80',
        '/%F0%9F%A6%98',
      ],
      ...[
        '/%',
        '/%a',
        '/%zz',
        '/%u0041',
        '/%c0%80',
        '/%c0%ae%c0%ae',
        '/%ff',
        '/%ed%a0%80',
        '/%f8%88%80%80%80',
      ],
    ];
    for (const path of paths) {
      for (const method of ['GET', 'PUT', 'DELETE']) await refused(method, `/v1/nodes${path}`);
    }
  });

  it('refuses parameters that are unknown, doubled, of the wrong type or out of place', async () => {
    const cases: [string, string, RegExp][] = [
      ['GET', '/v1/nodes/?childern', /did you mean "children"/],
      ['GET', '/v1/nodes/?recursive', /go with children/],
      ['GET', '/v1/nodes/?children&recursive&continue=L2E', /token/],
      ['GET', '/v1/nodes/?children&recursive&index=1', /whole tree/],
      ['GET', '/v1/nodes/?children&children', /given twice/],
      ['GET', '/v1/nodes/?children&stat', /one at a time/],
      ['GET', '/v1/nodes/?children=maybe', /is a flag/],
      ['GET', '/v1/nodes/?limit=5', /go with children/],
      ['GET', '/v1/nodes/?children&limit=0', /from 1 to 1000/],
      ['GET', '/v1/nodes/?children&limit=1001', /from 1 to 1000/],
      ['GET', '/v1/nodes/?children&limit=ten', /whole number/],
      ['GET', '/v1/nodes/?children&continue=zzz', /token/],
      ['GET', '/v1/nodes/?consistency=strong', /must be one of/],
      ['GET', '/v1/nodes/?minZxid=0x10', /zxid/],
      ['GET', '/v1/nodes/?timeout=5', /with its unit/],
      ['GET', '/v1/nodes/?timeout=1h', /to 60000ms/],
      ['GET', '/v1/nodes/?encoding=hex', /utf8, base64/],
      ['GET', '/v1/nodes/?stat=%ff', /percent-encoded/],
      ['POST', '/v1/nodes/', /needs a name/],
      ['POST', '/v1/nodes/?name=a/b', /single name/],
      ['POST', '/v1/nodes/?name=..', /must not contain/],
      ['POST', '/v1/nodes/?name=a&kind=Persistent', /did you mean "persistent"/],
      ['POST', '/v1/nodes/?name=a&kind=ttl', /needs \?ttl=/],
      ['POST', '/v1/nodes/?name=a&kind=persistent&ttl=30s', /ttl goes with/],
      ['POST', '/v1/nodes/?name=a&ttl=30', /with its unit/],
      ['POST', '/v1/nodes/?name=a&sequential=2', /is a flag/],
      ['PUT', '/v1/nodes/a?version=-2', /whole number/],
      ['PUT', '/v1/nodes/a?version=2147483648', /whole number/],
      ['PUT', '/v1/nodes/a?parents', /goes with create/],
      ['PUT', '/v1/nodes/a?acl&create', /go with the data/],
      ['DELETE', '/v1/nodes/a?recursiv', /did you mean "recursive"/],
      ['DELETE', '/v1/nodes/', /./],
      ['POST', '/v1/sync?timeout=', /with its unit/],
      ['POST', '/v1/txn?dryRun', /unknown parameter "dryRun"/],
      ['GET', '/v1/cluster?verbose', /takes none/],
      ['GET', '/readyz?verbos', /did you mean "verbose"/],
    ];
    for (const [method, target, expected] of cases) {
      assert.match(await refused(method, target), expected, `${method} ${target}`);
    }
  });

  it('refuses headers that say nothing clear', async () => {
    const cases: [string, Readonly<Record<string, string>>][] = [
      ['PUT', { 'if-match': '7' }],
      ['PUT', { 'if-match': '"1-1" "1-2"' }],
      ['PUT', { 'if-none-match': '"1-1"' }],
      ['PUT', { 'if-match': '*', 'if-none-match': '*' }],
      ['DELETE', { 'if-none-match': '*' }],
      ['POST', { 'if-match': '*' }],
      ['PUT', { 'idempotency-key': 'two words' }],
      ['GET', { 'x-min-zxid': 'new' }],
      ['GET', { 'x-session-id': '5' }],
      ['GET', { 'x-session-id': 'five', 'x-session-secret': 'AAAAAAAAAAAAAAAAAAAAAA' }],
    ];
    for (const [method, headers] of cases) {
      await refused(method, '/v1/nodes/a?' + (method === 'POST' ? 'name=x' : ''), { headers });
    }
    await expectStatus(200, base, 'GET', '/v1/nodes/', {
      headers: { authorization: 'Bearer of.another.system' },
    });
    const inNobodysName = { headers: { authorization: 'Bearer of.another.system' } };
    await expectProblem(
      { status: 401, code: 'AUTHFAILED' },
      base,
      'PUT',
      '/v1/nodes/a?create',
      inNobodysName,
    );
    for (const authorization of [
      'Unknown x',
      'Basic',
      'Basic !!!',
      'Session 5',
      'Session 5:short',
      '',
    ]) {
      const sent = { headers: { authorization } };
      await expectProblem({ status: 401, code: 'AUTHFAILED' }, base, 'GET', '/v1/nodes/', sent);
    }
  });

  it('refuses JSON that is broken, ambiguous or of another shape, and does nothing', async () => {
    const bodies = [
      ...[
        '',
        '{',
        '[]',
        'null',
        '"x"',
        '5',
        '{"ops":{}}',
        '{"ops":[]}',
        '{"ops":[null]}',
        '{"ops":[[]]}',
        "{'ops':[]}",
      ],
      ...[
        '{"ops":[{"op":"create","path":"/j","extra":1}]}',
        '{"ops":[{"op":"create","path":"/j"}],"more":1}',
      ],
      ...[
        '{"ops":[{"op":"create","path":"/j","path":"/k"}]}',
        '{"ops":[{"op":"create","path":"/j"}],"ops":[]}',
      ],
      ...[
        '{"ops":[{"op":"create","path":"/j","__proto__":{"parents":true}}]}',
        '{"constructor":{"prototype":{}}}',
      ],
      ...[
        '{"ops":[{"op":"create","path":"/j","parents":"yes"}]}',
        '{"ops":[{"op":"create","path":["/j"]}]}',
      ],
      ...[
        '{"ops":[{"op":"create","path":"/j","data":"\\ud800"}]}',
        `{"ops":${'['.repeat(100_000)}`,
      ],
      ...[
        `{"ops":${'['.repeat(1_000)}${']'.repeat(1_000)}}`,
        '{"ops":[{"op":"toString","path":"/j"}]}',
      ],
    ];
    for (const body of bodies) await refused('POST', '/v1/txn', { body });
    await refused('POST', '/v1/txn', { body: Buffer.from('7b226f7073223aff7d', 'hex') });
    await refused('PUT', '/v1/nodes/?acl', {
      body: '{"acl":[{"permissions":31,"scheme":"world","id":"anyone"}]}',
    });
    await expectProblem({ status: 404, code: 'NONODE' }, base, 'GET', '/v1/nodes/j');
    assert.equal(({} as Record<string, unknown>)['parents'], undefined);
  });

  it('takes data up to the limit and not a byte more, declared or not', async () => {
    const target = '/v1/nodes/big?create';
    for (const length of [dataBytesMax - 1, dataBytesMax]) {
      const body = Buffer.alloc(length, 0x61);
      const answer = await call(base, 'PUT', target, { body });
      assert.ok(answer.status === 200 || answer.status === 201, answer.text);
      assert.equal((await expectStatus(200, base, 'GET', '/v1/nodes/big')).bytes.length, length);
    }
    const over = Buffer.alloc(dataBytesMax + 1, 0x61);
    const variants: Sent[] = [
      { body: over },
      { body: over, headers: { 'transfer-encoding': 'chunked' } },
      { body: over, headers: { expect: '100-continue', 'content-length': String(over.length) } },
    ];
    for (const sent of variants) {
      const problem = await expectProblem(
        { status: 413, code: 'TOOLARGE' },
        base,
        'PUT',
        target,
        sent,
      );
      assert.equal(problem['limit'], dataBytesMax);
      assert.ok(Number(problem['actual']) > dataBytesMax);
      assert.equal(problem['applied'], 'no');
    }
    const version = (await expectStatus(200, base, 'GET', '/v1/nodes/big')).headers['x-zk-version'];
    assert.equal(version, '1');
  });

  it('refuses paths and keys above the limits, and says by how much', async () => {
    const cases: [string, string, Sent, number, number][] = [
      ['GET', `/v1/nodes/${'x'.repeat(2_560)}`, {}, 2_560, 2_561],
      ['PUT', `/v1/nodes/${'%C3%A9'.repeat(1_280)}?create`, {}, 2_560, 2_561],
      ['DELETE', `/v1/nodes${'/a'.repeat(65)}`, {}, 64, 65],
      ['PUT', '/v1/nodes/a', { headers: { 'idempotency-key': 'k'.repeat(256) } }, 255, 256],
    ];
    for (const [method, target, sent, limit, actual] of cases) {
      const problem = await expectProblem(
        { status: 413, code: 'TOOLARGE' },
        base,
        method,
        target,
        sent,
      );
      assert.deepEqual([problem['limit'], problem['actual']], [limit, actual], target);
    }
    await expectProblem(
      { status: 404, code: 'NONODE' },
      base,
      'GET',
      `/v1/nodes/${'x'.repeat(1_023)}`,
    );
  });

  it('lists the routes to those who miss them, and the methods', async () => {
    for (const target of [
      '/console',
      '/v1',
      '/v1/node/a',
      '/V1/nodes/a',
      '/v1/nodesX',
      '/v1/txn/',
      '/v1//txn',
      '/favicon.ico',
      '/../etc/passwd',
    ]) {
      const problem = await expectProblem({ status: 404, code: 'NOROUTE' }, base, 'GET', target);
      assert.match(textOf(problem, 'detail'), /\/v1\/nodes\/\{path\}/);
    }
    for (const { path, methods } of allRoutes()) {
      const target = targetOf(path);
      // `/v1/locks/5/check` has one method of its own, and is also the lock "check" of another route.
      const known = allRoutes()
        .filter((other) => patternOf(other.path).test(target))
        .flatMap((other) => other.methods);
      for (const method of ['PATCH', 'POST', 'PUT', 'DELETE', 'GET', 'PROPFIND'].filter(
        (each) => !known.includes(each),
      )) {
        const answer = await expectStatus(405, base, method, target);
        const allow = [...methods, 'OPTIONS'].join(', ');
        assert.equal(answer.headers['allow'], allow, `${method} ${target}`);
      }
    }
  });

  it('answers no Host that is not its own, but to probes and scrapers', async () => {
    const targets = [...allRoutes().map(({ path }) => targetOf(path)), '/nowhere'];
    for (const target of targets.filter((each) => !anyHostPaths.has(each))) {
      for (const name of [
        'evil.example',
        `evil.example:${host.split(':')[1] ?? ''}`,
        '169.254.169.254',
      ]) {
        const answer = await expectStatus(421, base, 'GET', target, { headers: { host: name } });
        assert.equal(answer.headers['x-zxid'], undefined);
      }
    }
    for (const target of anyHostPaths) {
      await expectStatus(200, base, 'GET', target, { headers: { host: '10.244.1.7:2180' } });
    }
  });

  it('lets no page of another site change anything', async () => {
    const foreign: Readonly<Record<string, string>>[] = [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'http://evil.example', 'sec-fetch-site': 'none' },
    ];
    const forms = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ];
    const changes = [
      ['PUT', '/v1/nodes/csrf?create'],
      ['POST', '/v1/nodes/?name=csrf'],
      ['DELETE', '/v1/nodes/big'],
      ['POST', '/v1/txn'],
      ['POST', '/v1/sessions'],
      ['POST', '/v1/sync'],
    ] as const;
    for (const headers of foreign) {
      for (const [method, target] of changes) {
        for (const type of forms) {
          const sent = { headers: { ...headers, 'content-type': type } };
          await expectProblem({ status: 403, code: 'FOREIGNORIGIN' }, base, method, target, sent);
        }
      }
    }
    await expectProblem({ status: 404, code: 'NONODE' }, base, 'GET', '/v1/nodes/csrf');
    const own = { headers: { origin: `http://${host}`, 'sec-fetch-site': 'same-origin' } };
    await expectStatus(201, base, 'PUT', '/v1/nodes/own-page?create', own);
    // TLS ends at a proxy.
    const behindTls = { headers: { origin: `https://${host}` } };
    await expectStatus(200, base, 'PUT', '/v1/nodes/own-page?create', behindTls);
  });

  it('tells browsers nothing across origins unless the origin is listed', async () => {
    for (const origin of ['http://evil.example', 'null', `http://${host}`]) {
      const { headers } = await expectStatus(200, base, 'GET', '/v1/nodes/', {
        headers: { origin },
      });
      assert.equal(headers['access-control-allow-origin'], undefined, origin);
    }
    const listed = { origin: 'http://ops.example' };
    const read = await expectStatus(200, base, 'GET', '/v1/nodes/', { headers: listed });
    assert.equal(read.headers['access-control-allow-origin'], 'http://ops.example');
    assert.equal(read.headers['access-control-allow-credentials'], undefined);
    const exposed = (read.headers['access-control-expose-headers'] ?? '').split(', ');
    // But for the challenge, which no page of another origin needs.
    const described = Object.values(contract.components.responses)
      .flatMap((response) => Object.keys(response.headers ?? {}))
      .filter((name) => name !== 'WWW-Authenticate');
    assert.deepEqual(
      [...new Set(described)].filter((name) => !exposed.includes(name)),
      [],
    );
    await expectStatus(201, base, 'PUT', '/v1/nodes/listed?create', { headers: listed });
  });
});
