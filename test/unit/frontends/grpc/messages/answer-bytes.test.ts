import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  existsBytes,
  getBytes,
  setBytes,
} from '../../../../../src/frontends/grpc/messages/answer-bytes.ts';
import { znodeService } from '../../../../../src/frontends/grpc/messages/protocol.ts';
import { exists, get, set } from '../../../../../src/frontends/grpc/operations/znodes.ts';
import { noSession, sessionIdFromWords } from '../../../../../src/model/ids.ts';
import type { ZnodePath } from '../../../../../src/model/path.ts';
import { epochMax, zxid } from '../../../../../src/model/zxid.ts';

const int32 = fc.oneof(fc.constant(0), fc.integer());
const word = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff_ffff }));
const zxids = fc
  .tuple(
    fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: epochMax })),
    fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 2 ** 40 - 1 })),
  )
  .map(([epoch, counter]) => zxid(epoch, counter));
const times = fc.oneof(fc.constant(0), fc.maxSafeInteger());
const sessions = fc.oneof(
  fc.constant(noSession),
  fc.tuple(word, word).map(([high, low]) => sessionIdFromWords(high, low)),
);
const stats = fc.record({
  czxid: zxids,
  mzxid: zxids,
  ctime: times,
  mtime: times,
  version: int32,
  cversion: int32,
  aversion: int32,
  ephemeralOwner: sessions,
  dataLength: fc.nat(),
  numChildren: fc.nat(),
  pzxid: zxids,
});
const metas = fc.record({
  zxid: zxids,
  role: fc.constantFrom('leader', 'follower', 'observer', 'looking'),
  leaderContactMs: fc.option(fc.double({ min: 0, max: 1e12, noNaN: true }), { nil: undefined }),
});
const path = '/a' as ZnodePath;

describe('answers as bytes', () => {
  it('are those that the library makes of a get', () => {
    const data = fc.option(fc.uint8Array({ maxLength: 300 }), { nil: null });
    fc.assert(
      fc.property(data, stats, metas, (bytes, stat, meta) => {
        const result = { read: 'data', data: bytes, stat } as const;
        const expected = znodeService.Get.responseSerialize(get.response({ result, meta }));
        assert.deepEqual(getBytes(result, meta), expected);
      }),
    );
  });

  it('are those that the library makes of an exists', () => {
    fc.assert(
      fc.property(stats, metas, (stat, meta) => {
        const answer = { result: { read: 'stat', stat }, meta } as const;
        const expected = znodeService.Exists.responseSerialize(exists.response(answer));
        assert.deepEqual(existsBytes(stat, meta), expected);
      }),
    );
  });

  it('are those that the library makes of a set', () => {
    const writes = fc.record({
      op: fc.constantFrom('set', 'create'),
      stat: stats,
      zxid: zxids,
      replayed: fc.boolean(),
    });
    fc.assert(
      fc.property(writes, metas, ({ op, stat, zxid: of, replayed }, meta) => {
        const results = [{ op, path, stat }] as const;
        const answer = { outcome: { zxid: of, results, branch: 'ops', replayed }, meta } as const;
        const expected = znodeService.Set.responseSerialize(set.response(answer));
        assert.deepEqual(
          setBytes({ stat, isCreated: op === 'create' }, answer.outcome, meta),
          expected,
        );
        assert.deepEqual(set.bytes?.(answer), expected);
      }),
    );
  });
});
