import assert from 'node:assert/strict';
import { startEnsemble, type Ensemble } from '../../../src/index.ts';
import { allRoutes } from '../../../src/frontends/http/cold-routes.ts';
import { RawConnection, statusesIn } from '../../support/raw-http.ts';

// What RFC 9110 (HTTP), RFC 9112 (HTTP/1.1) and RFC 6455 (WebSocket) ask of a server, as a table: each row is sent byte for
// byte, by connections of its own.

interface Row {
  /** Document and section. */
  readonly by: string;
  readonly says: string;
  readonly sent: string;
  readonly answered: readonly number[];
  /** All are found in what is received, the texts in any case. */
  readonly with?: readonly (RegExp | string)[];
  readonly without?: readonly RegExp[];
  /** The connection ends with that; otherwise it serves the next request as if nothing had been. */
  readonly ends?: boolean;
}

const host = 'Host: localhost\r\n';
const end = '\r\n';
const next = `GET /livez HTTP/1.1\r\n${host}Connection: close\r\n\r\n`;
const get = (headers: string, target = '/v1/nodes/rfc'): string =>
  `GET ${target} HTTP/1.1\r\n${host}${headers}${end}`;
const put = (headers: string, body: string, target = '/v1/nodes/rfc'): string =>
  `PUT ${target} HTTP/1.1\r\n${host}Content-Length: ${String(body.length)}\r\n${headers}${end}${body}`;
const h2c =
  'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n';
const handshake = (
  lines: Readonly<Record<string, string | undefined>> = {},
  target = '/v1/ws',
): string => {
  const headers: Readonly<Record<string, string | undefined>> = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...lines,
  };
  const given = Object.entries(headers).filter(([, value]) => value !== undefined);
  return get(given.map(([name, value]) => `${name}: ${value ?? ''}\r\n`).join(''), target);
};

