import assert from 'node:assert/strict';
import { utf8 } from '../../../../../src/base/bytes.ts';
import { encodeData } from '../../../../../src/frontends/http/documents/encode.ts';

describe('rest reads', () => {
  it('write data as text where it is text', () => {
    assert.deepEqual(encodeData(utf8('é'), undefined), { data: 'é', encoding: 'utf8' });
    assert.deepEqual(encodeData(utf8('é'), 'base64'), { data: 'w6k=', encoding: 'base64' });
    assert.deepEqual(encodeData(new Uint8Array([0xff]), undefined), {
      data: '/w==',
      encoding: 'base64',
    });
    assert.deepEqual(encodeData(new Uint8Array([0xff]), 'utf8'), {
      data: '/w==',
      encoding: 'base64',
    });
    assert.deepEqual(encodeData(new Uint8Array([]), undefined), { data: '', encoding: 'utf8' });
    assert.deepEqual(encodeData(null, undefined), { data: null, encoding: 'utf8' });
    const within = new Uint8Array([1, 2, 0xff, 4]).subarray(2, 3);
    assert.deepEqual(encodeData(within, undefined), { data: '/w==', encoding: 'base64' });
  });
});
