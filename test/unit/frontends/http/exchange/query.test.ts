import assert from 'node:assert/strict';
import { Problem } from '../../../../../src/frontends/http/exchange/problem.ts';
import { parseDurationMs } from '../../../../../src/base/duration.ts';
import { Query } from '../../../../../src/frontends/http/exchange/query.ts';

const known = ['children', 'limit', 'timeout', 'consistency', 'name'];

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    assert.equal(error.code, 'badArguments');
    return error.message;
  }
  return assert.fail('was not refused');
}

describe('rest query', () => {
  it('takes a bare flag for true and honours false', () => {
    const cases: [string, boolean][] = [
      ['', false],
      ['children', true],
      ['children=', true],
      ['children=true', true],
      ['children=1', true],
      ['children=false', false],
      ['children=0', false],
    ];
    for (const [raw, expected] of cases) {
      assert.equal(Query.parse(raw, known).flag('children'), expected, raw);
    }
    assert.match(
      refusal(() => Query.parse('children=yes', known).flag('children')),
      /is a flag/,
    );
  });

  it('names the nearest parameter when one is not known', () => {
    assert.match(
      refusal(() => Query.parse('childern', known)),
      /did you mean "children"\?/,
    );
    assert.match(
      refusal(() => Query.parse('Timeout=5s', known)),
      /did you mean "timeout"\?/,
    );
    assert.match(
      refusal(() => Query.parse('zzzzzz', known)),
      /known here are children, limit/,
    );
    assert.match(
      refusal(() => Query.parse('x', [])),
      /takes none/,
    );
    assert.match(
      refusal(() => Query.parse('=x', known)),
      /unknown parameter ""/,
    );
    assert.match(
      refusal(() => Query.parse('__proto__=x', known)),
      /unknown parameter "__proto__"/,
    );
  });

  it('refuses a parameter that is given twice, however it is spelled', () => {
    assert.match(
      refusal(() => Query.parse('limit=1&limit=1', known)),
      /given twice/,
    );
    assert.match(
      refusal(() => Query.parse('limit=1&%6cimit=2', known)),
      /given twice/,
    );
  });

  it('decodes percent-encoding once, and + as a space', () => {
    assert.equal(Query.parse('name=a%2Bb+c%2520', known).text('name'), 'a+b c%20');
    assert.equal(Query.parse('name=%F0%9F%A6%98&&', known).text('name'), '🦘');
    for (const raw of ['name=%', 'name=%zz', 'name=%c0%80', 'name=%ff', '%=1']) {
      assert.match(
        refusal(() => Query.parse(raw, known)),
        /percent-encoded/,
        raw,
      );
    }
  });

  it('refuses more parameters than any route has', () => {
    assert.match(
      refusal(() => Query.parse('&'.repeat(40), known)),
      /too many/,
    );
  });

  it('reads whole numbers within their range', () => {
    const range = { min: -1, max: 10 };
    assert.equal(Query.parse('limit=10', known).integer('limit', range), 10);
    assert.equal(Query.parse('limit=-1', known).integer('limit', range), -1);
    assert.equal(Query.parse('', known).integer('limit', range), undefined);
    for (const value of [
      '11',
      '-2',
      '',
      '1.0',
      '1e1',
      ' 1',
      '0x1',
      '01',
      '+1',
      'NaN',
      '99999999999999999999',
      '١',
    ]) {
      const raw = `limit=${encodeURIComponent(value)}`;
      assert.match(
        refusal(() => Query.parse(raw, known).integer('limit', range)),
        /whole number from -1 to 10/,
        value,
      );
    }
  });

  it('reads durations, whose unit is never guessed', () => {
    const cases: [string, number | undefined][] = [
      ['500ms', 500],
      ['30s', 30_000],
      ['1.5s', 1_500],
      ['0s', 0],
      ['5m', 300_000],
      ['1h', 3_600_000],
      ['1d', 86_400_000],
      ['30', undefined],
      ['', undefined],
      ['-1s', undefined],
      ['1e3ms', undefined],
      ['1 s', undefined],
      ['1S', undefined],
      ['1w', undefined],
      ['s', undefined],
      ['.5s', undefined],
      ['999999999999d', undefined],
    ];
    for (const [text, expected] of cases) assert.equal(parseDurationMs(text), expected, text);
    const range = { minMs: 1, maxMs: 1_000 };
    assert.equal(Query.parse('timeout=1s', known).durationMs('timeout', range), 1_000);
    assert.match(
      refusal(() => Query.parse('timeout=1001ms', known).durationMs('timeout', range)),
      /from 1ms to 1000ms/,
    );
    assert.match(
      refusal(() => Query.parse('timeout=0s', known).durationMs('timeout', range)),
      /from 1ms/,
    );
    assert.match(
      refusal(() => Query.parse('timeout=5', known).durationMs('timeout', range)),
      /with its unit/,
    );
  });

  it('offers the words that there are', () => {
    const words = ['linearizable', 'session', 'local'] as const;
    assert.equal(Query.parse('consistency=local', known).oneOf('consistency', words), 'local');
    assert.match(
      refusal(() => Query.parse('consistency=linearisable', known).oneOf('consistency', words)),
      /did you mean "linearizable"\?/,
    );
    assert.match(
      refusal(() => Query.parse('consistency=LOCAL', known).oneOf('consistency', words)),
      /must be one of/,
    );
  });

  it('cuts short what it says back', () => {
    assert.ok(refusal(() => Query.parse('x'.repeat(5_000), known)).length < 300);
    assert.ok(
      refusal(() =>
        Query.parse(`limit=${'9'.repeat(5_000)}`, known).integer('limit', { min: 0, max: 1 }),
      ).length < 300,
    );
  });
});
