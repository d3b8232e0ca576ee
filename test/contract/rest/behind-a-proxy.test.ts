import assert from 'node:assert/strict';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startEnsemble, type Ensemble } from '../../../src/index.ts';

/** Passes on what comes below `/quoll/`, without that, as proxies do by `location /quoll/ { proxy_pass http://peer/; }`. */
function prefixProxy(to: string, headers: Readonly<Record<string, string>>): Server {
  const { port } = new URL(to);
  return createServer((given, answer) => {
    const passed = httpRequest(
      {
        host: '127.0.0.1',
        port,
        method: given.method,
        path: (given.url ?? '').slice('/quoll'.length),
        headers: { ...given.headers, host: '127.0.0.1', ...headers },
      },
      (response) => {
        answer.writeHead(response.statusCode ?? 0, response.headers);
        response.pipe(answer);
      },
    );
    given.pipe(passed);
  });
}

describe('REST: behind a proxy', () => {
  let ensemble: Ensemble;
  let proxy: Server;
  let front: string;

  before(async () => {
    ensemble = await startEnsemble({ peers: 1 });
    proxy = prefixProxy(ensemble.peer(1).url, { 'x-forwarded-for': '192.0.2.7' });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    front = `http://127.0.0.1:${String((proxy.address() as AddressInfo).port)}/quoll`;
  });

  after(async () => {
    proxy.closeAllConnections();
    proxy.close();
    await ensemble.stop();
  });

  async function ok(url: URL | string): Promise<string> {
    const answer = await fetch(url);
    assert.equal(answer.status, 200, String(url));
    return answer.text();
  }

  it('has pages whose parts are all found below the prefix', async () => {
    for (const page of [`${front}/`, `${front}/docs`]) {
      const text = await ok(page);
      const references = [...text.matchAll(/(?:src|href)="(?!data:)([^"]*)"/g)];
      assert.ok(references.length >= 2, page);
      for (const [, reference = ''] of references) await ok(new URL(reference, page));
    }
    for (const [script, parts] of [
      ['console/console.js', ['v1/cluster', './connection.js', './tree.js']],
      ['console/connection.js', ['v1/ws']],
      ['docs/start.js', ['openapi.json']],
    ] as const) {
      const text = await ok(`${front}/${script}`);
      for (const part of parts) assert.ok(text.includes(`'${part}'`), `${part} in ${script}`);
      assert.doesNotMatch(text, /['"`]\/(?:v1|docs|console|openapi)/);
    }
  });

  it('is described as found there', async () => {
    const at = `${front}/openapi.json`;
    const { servers } = JSON.parse(await ok(at)) as { servers: { url: string }[] };
    assert.equal(new URL(servers[0]?.url ?? '', at).href, `${front}/`);
  });

  it('refers to what it made, and to the next page, relative to what was asked', async () => {
    const url = `${front}/v1/nodes/a/b?create&parents`;
    const made = await fetch(url, { method: 'PUT', body: 'x' });
    assert.equal(made.status, 201);
    assert.equal(await ok(new URL(made.headers.get('location') ?? '', url)), 'x');
    await fetch(`${front}/v1/nodes/a/c?create`, { method: 'PUT', body: 'x' });
    const list = `${front}/v1/nodes/a?children&limit=1`;
    const [, next = ''] = /^<(.*)>/.exec((await fetch(list)).headers.get('link') ?? '') ?? [];
    assert.match(await ok(new URL(next, list)), /"children":\["c"\]/);

    const lock = `${front}/v1/locks/door`;
    const enter = () => fetch(lock, { method: 'POST', body: '{"ttlMs":8000}' });
    await enter();
    const queued = await enter();
    assert.equal(queued.status, 202);
    const place = await fetch(new URL(queued.headers.get('location') ?? '', lock));
    assert.equal(place.status, 202);
  });

  it('believes nobody who says where it is', async () => {
    const headers = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-prefix': '//evil.example/x',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example',
    };
    const made = await fetch(`${front}/v1/nodes/a/d?create`, { method: 'PUT', body: '', headers });
    assert.doesNotMatch([...made.headers].join('\n'), /evil/);
  });

  it('is told to be left as it is on the way, also where it streams', async () => {
    const stop = new AbortController();
    const answer = await fetch(`${front}/v1/watch?path=/&initial`, { signal: stop.signal });
    assert.match(answer.headers.get('cache-control') ?? '', /no-transform/);
    assert.equal(answer.headers.get('x-accel-buffering'), 'no');
    stop.abort();
  });
});
