import assert from 'node:assert/strict';
import { matchesEtag, wantsJson } from '../../../../../src/frontends/http/exchange/decode.ts';

describe('rest reads', () => {
  it('compare ETags weakly', () => {
    assert.ok(matchesEtag('"1-1"', '"1-1"'));
    assert.ok(matchesEtag('W/"1-1"', '"1-1"'));
    assert.ok(matchesEtag('"0-0", "1-1"', '"1-1"'));
    assert.ok(matchesEtag('*', '"1-1"'));
    assert.ok(!matchesEtag('"1-2"', '"1-1"'));
    assert.ok(!matchesEtag('1-1', '"1-1"'));
    assert.ok(!matchesEtag(undefined, '"1-1"'));
  });

  it('give JSON only when it is named', () => {
    const cases: [string | undefined, boolean][] = [
      [undefined, false],
      ['*/*', false],
      ['application/json', true],
      ['Application/JSON; charset=utf-8', true],
      ['application/json, text/plain, */*', true],
      ['application/json;q=0', false],
      ['application/octet-stream, application/json;q=0.5', false],
      ['application/octet-stream;q=0.1, application/json', true],
      ['application/problem+json', false],
      ['text/html', false],
    ];
    for (const [accept, expected] of cases) assert.equal(wantsJson(accept), expected, accept);
  });
});
