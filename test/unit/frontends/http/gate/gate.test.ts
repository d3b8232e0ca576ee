import assert from 'node:assert/strict';
import { createGate, type GateRequest } from '../../../../../src/frontends/http/gate/gate.ts';

const gate = createGate({
  allowedHosts: ['quoll.example', 'other.example:8080'],
  allowedOrigins: ['https://ops.example', 'http://127.0.0.1:*'],
  anyHostPaths: new Set(['/livez']),
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
      ['evil.example#localhost', 'malformedHttp'],
      ['evil@localhost', 'malformedHttp'],
      ['localhost:evil', 'malformedHttp'],
      ['localhost:1:2', 'malformedHttp'],
      ['127.0.0.1.', 'foreignHost'],
      ['::1', 'malformedHttp'],
      ['', 'malformedHttp'],
    ];
    for (const [host, expected] of cases) assert.equal(verdict([['Host', host]]), expected, host);
    assert.equal(verdict([]), 'malformedHttp');
    assert.equal(verdict([], { httpVersionMinor: 0 }), 'passes');
  });

  it('answers what probes ask by any name, and nothing else', () => {
    const pod = ['Host', '10.244.1.7:2180'] as const;
    assert.equal(verdict([pod], { url: '/livez?verbose' }), 'passes');
    assert.equal(verdict([pod], { url: '/livez/' }), 'foreignHost');
    assert.equal(verdict([pod], { url: '/v1/nodes/livez' }), 'foreignHost');
    assert.equal(verdict([['Host', 'a b']], { url: '/livez' }), 'malformedHttp');
  });

  it('takes the absolute form of what is its own, with its authority for Host', () => {
    const taken = (url: string, headers: readonly (readonly [string, string])[] = [us]) => {
      const request = { ...asked(headers, { url }), url };
      gate.takeTarget(request);
      return [request.url, request.headers.host, gate.check(request)?.code];
    };
    assert.deepEqual(taken('http://quoll.example/a?b'), ['/a?b', 'quoll.example', undefined]);
    assert.deepEqual(taken('http://quoll.example?b'), ['/?b', 'quoll.example', undefined]);
    assert.deepEqual(taken('http://localhost/a', [['Host', 'evil.example']]).at(-1), undefined);
    assert.equal(taken('http://evil.example/livez').at(-1), 'foreignHost');
    assert.equal(taken('http://a@localhost/').at(-1), 'malformedHttp');
    assert.equal(taken('http://localhost/', []).at(-1), 'malformedHttp');
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
      ['https://127.0.0.1:2180', 'passes'],
      ['https://127.0.0.1:2181', 'foreignOrigin'],
      ['ftp://127.0.0.1:2180', 'foreignOrigin'],
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
    // A proxy in front may have changed Host, and no page can say this itself.
    const proxied = [
      us,
      ['Origin', 'https://quoll.corp'],
      ['Sec-Fetch-Site', 'same-origin'],
    ] as const;
    assert.equal(verdict(proxied, { method: 'POST' }), 'passes');
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
      [[us], { url: '*' }],
      [[us, ['Transfer-Encoding', 'identity, chunked']], { method: 'POST' }],
      [[us, ['Transfer-Encoding', 'xchunked']], { method: 'POST' }],
      [[us, ['Transfer-Encoding', 'chunked']], { method: 'POST', httpVersionMinor: 0 }],
      [[us, ['Content-Length', '65']], {}],
      [[us, ['Content-Length', '65']], { method: 'DELETE' }],
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
    assert.equal(verdict([us, ['Transfer-Encoding', 'Chunked']], { method: 'PUT' }), 'passes');
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
