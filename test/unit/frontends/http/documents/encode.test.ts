import assert from 'node:assert/strict';
import { utf8 } from '../../../../../src/base/bytes.ts';
import fc from 'fast-check';
import {
  encodeData,
  encodeStat,
  statText,
} from '../../../../../src/frontends/http/documents/encode.ts';
import { noSession, sessionIdFromWords } from '../../../../../src/model/ids.ts';
import { epochMax, zxid, zxidToBigint, zxidToDecimal } from '../../../../../src/model/zxid.ts';

const zxids = fc
  .tuple(
    fc.oneof(fc.integer({ min: 0, max: 9_000 }), fc.integer({ min: 0, max: epochMax })),
    fc.integer({ min: 0, max: 2 ** 40 - 1 }),
  )
  .map(([epoch, counter]) => zxid(epoch, counter));
const word = fc.integer({ min: 0, max: 0xffff_ffff });
const sessions = fc.oneof(
  fc.constant(noSession),
  fc.tuple(word, word).map(([high, low]) => sessionIdFromWords(high, low)),
);
const stats = fc.record({
  czxid: zxids,
  mzxid: zxids,
  ctime: fc.maxSafeInteger(),
  mtime: fc.maxSafeInteger(),
  version: fc.integer(),
  cversion: fc.integer(),
  aversion: fc.integer(),
  ephemeralOwner: sessions,
  dataLength: fc.nat(),
  numChildren: fc.nat(),
  pzxid: zxids,
});

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

  it('write a stat as the library would', () => {
    fc.assert(
      fc.property(stats, (stat) => {
        assert.equal(statText(stat), JSON.stringify(encodeStat(stat)));
      }),
    );
  });

  it('write every zxid as the number that it is', () => {
    fc.assert(
      fc.property(zxids, (any) => {
        assert.equal(zxidToDecimal(any), zxidToBigint(any).toString());
      }),
    );
  });
});