/** `<etag>` in a row stands for the ETag of /rfc. */
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
      answered: [start.startsWith('OPTIONS') ? 204 : 200],
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
  // Expect.
  ...['100-continue', '100-Continue', '100-CONTINUE'].map((expected): Row => ({
    by: '9110 10.1.1',
    says: `${expected} is told to go on`,
    sent: put(`Expect: ${expected}\r\n`, 'hello'),
    answered: [100, 200],
  })),
  {
    by: '9110 10.1.1',
    says: 'but not in HTTP/1.0',
    sent: `PUT /v1/nodes/rfc HTTP/1.0\r\n${host}Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello`,
    answered: [200],
    ends: true,
  },
  {
    by: '9110 10.1.1',
    says: 'and what is refused is not asked for',
    sent: `PUT /v1/nodes/rfc HTTP/1.1\r\n${host}Expect: 100-continue\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello`,
    answered: [415],
    ends: true,
  },
  {
    by: '9110 15.5.18',
    says: 'another expectation is 417',
    sent: get('Expect: wonders\r\n'),
    answered: [417],
    ends: true,
  },
  // Content codings.
  ...['gzip', 'br', 'deflate', 'zstd', 'nonsense', 'identity, gzip', 'GZIP'].map((coding): Row => ({
    by: '9110 15.5.16',
    says: `${coding} is 415`,
    sent:
      put(`Content-Encoding: ${coding}\r\n`, 'hello') +
      put(`Content-Encoding: ${coding}\r\n`, '{"ops":[]}', '/v1/txn').replace('PUT', 'POST'),
    answered: [415, 415],
    with: ['Accept-Encoding: identity'],
  })),
  ...['identity', 'Identity', ''].map((coding): Row => ({
    by: '9110 8.4',
    says: `${JSON.stringify(coding)} is none`,
    sent: put(`Content-Encoding: ${coding}\r\n`, 'hello'),
    answered: [200],
  })),
  ...['gzip, br', 'identity;q=0', '*;q=0', '', 'zstd;q=1, *;q=0'].map((codings): Row => ({
    by: '9110 12.5.3',
    says: `answers come as they are with Accept-Encoding: ${codings}`,
    sent: get(`Accept-Encoding: ${codings}\r\n`),
    answered: [200],
    with: [/hello/],
    without: [/content-encoding/i],
  })),
  // Content negotiation.
  ...[
    ['application/json', true],
    ['Application/JSON; Charset="utf-8"', true],
    ['application/json, text/plain, */*', true],
    ['application/json;Q=0.9, application/*;q=0.8', true],
    ['application/json;q=0', false],
    ['application/json;q=0.5, */*', false],
    ['application/json;q=0.5, application/*;q=0.6', false],
    ['*/*', false],
    ['application/*', false],
    ['text/html', false],
    ['image/avif,image/webp,*/*;q=0.8', false],
    ['', false],
    ['"', false],
  ].map(([accept, isJson]): Row => ({
    by: '9110 12.5.1',
    says: `Accept: ${String(accept)} gets ${isJson === true ? 'JSON' : 'bytes'}`,
    sent: get(`Accept: ${String(accept)}\r\n`),
    answered: [200],
    with: [
      `Content-Type: application/${isJson === true ? 'json' : 'octet-stream'}`,
      'Vary: Accept',
    ],
  })),
  // Conditions.
  ...['<etag>', 'W/<etag>', '"x", <etag>', '"x","a,b", W/<etag>', '*', '"x",\t<etag>'].map(
    (tags): Row => ({
      by: '9110 13.1.2',
      says: `If-None-Match: ${tags} on a read is 304`,
      sent: get(`If-None-Match: ${tags}\r\n`),
      answered: [304],
      with: ['ETag: <etag>'],
      without: [/hello/],
    }),
  ),
  ...['"x"', 'W/"x"', '"x", "y"', '"1-1"'].map((tags): Row => ({
    by: '9110 13.1.2',
    says: `If-None-Match: ${tags} on a read is 200`,
    sent: get(`If-None-Match: ${tags}\r\n`),
    answered: [200],
  })),
  ...[
    ['<etag>', 200],
    ['*', 200],
    ['"x", <etag>', 200],
    ['"1-1", <etag>, "2-2"', 200],
    ['W/<etag>', 412],
    ['"x"', 412],
    ['"x", W/<etag>', 412],
    ['"1-1", "2-2"', 412],
  ].map(([tags, status]): Row => ({
    by: '9110 13.1.1',
    says: `If-Match: ${String(tags)} on a read is ${String(status)}`,
    sent: get(`If-Match: ${String(tags)}\r\n`),
    answered: [Number(status)],
  })),
  ...['"x"', 'W/<etag>', '"x", W/<etag>', '"1-1", "2-2"', '"1-1"'].map((tags): Row => ({
    by: '9110 13.1.1',
    says: `If-Match: ${tags} on a change is 412`,
    sent:
      put(`If-Match: ${tags}\r\n`, 'other') +
      `DELETE /v1/nodes/rfc HTTP/1.1\r\n${host}If-Match: ${tags}\r\n\r\n`,
    answered: [412, 412],
  })),
  ...['x', '"open', '<etag> <etag>', '7'].map((tags): Row => ({
    by: '9110 13.1.1',
    says: `If-Match: ${tags} is no list`,
    sent: put(`If-Match: ${tags}\r\n`, 'other') + get(`If-Match: ${tags}\r\n`),
    answered: [400, 400],
  })),
  {
    by: '9110 13.1.3, 13.1.4, 13.1.5',
    says: 'dates are not looked at: there is no Last-Modified',
    sent:
      get('If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT\r\n') +
      get('If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT\r\n') +
      get('If-Modified-Since: yesterday\r\n'),
    answered: [200, 200, 200],
    without: [/last-modified/i],
  },
  {
    by: '9110 13.2.2',
    says: 'If-Match goes ahead of If-None-Match',
    sent:
      get('If-Match: "x"\r\nIf-None-Match: <etag>\r\n') +
      get('If-Match: <etag>\r\nIf-None-Match: <etag>\r\n') +
      get('If-None-Match: "x"\r\nIf-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT\r\n'),
    answered: [412, 304, 200],
  },
  {
    by: '9110 13.2.1',
    says: 'no condition makes an answer of what is not there',
    sent: get('If-None-Match: *\r\n', '/v1/nodes/none') + get('If-Match: *\r\n', '/v1/nodes/none'),
    answered: [404, 404],
  },
  {
    by: '9110 14.2',
    says: 'a Range is not looked at',
    sent: get('Range: bytes=1-2\r\nIf-Range: <etag>\r\n') + get('Range: bytes=9-\r\n'),
    answered: [200, 200],
    with: [/hello[^]*hello/],
  },
  // What all answers have.
  {
    by: '9110 6.6.1',
    says: 'a Date',
    sent: get('', '/nowhere') + get(''),
    answered: [404, 200],
    with: [/Date: [^]*Date: /],
  },
  {
    by: '9110 6.6.1',
    says: 'also where the parser gave up',
    sent: 'nonsense\r\n\r\n',
    answered: [400],
    with: ['Date: '],
    ends: true,
  },
  {
    by: '9111 5.2.2.6',
    says: 'nobody in between may compress it',
    sent: get('') + get('', '/nowhere') + get('', '/v1/cluster') + get('', '/metrics'),
    answered: [200, 404, 200, 200],
    with: [/(?:cache-control: [a-z, -]*no-transform[^]*){4}/i],
  },
  {
    by: '9112 9.3.2',
    says: 'what is pipelined behind a change finds it made, and is not made before it',
    sent:
      put('', 'one', '/v1/nodes/line?create') +
      get('', '/v1/nodes/line') +
      put('', 'two', '/v1/nodes/line') +
      get('', '/v1/nodes/line') +
      `DELETE /v1/nodes/line HTTP/1.1\r\n${host}\r\n` +
      get('', '/v1/nodes/line'),
    answered: [201, 200, 200, 200, 204, 404],
    with: [/one[^]*two/],
  },
  {
    by: '9112 9.6',
    says: 'after Connection: close nothing more is served',
    sent: get('Connection: close\r\n') + get(''),
    answered: [200],
    with: ['Connection: close'],
    ends: true,
  },
  {
    by: '9110 4.2.3',
    says: 'escapes name what they stand for, in either case',
    sent: get('', '/v1/nodes/%72fc') + get('', '/v1/nodes%2Frfc') + get('', '/v1/nodes%2frfc'),
    answered: [200, 404, 404],
  },
];

