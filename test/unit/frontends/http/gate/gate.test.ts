import assert from 'node:assert/strict';
import { createGate, type GateRequest } from '../../../../../src/frontends/http/gate/gate.ts';

const gate = createGate({
  allowedHosts: ['quoll.example', 'other.example:8080'],
  allowedOrigins: ['https://ops.example', 'http://127.0.0.1:*'],
});

function asked(
  headers: readonly (readonly [string, string])[],
  more: Partial<GateRequest> = {},
): GateRequest {
  // As Node does it: the first of a repeated header stands, names are lower case.
  const first: Record<string, string> = {};
  for (const [name, value] of headers) first[name.toLowerCase()] ??= value;
  return {
    method: 'GET',
    url: '/v1/nodes/a',
    httpVersionMajor: 1,
    httpVersionMinor: 1,
    headers: first,
    rawHeaders: headers.flat(),
    ...more,
  };
}

function verdict(
  headers: readonly (readonly [string, string])[],
  more: Partial<GateRequest> = {},
): string {
  return gate.check(asked(headers, more))?.code ?? 'passes';
}

const us = ['Host', '127.0.0.1:2180'] as const;

describe('rest gate', () => {
  it('answers to loopback names and to those of the configuration only', () => {
    const cases: [string, string][] = [
      ['localhost', 'passes'],
      ['LOCALHOST:2180', 'passes'],
      ['127.0.0.1:9', 'passes'],
      ['[::1]', 'passes'],
      ['[::1]:2180', 'passes'],
      ['quoll.example', 'passes'],
      ['quoll.example:99', 'passes'],
      ['other.example:8080', 'passes'],
      ['other.example', 'foreignHost'],
      ['other.example:8081', 'foreignHost'],
      ['evil.example', 'foreignHost'],
      ['evil.example:2180', 'foreignHost'],
      ['localhost.evil.example', 'foreignHost'],
      ['evil.example#localhost', 'foreignHost'],
      ['evil@localhost', 'foreignHost'],
      ['localhost:evil', 'foreignHost'],
      ['localhost:1:2', 'foreignHost'],
      ['127.0.0.1.', 'foreignHost'],
      ['::1', 'foreignHost'],
      ['', 'malformedHttp'],
    ];
    for (const [host, expected] of cases) assert.equal(verdict([['Host', host]]), expected, host);
    assert.equal(verdict([]), 'malformedHttp');
  });

  it('lets pages of our own and of listed origins change things, and no others', () => {
    const cases: [string, string][] = [
      ['http://127.0.0.1:2180', 'passes'],
      ['http://127.0.0.1:5173', 'passes'],
      ['http://127.0.0.1', 'passes'],
      ['HTTPS://OPS.EXAMPLE', 'passes'],
      ['http://ops.example', 'foreignOrigin'],
      ['https://ops.example.evil', 'foreignOrigin'],
      ['http://127.0.0.1:5173.evil', 'foreignOrigin'],
      ['http://127.0.0.1.evil', 'foreignOrigin'],
      ['https://127.0.0.1:2180', 'foreignOrigin'],
      ['null', 'foreignOrigin'],
      ['', 'foreignOrigin'],
    ];
    for (const [origin, expected] of cases) {
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
        assert.equal(
          verdict([us, ['Origin', origin]], { method }),
          expected,
          `${method} from ${origin}`,
        );
      }
      assert.equal(verdict([us, ['Origin', origin]]), 'passes', `reading from ${origin}`);
    }
  });

  it('goes by Sec-Fetch-Site where there is no Origin, and lets those pass that send neither', () => {
    const cases: [string, string][] = [
      ['same-origin', 'passes'],
      ['none', 'passes'],
      ['same-site', 'foreignOrigin'],
      ['cross-site', 'foreignOrigin'],
      ['nonsense', 'foreignOrigin'],
    ];
    for (const [site, expected] of cases) {
      assert.equal(verdict([us, ['Sec-Fetch-Site', site]], { method: 'POST' }), expected, site);
    }
    assert.equal(verdict([us], { method: 'POST' }), 'passes');
    const listed = [
      us,
      ['Origin', 'https://ops.example'],
      ['Sec-Fetch-Site', 'cross-site'],
    ] as const;
    assert.equal(verdict(listed, { method: 'POST' }), 'passes');
  });

  it('refuses framing that two parsers could read differently', () => {
    const cases: [readonly (readonly [string, string])[], Partial<GateRequest>][] = [
      [[us], { httpVersionMajor: 0, httpVersionMinor: 9 }],
      [[us], { url: 'http://evil.example/v1/nodes' }],
      [[us], { url: '*', method: 'OPTIONS' }],
      [[us, ['Transfer-Encoding', 'identity, chunked']], { method: 'POST' }],
      [[us, ['Transfer-Encoding', 'xchunked']], { method: 'POST' }],
      [[us, ['Transfer-Encoding', 'chunked']], { method: 'POST', httpVersionMinor: 0 }],
      [[us, ['Content-Length', '3']], {}],
      [[us, ['Content-Length', '3']], { method: 'DELETE' }],
      [[us, ['Transfer-Encoding', 'chunked']], { method: 'HEAD' }],
      [[us, ['host', 'localhost']], {}],
      [[us, ['If-Match', '*'], ['IF-MATCH', '"1-1"']], { method: 'PUT' }],
      [[us, ['X-Session-Secret', 'a'], ['x-session-secret', 'b']], { method: 'PUT' }],
      [[us, ['Authorization', 'a'], ['Authorization', 'b']], { method: 'PUT' }],
    ];
    for (const [headers, more] of cases) {
      const problem = gate.check(asked(headers, more));
      assert.equal(problem?.code, 'malformedHttp', JSON.stringify([headers, more]));
      assert.equal(problem.fields.closes, true);
    }
    assert.equal(verdict([us, ['Transfer-Encoding', 'chunked']], { method: 'PUT' }), 'passes');
    assert.equal(verdict([us, ['Content-Length', '0']]), 'passes');
    assert.equal(verdict([us, ['Accept', 'a'], ['Accept', 'b']]), 'passes');
  });

  it('lets only listed origins read across', () => {
    const reader = (origin: string): string | undefined =>
      gate.readableBy(asked([us, ['Origin', origin]]));
    assert.equal(reader('https://ops.example'), 'https://ops.example');
    assert.equal(reader('https://evil.example'), undefined);
    assert.equal(reader('null'), undefined);
    assert.equal(gate.readableBy(asked([us])), undefined);
    assert.equal(
      createGate({ allowedHosts: [], allowedOrigins: [] }).readableBy(
        asked([us, ['Origin', 'http://a']]),
      ),
      undefined,
    );
  });
});
