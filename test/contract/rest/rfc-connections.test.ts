import assert from 'node:assert/strict';
import { allRoutes } from '../../../src/frontends/http/cold-routes.ts';
import { probes } from '../../../src/frontends/http/operators/health.ts';
import {
  describeRows,
  get,
  h2c,
  handshake,
  host,
  next,
  put,
  type Row,
} from '../../support/http/rfc-table.ts';

// RFC 9112 (HTTP/1.1), the parts of RFC 9110 (HTTP) that say who is asked for what, and RFC 6455 (WebSocket).

const rows: readonly Row[] = [
  // Upgrade.
  ...[
    '/v1/nodes/rfc',
    '/livez',
    '/readyz',
    '/metrics',
    '/v1/nodes/rfc?stat',
    '/v1/cluster',
    '/',
  ].map((target): Row => ({
    by: '9110 7.8',
    says: `an upgrade to HTTP/2 at ${target} is ignored`,
    sent: get(h2c, target),
    answered: [200],
    without: [/HTTP\/1\.1 101/],
  })),
  { by: '9110 7.8', says: 'and so it is with a body', sent: put(h2c, 'hello'), answered: [200] },
  {
    by: '9110 7.8',
    says: 'and with a body in chunks',
    sent: `PUT /v1/nodes/rfc HTTP/1.1\r\n${host}${h2c}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    answered: [200],
  },
  {
    by: '9110 7.8',
    says: 'ahead of, between and behind others that are pipelined',
    sent: get('') + get(h2c) + put(h2c, 'hello') + get(h2c) + get('') + get(h2c, '/livez'),
    answered: [200, 200, 200, 200, 200, 200],
    with: [/hello[^]*hello[^]*"path":"\/rfc"[^]*hello[^]*hello[^]*ok/],
  },
  {
    by: '9110 7.8',
    says: 'any number of times on a connection',
    sent: get(h2c, '/livez').repeat(20),
    answered: Array<number>(20).fill(200),
  },
  {
    by: '9110 7.8',
    says: 'one to TLS as well',
    sent: get('Connection: Upgrade\r\nUpgrade: TLS/1.0\r\n'),
    answered: [200],
  },
  {
    by: '9110 7.8',
    says: 'and Connection: Upgrade without an Upgrade',
    sent: get('Connection: Upgrade\r\n') + get('Connection: keep-alive, Upgrade\r\n'),
    answered: [200, 200],
  },
  {
    by: '9110 7.8',
    says: 'and an Upgrade without Connection: Upgrade',
    sent: get('Upgrade: websocket\r\n') + get('Upgrade: h2c\r\n'),
    answered: [200, 200],
  },
  {
    by: '9110 7.8',
    says: 'in HTTP/1.0 any',
    sent: `GET /v1/ws HTTP/1.0\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    answered: [426],
    ends: true,
  },
  {
    by: '9110 7.8',
    says: 'the options of the connection that stand beside it count',
    sent: get('Connection: close, Upgrade\r\nUpgrade: h2c\r\n'),
    answered: [200],
    with: ['Connection: close'],
    ends: true,
  },
  {
    by: '9110 7.8',
    says: 'one to WebSocket elsewhere than at /v1/ws is ignored',
    sent: handshake({}, '/v1/nodes/rfc'),
    answered: [200],
  },
  {
    by: '9110 7.8',
    says: 'a refusal is a refusal with it',
    sent: get(h2c, '/nowhere') + get(h2c, '/v1/nodes/rfc?nonsense'),
    answered: [404, 400],
  },
  // WebSocket.
  {
    by: '6455 4.2.2',
    says: 'a handshake is accepted',
    sent: `${handshake()}\x88\x80\x00\x00\x00\x00`,
    answered: [101],
    with: ['Upgrade: websocket', 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo='],
    ends: true,
  },
  {
    by: '6455 4.2.1',
    says: 'in any case, among others, and with the target in absolute form',
    sent: `${handshake({ Upgrade: 'h2c, WebSocket', Connection: 'keep-alive, UPGRADE' }, 'http://localhost/v1/ws')}\x88\x80\x00\x00\x00\x00`,
    answered: [101],
    ends: true,
  },
  ...['7', '8', '14', '25', '13, 8'].map((version): Row => ({
    by: '6455 4.4',
    says: `version ${version} is told the one that is spoken`,
    sent: handshake({ 'Sec-WebSocket-Version': version }),
    answered: [426],
    with: ['Sec-WebSocket-Version: 13', 'Upgrade: websocket', 'Connection: Upgrade', 'Date: '],
    ends: true,
  })),
  ...[
    { 'Sec-WebSocket-Version': undefined },
    { 'Sec-WebSocket-Key': undefined },
    { 'Sec-WebSocket-Key': '' },
    { 'Sec-WebSocket-Key': 'short' },
    { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ' },
    { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZSBhbmQgbW9yZQ==' },
    { 'Content-Length': '0', 'Transfer-Encoding': 'chunked' },
  ].map((lines): Row => ({
    by: '6455 4.2.1',
    says: `no handshake: ${JSON.stringify(lines)}`,
    sent: handshake(lines),
    answered: [400],
    ends: true,
  })),
  {
    by: '9110 15.5.22',
    says: 'without a handshake it is 426, which names the protocol',
    sent: get('', '/v1/ws'),
    answered: [426],
    with: ['Sec-WebSocket-Version: 13', 'Upgrade: websocket', 'Connection: Upgrade'],
    ends: true,
  },
  {
    by: '6455 4.2.1',
    says: 'only GET becomes a WebSocket',
    sent: handshake().replace('GET', 'POST'),
    answered: [405],
  },
  // HTTP/1.0.
  ...['GET /readyz', 'HEAD /readyz', 'OPTIONS /readyz', 'OPTIONS /', 'GET /v1/nodes/rfc'].map(
    (start): Row => ({
      by: '9112 3.2',
      says: `HTTP/1.0 needs no Host: ${start}`,
      sent: `${start} HTTP/1.0\r\n\r\n`,
      answered: [start === 'OPTIONS /' ? 204 : 200],
      with: ['Connection: close'],
      ends: true,
    }),
  ),
  {
    by: '9112 9.3',
    says: 'HTTP/1.0 keeps the connection when it asks to',
    sent: `GET /livez HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n`.repeat(2),
    answered: [200, 200],
    with: ['Connection: keep-alive'],
  },
  {
    by: '9112 6.1',
    says: 'no answer to HTTP/1.0 comes in chunks, whatever it says of TE',
    sent: `GET /v1/nodes/big?encoding=utf8 HTTP/1.0\r\n${host}TE: chunked\r\n\r\n`,
    answered: [200],
    without: [/transfer-encoding/i],
    ends: true,
  },
  {
    by: '9110 7.2',
    says: 'a Host in HTTP/1.0 counts',
    sent: 'GET /v1/nodes/rfc HTTP/1.0\r\nHost: evil.example\r\n\r\n',
    answered: [421],
    ends: true,
  },
  // Host.
  ...[
    '',
    'Host:\r\n',
    'Host: localhost\r\nHost: localhost\r\n',
    'Host: local host\r\n',
    'Host: user@localhost\r\n',
    'Host: localhost/x\r\n',
    'Host: localhost:port\r\n',
    'Host: http://localhost\r\n',
    'Host: ::1\r\n',
    'Host: "localhost"\r\n',
    'Host: localhost, localhost\r\n',
  ].flatMap((lines) =>
    ['/v1/nodes/rfc', '/livez'].map((target): Row => ({
      by: '9112 3.2',
      says: `${target} is 400 with ${JSON.stringify(lines)}`,
      sent: `GET ${target} HTTP/1.1\r\n${lines}\r\n`,
      answered: [400],
      ends: true,
    })),
  ),
  ...['localhost', 'LOCALHOST:1', '127.0.0.1:', '[::1]:2180'].map((name): Row => ({
    by: '9110 7.2',
    says: `${name} is a name of this peer`,
    sent: `GET /v1/nodes/rfc HTTP/1.1\r\nHost: ${name}\r\n\r\n`,
    answered: [200],
  })),
  {
    by: '9110 7.4',
    says: 'a foreign Host is 421',
    sent: 'GET /v1/nodes/rfc HTTP/1.1\r\nHost: evil.example\r\n\r\n',
    answered: [421],
    ends: true,
  },
  ...['/livez', '/readyz?verbose', '/health', '/startupz', '/metrics'].map((target): Row => ({
    by: 'ours',
    says: `${target} is answered by any name or address`,
    sent: `GET ${target} HTTP/1.1\r\nHost: 10.244.1.7:2180\r\n\r\n`,
    answered: [200],
  })),
  // The target.
  {
    by: '9112 3.2.2',
    says: 'the absolute form is taken',
    sent:
      get('', 'http://localhost/v1/nodes/rfc') +
      get('', 'HTTP://127.0.0.1:9/livez') +
      get('', 'https://localhost') +
      get('', 'http://localhost?') +
      put('', 'hello', 'http://localhost/v1/nodes/rfc'),
    answered: [200, 200, 200, 200, 200],
  },
  {
    by: '9112 3.2.2',
    says: 'its authority counts, and not Host',
    sent: 'GET http://localhost/v1/nodes/rfc HTTP/1.1\r\nHost: evil.example\r\n\r\n',
    answered: [200],
  },
  ...['/livez', '/v1/nodes/rfc', ''].map((path): Row => ({
    by: '9110 7.4',
    says: `this is no proxy to http://evil.example${path}`,
    sent: get('', `http://evil.example${path}`),
    answered: [421],
    ends: true,
  })),
  {
    by: '9112 3.2',
    says: 'Host is needed beside it',
    sent: 'GET http://localhost/livez HTTP/1.1\r\n\r\n',
    answered: [400],
    ends: true,
  },
  ...['ftp://localhost/', 'http://user@localhost/', 'http:///', 'localhost:2180', '*', 'x'].map(
    (target): Row => ({
      by: '9112 3.2',
      says: `GET ${target} is 400`,
      sent: get('', target),
      answered: [400],
      ends: true,
    }),
  ),
  {
    by: '9110 9.3.7',
    says: 'OPTIONS * is of the server',
    sent: `OPTIONS * HTTP/1.1\r\n${host}\r\nOPTIONS http://localhost HTTP/1.1\r\n${host}\r\n`,
    answered: [204, 204],
    with: ['Allow: GET, HEAD, POST, PUT, DELETE, OPTIONS'],
  },
  {
    by: '9110 15.5.15',
    says: 'a URL that is too long is 414',
    sent: get('', `/v1/nodes/${'x'.repeat(20_000)}`),
    answered: [414],
    ends: true,
  },
  {
    by: '6585 5',
    says: 'headers that are too large are 431',
    sent: get(`X-Long: ${'x'.repeat(20_000)}\r\n`),
    answered: [431],
    ends: true,
  },
  // Methods.
  ...['FOO', 'get', 'Get', 'GETS', 'M-SEARCHES'].map((method): Row => ({
    by: '9110 9.1',
    says: `${method} is no method here`,
    sent: `${method} /livez HTTP/1.1\r\n${host}\r\n`,
    answered: [501],
    ends: true,
  })),
  {
    by: '9110 9.3.6',
    says: 'CONNECT makes no tunnel',
    sent: `CONNECT localhost:22 HTTP/1.1\r\n${host}\r\n`,
    answered: [501],
    ends: true,
  },
  ...['TRACE', 'PATCH', 'PROPFIND', 'PURGE'].map((method): Row => ({
    by: '9110 15.5.6',
    says: `${method} is not allowed, and Allow says what is`,
    sent: `${method} /v1/nodes/rfc HTTP/1.1\r\n${host}\r\n`,
    answered: [405],
    with: ['Allow: GET, HEAD, POST, PUT, DELETE, OPTIONS'],
  })),
  {
    by: '9110 9.3.2',
    says: 'HEAD is GET without the body',
    sent: `HEAD /v1/nodes/rfc HTTP/1.1\r\n${host}\r\nHEAD /v1/nodes/rfc?stat HTTP/1.1\r\n${host}\r\nHEAD /v1/nodes/none HTTP/1.1\r\n${host}\r\n`,
    answered: [200, 200, 404],
    with: [/content-length: 5\r\n[^]*\r\n\r\nHTTP/i, 'ETag: <etag>'],
    without: [/hello/],
  },
  // Framing.
  ...['chunked', 'Chunked', 'CHUNKED', '  chunked'].map((coding): Row => ({
    by: '9112 7',
    says: `codings have no case: ${JSON.stringify(coding)}`,
    sent: `PUT /v1/nodes/rfc HTTP/1.1\r\n${host}Transfer-Encoding: ${coding}\r\n\r\n5;ext="a"\r\nhello\r\n0\r\nTrailer: x\r\n\r\n`,
    answered: [200],
  })),
  ...['gzip', 'gzip, chunked', 'chunked, gzip', 'identity', 'chunked, chunked'].map(
    (coding): Row => ({
      by: '9112 6.1',
      says: `${coding} is not understood`,
      sent: `PUT /v1/nodes/rfc HTTP/1.1\r\n${host}Transfer-Encoding: ${coding}\r\n\r\n5\r\nhello\r\n0\r\n\r\n${next}`,
      answered: [400],
      ends: true,
    }),
  ),
  {
    by: '9112 6.1',
    says: 'a length beside chunks is refused, and the connection ends',
    sent: `PUT /v1/nodes/rfc HTTP/1.1\r\n${host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${next}`,
    answered: [400],
    ends: true,
  },
  {
    by: '9112 6.1',
    says: 'HTTP/1.0 has no chunks',
    sent: `PUT /v1/nodes/rfc HTTP/1.0\r\n${host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    answered: [400],
    ends: true,
  },
  {
    by: '9112 5.2',
    says: 'a folded header is refused',
    sent: get('X-Folded: a\r\n b\r\n'),
    answered: [400],
    ends: true,
  },
  {
    by: '9112 2.2',
    says: 'an empty line ahead of a request is skipped',
    sent: `\r\n${get('')}`,
    answered: [200],
  },
  ...['Content-Length: 0\r\n\r\n', 'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n'].flatMap((body) =>
    ['GET /v1/nodes/rfc', 'HEAD /v1/nodes/rfc', 'GET /livez', 'GET /v1/cluster', 'GET /'].map(
      (start): Row => ({
        by: '9110 6.4',
        says: `a body of no bytes is no body: ${start} ${JSON.stringify(body)}`,
        sent: `${start} HTTP/1.1\r\n${host}${body}`,
        answered: [200],
      }),
    ),
  ),
  ...[
    'Content-Length: 0\r\n\r\n',
    'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'Content-Length: 2\r\n\r\n{}',
    'Content-Type: application/json\r\nContent-Length: 5\r\n\r\n{ }\r\n',
    'Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
  ].map((body): Row => ({
    by: '9110 9.3.5',
    says: `nor is one that says nothing, with DELETE: ${JSON.stringify(body)}`,
    sent: `PUT /v1/nodes/gone?create HTTP/1.1\r\n${host}Content-Length: 0\r\n\r\nDELETE /v1/nodes/gone HTTP/1.1\r\n${host}${body}`,
    answered: [201, 204],
  })),
  ...[
    'Content-Length: 3\r\n\r\nabc',
    'Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n',
  ].flatMap((body) =>
    ['GET', 'DELETE'].map((method): Row => ({
      by: '9110 9.3.1',
      says: `a body that says something is refused: ${method} ${JSON.stringify(body)}`,
      sent: `${method} /v1/nodes/rfc HTTP/1.1\r\n${host}${body}`,
      answered: [400],
      ends: true,
    })),
  ),
];

describeRows('REST: connections, targets and methods as the RFCs have them', rows, (base) => {
  it('names the methods of each route to OPTIONS', async () => {
    for (const { path, methods } of allRoutes()) {
      const target = path.replace(/\{[A-Za-z]+\}/g, '5');
      const answer = await fetch(`${base()}${target}`, { method: 'OPTIONS' });
      // A probe is answered as ever: HAProxy asks this way.
      assert.ok(answer.status === 204 || probes.has(path), target);
      for (const method of methods) {
        assert.ok(answer.headers.get('allow')?.split(', ').includes(method), `${method} ${target}`);
      }
    }
    assert.equal((await fetch(`${base()}/nowhere`, { method: 'OPTIONS' })).status, 404);
  });
});