describe('REST: what the RFCs ask of a server', () => {
  let ensemble: Ensemble;
  let base: string;
  let etag: string;

  before(async () => {
    ensemble = await startEnsemble({ peers: 1 });
    base = ensemble.peer(1).url;
    await fetch(`${base}/v1/nodes/big?create`, { method: 'PUT', body: 'b'.repeat(100_000) });
  });

  after(async () => {
    await ensemble.stop();
  });

  async function exchanged(row: Row): Promise<string> {
    const sent = row.sent.replaceAll('<etag>', etag);
    return new RawConnection(base).write(row.ends === true ? sent : sent + next).closed();
  }

  for (const [by, ofSection] of bySections(rows)) {
    it(by, async () => {
      for (const row of ofSection) {
        // As it is for every row, whatever the one before did.
        const set = await fetch(`${base}/v1/nodes/rfc?create`, { method: 'PUT', body: 'hello' });
        etag = set.headers.get('etag') ?? assert.fail('no ETag');
        const received = await exchanged(row);
        const expected = row.ends === true ? row.answered : [...row.answered, 200];
        assert.deepEqual(statusesIn(received), expected, `${row.says}:\n${received}`);
        for (const found of row.with ?? []) {
          const isThere =
            typeof found === 'string'
              ? received.toLowerCase().includes(found.replaceAll('<etag>', etag).toLowerCase())
              : found.test(received);
          assert.ok(isThere, `${row.says}: ${String(found)} is missing in\n${received}`);
        }
        for (const found of row.without ?? []) {
          assert.doesNotMatch(received, found, row.says);
        }
      }
    });
  }

  it('names the methods of each route to OPTIONS', async () => {
    for (const { path, methods } of allRoutes()) {
      const target = path.replace(/\{[A-Za-z]+\}/g, '5');
      const answer = await fetch(`${base}${target}`, { method: 'OPTIONS' });
      assert.equal(answer.status, 204, target);
      for (const method of methods) {
        assert.ok(answer.headers.get('allow')?.split(', ').includes(method), `${method} ${target}`);
      }
    }
    assert.equal((await fetch(`${base}/nowhere`, { method: 'OPTIONS' })).status, 404);
  });

  it('makes a change by any of several ETags that is the one of now', async () => {
    const created = await fetch(`${base}/v1/nodes/listed?create`, { method: 'PUT', body: '1' });
    const tag = created.headers.get('etag') ?? '';
    const change = (tags: string) =>
      fetch(`${base}/v1/nodes/listed`, { method: 'PUT', body: '2', headers: { 'if-match': tags } });
    const changed = await change(`"1-1", W/"2-2", ${tag}, "3-3"`);
    assert.equal(changed.status, 200);
    assert.equal((await change(`"1-1", ${tag}`)).status, 412);
    const weak = await change(`W/${changed.headers.get('etag') ?? ''}`);
    assert.equal(weak.status, 412);
    assert.match(await weak.text(), /weak/);
  });
});

function bySections(all: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of all) groups.set(row.by, [...(groups.get(row.by) ?? []), row]);
  return groups;
}
