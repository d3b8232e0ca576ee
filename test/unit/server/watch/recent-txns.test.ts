import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { openAcl } from '../../../../src/model/acl.ts';
import type { ZnodePath } from '../../../../src/model/path.ts';
import type { CreateZnode, Txn } from '../../../../src/model/txn.ts';
import type { TxnEvents } from '../../../../src/model/watch-event.ts';
import { zxid } from '../../../../src/model/zxid.ts';
import { RecentTxns } from '../../../../src/server/watch/recent-txns.ts';
import { eventsOf } from '../../../../src/state/txn-events.ts';
import { encodeTxn, txnCodec } from '../../../../src/wire/txn-codec.ts';

describe('recent txns', () => {
  const create: CreateZnode = {
    change: 'create',
    path: '/a' as ZnodePath,
    data: null,
    acl: openAcl,
    answers: 0,
    owned: { kind: 'persistent' },
    parentCreates: 1,
    parentAcl: openAcl,
  };
  const txn: Txn = { timeMs: 1, branch: 'ops', changes: [create] };

  const payload = encodeTxn(txn);
  const bytes = payload.length;
  const none = (length: number): Uint8Array => new Uint8Array(length);

  const heard = ({ newest }: RecentTxns): number | undefined => newest?.events.length;

  it('reach back as far as count and bytes allow, and say when they do not', () => {
    const limits = { recentTxnsMax: 4, recentBytesMax: 5 * bytes };
    const recent = new RecentTxns(limits, txnCodec, zxid(1, 0));
    assert.deepEqual(recent.read(zxid(1, 0), 10), { txns: [], upTo: zxid(1, 0) });
    assert.equal(recent.read(zxid(0, 9), 10), undefined);
    for (let counter = 1; counter <= 6; counter++) recent.add(zxid(1, counter), payload, txn);
    assert.equal(recent.read(zxid(1, 1), 10), undefined);
    const all = recent.read(zxid(1, 2), 10);
    assert.deepEqual(
      all?.txns.map((each) => each.zxid.counter),
      [3, 4, 5, 6],
    );
    assert.deepEqual(recent.read(zxid(1, 3), 2)?.upTo, zxid(1, 5));
    recent.add(zxid(2, 1), none(4 * bytes + 1), undefined);
    assert.deepEqual(recent.read(zxid(1, 6), 10), { txns: [], upTo: zxid(2, 1) });
    assert.equal(heard(recent), undefined, 'it changes no znode');
    assert.equal(recent.read(zxid(1, 5), 10), undefined, 'for its bytes');
    recent.add(zxid(2, 2), none(6 * bytes), txn);
    assert.equal(heard(recent), 2, 'the newest is always there');
    recent.reset(zxid(3, 5));
    assert.equal(heard(recent), undefined);
    assert.equal(recent.read(zxid(2, 2), 10), undefined);
    assert.deepEqual(recent.read(zxid(3, 5), 10)?.txns, []);
  });

  it('give zxids that V8 keeps as it keeps all others', () => {
    // In a process of its own: what another test does to a zxid lasts, for all of them.
    const module = (name: string): string =>
      new URL(`../../../../src/${name}.js`, import.meta.url).href;
    const script = `
      import { zxid } from '${module('model/zxid')}';
      import { RecentTxns } from '${module('server/watch/recent-txns')}';
      const before = zxid(1, 5);
      const limits = { recentTxnsMax: 4, recentBytesMax: 1024 };
      const recent = new RecentTxns(limits, { decode: () => undefined }, zxid(1, 0));
      for (let counter = 1; counter <= 9; counter++) {
        recent.add(zxid(1, counter), new Uint8Array(8), undefined);
      }
      const { upTo } = recent.read(zxid(1, 6), 10);
      const areAlike = %HaveSameMap(before, upTo) && %HaveSameMap(before, zxid(1, 6));
      console.log(upTo.counter, areAlike);`;
    const flags = ['--allow-natives-syntax', '--input-type=module', '-e'];
    const { stdout, stderr } = spawnSync(process.execPath, [...flags, script]);
    assert.equal(String(stdout), '9 true\n', String(stderr));
  });

  it('are read in pieces across what they are kept in, from any place', () => {
    const limits = { recentTxnsMax: 2_000, recentBytesMax: 1 << 20 };
    const recent = new RecentTxns(limits, txnCodec, zxid(1, 0));
    const large = { ...txn, changes: [{ ...create, data: none(150_000) }] };
    const last = 3_000;
    for (let counter = 1; counter <= last; counter++) {
      if (counter === 2_500) recent.add(zxid(1, counter), encodeTxn(large), large);
      else if (counter % 7 === 0) recent.add(zxid(1, counter), none(9), undefined);
      else recent.add(zxid(1, counter), payload, txn);
    }
    assert.equal(recent.read(zxid(1, last - 2_001), 10), undefined);
    for (const from of [1_000, 1_023, 1_024, 1_537, 2_499, 2_500, 2_999, last]) {
      const read: TxnEvents[] = [];
      for (let after = zxid(1, from); ;) {
        const piece = recent.read(after, 300);
        assert.ok(piece !== undefined && piece.txns.length <= 300);
        read.push(...piece.txns);
        if (piece.upTo.counter === after.counter) break;
        after = piece.upTo;
      }
      const expected: TxnEvents[] = [];
      for (let counter = from + 1; counter <= last; counter++) {
        if (counter !== 2_500 && counter % 7 === 0) continue;
        expected.push(eventsOf(zxid(1, counter), counter === 2_500 ? large : txn));
      }
      assert.deepEqual(read, expected, `from ${String(from)}`);
    }
  });
});
