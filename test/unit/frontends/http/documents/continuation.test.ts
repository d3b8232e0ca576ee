import assert from 'node:assert/strict';
import { zxid } from '../../../../../src/model/zxid.ts';
import {
  decodeContinuation,
  encodeContinuation,
  hasMoved,
} from '../../../../../src/frontends/http/documents/continuation.ts';
import { refusal } from '../../../../support/http/refusals.ts';

describe('rest continuation tokens', () => {
  const first = { czxid: zxid(1, 2), pzxid: zxid(1, 9), cversion: -3 };

  it('come back as they went out, whatever the name', () => {
    for (const name of ['a', 'é', 'a b', '-', '0000000001']) {
      assert.deepEqual(decodeContinuation(encodeContinuation(name, first)), { after: name, first });
    }
  });

  it('are refused when made up', () => {
    const made = (text: string): string => Buffer.from(text).toString('base64url');
    for (const token of [
      '',
      'x',
      '%',
      made('1/2/3'),
      made('1/2/3/'),
      made('1/2/3/a/b'),
      made('x/2/3/a'),
      made('99999999999999999999/2/3/a'),
    ]) {
      refusal(() => decodeContinuation(token));
    }
  });

  it('tell whether the list moved', () => {
    assert.equal(hasMoved(first, first), false);
    assert.equal(hasMoved(first, { ...first, pzxid: zxid(1, 10) }), true);
    assert.equal(hasMoved(first, { ...first, czxid: zxid(1, 3) }), true);
    assert.equal(hasMoved(first, { ...first, cversion: -2 }), true);
  });
});
