import assert from 'node:assert/strict';
import { startEnsemble, type Ensemble } from '../../../src/index.ts';
import {
  call,
  contract,
  deref,
  expectProblem,
  expectStatus,
  type ParameterDescription,
} from '../../support/contract.ts';
import { RawConnection, statusesIn } from '../../support/raw-http.ts';
import { until } from '../../support/until.ts';

// The request that every payload tries to slip past the parser: it must never be carried out.
const smuggled =
  'PUT /v1/nodes/smuggled?create HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx';
const put = (headers: string, body: string): string =>
  `PUT /v1/nodes/carrier?create HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n${body}${smuggled}`;
const get = (headers: string): string =>
  `GET /v1/nodes/ HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n${smuggled}`;

const payloads: Readonly<Record<string, string>> = {
  'CL and TE': put('Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
  'TE and CL': put('Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', '0\r\n\r\n'),
  'two lengths': put('Content-Length: 1\r\nContent-Length: 5\r\n', 'x'),
  'two equal lengths': put('Content-Length: 1\r\nContent-Length: 1\r\n', 'x'),
  'length list': put('Content-Length: 1, 1\r\n', 'x'),
  'length with plus': put('Content-Length: +1\r\n', 'x'),
  'length with minus': put('Content-Length: -1\r\n', 'x'),
  'length in hex': put('Content-Length: 0x1\r\n', 'x'),
  'length with a point': put('Content-Length: 1.0\r\n', 'x'),
  'length with letters': put('Content-Length: 1a\r\n', 'x'),
  'length empty': put('Content-Length: \r\n', 'x'),
  'length in quotes': put('Content-Length: "1"\r\n', 'x'),
  'length too long': put('Content-Length: 99999999999999999999999\r\n', 'x'),
  'length with a space inside': put('Content-Length: 1 1\r\n', 'x'),
  'space before the colon': put('Content-Length : 1\r\n', 'x'),
  'TE space before the colon': put('Transfer-Encoding : chunked\r\n', '0\r\n\r\n'),
  'tab before the colon': put('Transfer-Encoding\t: chunked\r\n', '0\r\n\r\n'),
  'TE twice': put('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
  'TE twice, different': put(
    'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n',
    '0\r\n\r\n',
  ),
  'TE chunked, identity': put('Transfer-Encoding: chunked, identity\r\n', '0\r\n\r\n'),
  'TE identity, chunked': put('Transfer-Encoding: identity, chunked\r\n', '0\r\n\r\n'),
  'TE gzip, chunked': put('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n'),
  'TE xchunked': put('Transfer-Encoding: xchunked\r\n', '0\r\n\r\n'),
  'TE chunkedx': put('Transfer-Encoding: chunkedx\r\n', '0\r\n\r\n'),
  'TE identity': put('Transfer-Encoding: identity\r\n', ''),
  'TE empty': put('Transfer-Encoding: \r\n', ''),
  'TE in quotes': put('Transfer-Encoding: "chunked"\r\n', '0\r\n\r\n'),
  'TE with vertical tab': put('Transfer-Encoding: \x0bchunked\r\n', '0\r\n\r\n'),
  'TE with NUL': put('Transfer-Encoding: chunked\x00\r\n', '0\r\n\r\n'),
  'TE folded': put('Transfer-Encoding:\r\n chunked\r\n', '0\r\n\r\n'),
  'header folded': put('X-Thing: a\r\n b\r\nContent-Length: 1\r\n', 'x'),
  'length folded': put('Content-Length:\r\n 1\r\n', 'x'),
  'bare LF after a header': put('X-Thing: a\nContent-Length: 1\r\n', 'x'),
  'bare LF for all lines': `PUT /v1/nodes/carrier?create HTTP/1.1\nHost: localhost\nContent-Length: 1\n\nx${smuggled}`,
  'bare CR in a header': put('X-Thing: a\rContent-Length: 0\r\n', 'x'),
  'bare CR at the end of headers': put('Content-Length: 1\r\r\n', 'x'),
  'NUL in a header': put('X-Thing: a\x00b\r\nContent-Length: 1\r\n', 'x'),
  'header without a colon': put('Content-Length 1\r\n', 'x'),
  'header without a name': put(': 1\r\n', 'x'),
  'space in a header name': put('Content Length: 1\r\n', 'x'),
  'space before the first header': `PUT /v1/nodes/carrier?create HTTP/1.1\r\n Host: localhost\r\n\r\n${smuggled}`,
  'chunk size negative': put('Transfer-Encoding: chunked\r\n', '-1\r\nx\r\n0\r\n\r\n'),
  'chunk size with 0x': put('Transfer-Encoding: chunked\r\n', '0x1\r\nx\r\n0\r\n\r\n'),
  'chunk size with a space': put('Transfer-Encoding: chunked\r\n', '1 \r\nx\r\n0\r\n\r\n'),
  'chunk size too long': put(
    'Transfer-Encoding: chunked\r\n',
    'fffffffffffffffff\r\nx\r\n0\r\n\r\n',
  ),
  'chunk size empty': put('Transfer-Encoding: chunked\r\n', '\r\nx\r\n0\r\n\r\n'),
  'chunk longer than its size': put('Transfer-Encoding: chunked\r\n', '1\r\nxyz\r\n0\r\n\r\n'),
  'chunk ended by LF': put('Transfer-Encoding: chunked\r\n', '1\nx\n0\n\n'),
  'chunk data ended by LF': put('Transfer-Encoding: chunked\r\n', '1\r\nx\n0\r\n\r\n'),
  'chunk extension with LF': put('Transfer-Encoding: chunked\r\n', '1;a=b\nc\r\nx\r\n0\r\n\r\n'),
  'chunk extension with CR': put('Transfer-Encoding: chunked\r\n', '1;a\rb\r\nx\r\n0\r\n\r\n'),
  'trailer folded': put('Transfer-Encoding: chunked\r\n', '0\r\nX: a\r\n b\r\n\r\n'),
  'GET with a body': get(`Content-Length: ${String(smuggled.length)}\r\n`),
  'GET with chunks': get('Transfer-Encoding: chunked\r\n'),
  'DELETE with a body': `DELETE /v1/nodes/carrier HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc${smuggled}`,
  'two Hosts': get('Host: localhost\r\n'),
  'no Host': `GET /v1/nodes/ HTTP/1.1\r\n\r\n${smuggled}`,
  'empty Host': `GET /v1/nodes/ HTTP/1.1\r\nHost:\r\n\r\n${smuggled}`,
  'asterisk target': `GET * HTTP/1.1\r\nHost: localhost\r\n\r\n${smuggled}`,
  'tab in the request line': `GET\t/v1/nodes/\tHTTP/1.1\r\nHost: localhost\r\n\r\n${smuggled}`,
  'space in the target': `GET /v1/nodes/a b HTTP/1.1\r\nHost: localhost\r\n\r\n${smuggled}`,
  'raw UTF-8 in the target': `GET /v1/nodes/\xc3\xa9 HTTP/1.1\r\nHost: localhost\r\n\r\n${smuggled}`,
  'HTTP/0.9': `GET /v1/nodes/\r\n\r\n${smuggled}`,
  'HTTP/1.0 with chunks': `PUT /v1/nodes/carrier?create HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
  'HTTP/1.2': `GET /v1/nodes/ HTTP/1.2\r\nHost: localhost\r\n\r\n${smuggled}`,
  'HTTP/2 preface': `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${smuggled}`,
  'no method': `GE\u00a4 /v1/nodes/ HTTP/1.1\r\nHost: localhost\r\n\r\n${smuggled}`,
  'TLS hello': `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03${smuggled}`,
  'ZooKeeper connect': `\x00\x00\x00\x2d\x00\x00\x00\x00${'\x00'.repeat(37)}${smuggled}`,
  'binary noise': `\xff\xfe\xfd\x00\x01\x02${smuggled}`,
};

/** Every request header that some operation takes. */
function headersThatAreSent(): readonly string[] {
  const parameters = Object.values(contract.paths)
    .flatMap((item) => Object.values(item))
    .flatMap((operation) => operation.parameters ?? [])
    .map((parameter) => deref<ParameterDescription>(parameter));
  const names = parameters.filter(({ in: place }) => place === 'header').map(({ name }) => name);
  assert.ok(names.length > 0);
  return [...new Set(names)];
}

describe('REST: raw sockets', () => {
  let ensemble: Ensemble;
  let base: string;
  const lines: string[] = [];

  before(async () => {
    ensemble = await startEnsemble({
      peers: 1,
      http: { allowedOrigins: ['http://ops.example'] },
      log: { write: (line) => lines.push(line) },
    });
    base = ensemble.peer(1).url;
  });

  after(async () => {
    await ensemble.stop();
  });

  for (const [name, payload] of Object.entries(payloads)) {
    it(`refuses and closes: ${name}`, async () => {
      const received = await new RawConnection(base).write(payload).closed();
      assert.deepEqual(statusesIn(received), [400], received);
      assert.match(received, /"code":"MALFORMEDHTTP"/);
      assert.match(received, /\r\nConnection: close\r\n/i);
      await expectProblem({ status: 404, code: 'NONODE' }, base, 'GET', '/v1/nodes/smuggled');
      await expectProblem({ status: 404, code: 'NONODE' }, base, 'GET', '/v1/nodes/carrier');
    });
  }

  it('carries out nothing that follows a refused Host on the same connection', async () => {
    const first = 'GET /v1/info HTTP/1.1\r\nHost: evil.example\r\n\r\n';
    const received = await new RawConnection(base).write(first + smuggled).closed();
    assert.deepEqual(statusesIn(received), [421]);
    await expectProblem({ status: 404, code: 'NONODE' }, base, 'GET', '/v1/nodes/smuggled');
  });

  it('carries out nothing that follows Connection: close', async () => {
    const first = 'GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    const received = await new RawConnection(base).write(first + smuggled).closed();
    assert.equal(statusesIn(received)[0], 200);
    await expectProblem({ status: 404, code: 'NONODE' }, base, 'GET', '/v1/nodes/smuggled');
  });

  it('answers pipelined requests in their order, and those before the garbage', async () => {
    const ok = (path: string): string =>
      `PUT /v1/nodes/${path}?create HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx`;
    const received = await new RawConnection(base)
      .write(`${ok('p1')}${ok('p2')}garbage\r\n\r\n${smuggled}`)
      .closed();
    assert.deepEqual(statusesIn(received).slice(0, 2), [201, 201]);
    assert.ok(received.indexOf('"path":"/p1"') < received.indexOf('"path":"/p2"'));
    await expectProblem({ status: 404, code: 'NONODE' }, base, 'GET', '/v1/nodes/smuggled');
  });

  it('gives no second answer to a request that goes wrong after its first', async () => {
    const refused =
      'PUT /v1/nodes/a?nonsense HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n';
    const connection = new RawConnection(base).write(refused);
    await until('the refusal', () => statusesIn(connection.received).length > 0);
    const received = await connection.write(`zz\r\n${smuggled}`).closed();
    assert.deepEqual(statusesIn(received), [400], received);
    assert.match(received, /"code":"BADARGUMENTS"/);
  });

  it('refuses headers that are too large', async () => {
    const request = `GET /v1/nodes/ HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`;
    const received = await new RawConnection(base).write(request).closed();
    assert.deepEqual(statusesIn(received), [431]);
    assert.match(received, /"code":"HEADERSTOOLARGE"/);
    const url = `GET /v1/nodes/${'x'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    assert.deepEqual(statusesIn(await new RawConnection(base).write(url).closed()), [414]);
  });

  it('asks for the body only when it will take it', async () => {
    const ask = (length: number): string =>
      `PUT /v1/nodes/expected?create HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: ${String(length)}\r\n\r\n`;
    const taken = new RawConnection(base).write(ask(2));
    await until('the go-ahead', () => taken.received.startsWith('HTTP/1.1 100 Continue\r\n'));
    taken.write('hi');
    await until('the answer', () => statusesIn(taken.received).includes(201));
    taken.destroy();
    const refused = new RawConnection(base).write(ask(2_000_000));
    await until('the refusal', () => statusesIn(refused.received).length > 0);
    assert.deepEqual(statusesIn(refused.received), [413]);
    refused.destroy();
    const other = 'GET /livez HTTP/1.1\r\nHost: localhost\r\nExpect: 200-ok\r\n\r\n';
    assert.deepEqual(statusesIn(await new RawConnection(base).write(other).closed()), [417]);
  });

  it('minds no client that has gone before its answer, or in the middle of its request', async () => {
    for (let round = 0; round < 30; round++) {
      const whole =
        'PUT /v1/nodes/gone?create HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx';
      const connection = new RawConnection(base).write(
        round % 2 === 0 ? whole : whole.slice(0, -1),
      );
      connection.socket.on('connect', () =>
        setImmediate(() => {
          connection.destroy();
        }),
      );
      await connection.closed();
    }
    await expectStatus(200, base, 'GET', '/livez');
    const text = (await expectStatus(200, base, 'GET', '/v1/nodes/?children')).text;
    assert.ok(!lines.join('').includes('restRequestFailed'), text);
  });

  it('holds only so much of what is being sent, and asks the rest to come later', async () => {
    const head =
      'PUT /v1/nodes/held?create HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n';
    const allButOne = head + 'x'.repeat(999_999);
    const senders = Array.from({ length: 150 }, () => new RawConnection(base).write(allButOne));
    const throttled = (): readonly RawConnection[] =>
      senders.filter(({ received }) => statusesIn(received).includes(429));
    await until('the memory for bodies to be used up', () => throttled().length > 0);
    await expectStatus(200, base, 'GET', '/v1/nodes/');
    for (const sender of throttled()) {
      assert.match(sender.received, /"code":"THROTTLED"[^]*"applied":"no"/);
    }
    for (const sender of senders) sender.destroy();
    await until('the memory to be free again', async () => {
      const { status } = await call(base, 'PUT', '/v1/nodes/held?create', {
        body: Buffer.alloc(1_000_000),
      });
      return status === 201;
    });
  });

  it('answers the preflight of a listed origin, and of no other', async () => {
    const ask = (origin: string): string =>
      `OPTIONS /v1/nodes/a HTTP/1.1\r\nHost: localhost\r\nOrigin: ${origin}\r\n` +
      'Access-Control-Request-Method: PUT\r\nConnection: close\r\n\r\n';
    const listed = await new RawConnection(base).write(ask('http://ops.example')).closed();
    assert.deepEqual(statusesIn(listed), [204]);
    assert.match(listed, /Access-Control-Allow-Origin: http:\/\/ops\.example\r\n/);
    assert.match(listed, /Access-Control-Allow-Methods: .*PUT/);
    const allowed = /Access-Control-Allow-Headers: (.*)\r\n/.exec(listed)?.[1]?.split(', ') ?? [];
    for (const name of headersThatAreSent()) assert.ok(allowed.includes(name), name);
    const foreign = await new RawConnection(base).write(ask('http://evil.example')).closed();
    assert.deepEqual(statusesIn(foreign), [204]);
    assert.doesNotMatch(foreign, /Access-Control/i);
  });
});
