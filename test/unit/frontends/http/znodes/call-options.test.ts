import assert from 'node:assert/strict';
import { Query } from '../../../../../src/frontends/http/exchange/query.ts';
import {
  decodeIdempotencyKey,
  decodeReadOptions,
} from '../../../../../src/frontends/http/znodes/call-options.ts';
import { nodesParameters } from '../../../../../src/frontends/http/znodes/nodes-url.ts';
import { zxid } from '../../../../../src/model/zxid.ts';
import { refusal } from '../../../../support/http/refusals.ts';

describe('rest changes', () => {
  it('takes an idempotency key with or without quotes', () => {
    assert.equal(decodeIdempotencyKey({}), undefined);
    assert.equal(decodeIdempotencyKey({ 'idempotency-key': 'abc' }), 'abc');
    assert.equal(decodeIdempotencyKey({ 'idempotency-key': '"abc"' }), 'abc');
    for (const key of ['', '""', 'a b', 'é', 'a\tb']) {
      refusal(() => decodeIdempotencyKey({ 'idempotency-key': key }));
    }
  });
});

describe('rest reads', () => {
  it('are linearizable unless told otherwise', () => {
    const of = (raw: string, headers = {}): unknown =>
      decodeReadOptions(Query.parse(raw, nodesParameters.GET), headers, 5_000);
    assert.deepEqual(of(''), { consistency: 'linearizable', timeoutMs: 5_000 });
    assert.deepEqual(of('consistency=local&timeout=1s'), {
      consistency: 'local',
      timeoutMs: 1_000,
    });
    assert.deepEqual(of('minZxid=5'), {
      consistency: 'linearizable',
      timeoutMs: 5_000,
      minZxid: zxid(0, 5),
    });
    const both = of('minZxid=5', { 'x-min-zxid': '7' });
    assert.deepEqual(both, { consistency: 'linearizable', timeoutMs: 5_000, minZxid: zxid(0, 7) });
    for (const raw of [
      'minZxid=',
      'minZxid=0x5',
      'minZxid=-1',
      'minZxid=9223372036854775808',
      'timeout=61s',
      'timeout=0ms',
    ]) {
      refusal(() => of(raw));
    }
    refusal(() => of('', { 'x-min-zxid': 'x' }));
  });
});
