import assert from 'node:assert/strict';
import { openAcl } from '../../../../src/model/acl.ts';
import type { ZnodePath } from '../../../../src/model/path.ts';
import type { Txn } from '../../../../src/model/txn.ts';
import { zxid } from '../../../../src/model/zxid.ts';
import { RecentTxns } from '../../../../src/server/watch/recent-txns.ts';

describe('recent txns', () => {
  const txn: Txn = {
    timeMs: 1,
    branch: 'ops',
    changes: [
      {
        change: 'create',
        path: '/a' as ZnodePath,
        data: null,
        acl: openAcl,
        answers: 0,
        owned: { kind: 'persistent' },
        parentCreates: 1,
        parentAcl: openAcl,
      },
    ],
  };

  it('reach back as far as count and bytes allow, and say when they do not', () => {
    const recent = new RecentTxns({ recentTxnsMax: 4, recentBytesMax: 100 }, zxid(1, 0));
    assert.deepEqual(recent.read(zxid(1, 0), 10), { txns: [], upTo: zxid(1, 0) });
    assert.equal(recent.read(zxid(0, 9), 10), undefined);
    for (let counter = 1; counter <= 6; counter++) recent.add(zxid(1, counter), txn, 20);
    assert.equal(recent.read(zxid(1, 1), 10), undefined);
    const all = recent.read(zxid(1, 2), 10);
    assert.deepEqual(
      all?.txns.map((each) => each.zxid.counter),
      [3, 4, 5, 6],
    );
    assert.deepEqual(recent.read(zxid(1, 3), 2)?.upTo, zxid(1, 5));
    recent.add(zxid(2, 1), undefined, 90);
    assert.deepEqual(recent.read(zxid(1, 6), 10), { txns: [], upTo: zxid(2, 1) });
    assert.equal(recent.read(zxid(1, 5), 10), undefined, 'for its bytes');
    recent.add(zxid(2, 2), txn, 1_000);
    assert.equal(recent.newest?.events.length, 2, 'the newest is always there');
    recent.reset(zxid(3, 5));
    assert.equal(recent.read(zxid(2, 2), 10), undefined);
    assert.deepEqual(recent.read(zxid(3, 5), 10)?.txns, []);
  });
});
