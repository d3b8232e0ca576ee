import assert from 'node:assert/strict';
import { parseTraceparent, tracedBy } from '../../../src/wire/trace-context.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const header = (version: string, flags: string, more = ''): string =>
  `${version}-${traceId}-${spanId}-${flags}${more}`;

describe('the trace that a request belongs to', () => {
  it('is read of the header traceparent', () => {
    assert.deepEqual(parseTraceparent(header('00', '01')), { traceId, spanId, isSampled: true });
    assert.deepEqual(parseTraceparent(header('00', '00')), { traceId, spanId, isSampled: false });
    // Flags that are not known yet say nothing of this one.
    assert.equal(parseTraceparent(header('00', 'fe'))?.isSampled, false);
  });

  it('is read of a later version, as far as it is known', () => {
    const known = { traceId, spanId, isSampled: true };
    assert.deepEqual(parseTraceparent(header('01', '01', '-more')), known);
    assert.deepEqual(parseTraceparent(header('cc', '01')), known);
    assert.equal(parseTraceparent(header('cc', '01', 'more')), undefined);
  });

  it('is none where the header is no such thing', () => {
    const wrong = [
      undefined,
      7,
      '',
      'nonsense',
      header('ff', '01'),
      header('00', '01', '-more'),
      header('00', '01').toUpperCase(),
      `00-${'0'.repeat(32)}-${spanId}-01`,
      `00-${traceId}-${'0'.repeat(16)}-01`,
      `${header('00', '01')}, ${header('00', '01')}`,
      header('01', '01', `-${'x'.repeat(1_000)}`),
    ];
    for (const each of wrong) assert.equal(parseTraceparent(each), undefined, String(each));
  });

  it('goes with who asks, who is the same without one', () => {
    const who = { identities: [] };
    assert.equal(tracedBy(who, 'nonsense'), who);
    const trace = { traceId, spanId, isSampled: true };
    assert.deepEqual(tracedBy(who, header('00', '01')), { ...who, trace });
  });
});
