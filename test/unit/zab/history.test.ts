import assert from 'node:assert/strict';
import { emptyLog, type LogPosition } from '../../../src/model/log-entry.ts';
import { InvariantBroken } from '../../../src/base/assert.ts';
import { zxidFollows } from '../../../src/model/zxid.ts';
import type { History } from '../../../src/zab/history.ts';
import { at, entries, historyOf, membershipEntry, voters } from '../../support/zab/logs.ts';

const log = '1.1 1.2 1.3 2.1 2.2';

function placeIn(history: History, zxid: string): LogPosition {
  const chain = history.chainAt(at(zxid));
  assert.ok(chain !== undefined, `${zxid} is in the log`);
  return { zxid: at(zxid), chain };
}

function names(history: History): string[] {
  return history
    .membershipsInForce()
    .map(({ voters: seats }) => seats.map(({ nonce }) => nonce).join(' '));
}

describe('History', () => {
  it('goes on by one inside an epoch, and at 1 in a later one', () => {
    const pairs = [
      '1.1 1.2',
      '1.7 2.1',
      '1.7 9.1',
      '0.0 1.1',
      '1.2 1.4',
      '1.2 1.2',
      '1.2 2.2',
      '2.1 1.1',
    ];
    const good = pairs.filter((pair) => {
      const [before = '', next = ''] = pair.split(' ');
      return zxidFollows(at(before), at(next));
    });
    assert.deepEqual(good, ['1.1 1.2', '1.7 2.1', '1.7 9.1', '0.0 1.1']);
  });

  it('delivers what is committed and durable, once, in order', () => {
    const history = historyOf(log);
    const delivered = (durable: string): string[] =>
      history
        .deliver(at(durable))
        .map(({ zxid }) => `${String(zxid.epoch)}.${String(zxid.counter)}`);
    assert.deepEqual(delivered('2.2'), []);
    history.commit(at('1.3'));
    assert.deepEqual(delivered('1.1'), ['1.1']);
    assert.deepEqual(delivered('2.2'), ['1.2', '1.3']);
    history.commit(at('1.2'));
    assert.deepEqual(history.committed, at('1.3'), 'an old commit is old news');
    history.commit(at('2.2'));
    assert.deepEqual(delivered('2.1'), ['2.1']);
    assert.deepEqual(delivered('2.1'), []);
  });

  it('cuts what is not committed, and never what is', () => {
    const history = historyOf(log);
    history.commit(at('1.2'));
    history.truncate(placeIn(history, '1.3'));
    assert.deepEqual(history.last.zxid, at('1.3'));
    assert.throws(() => {
      history.truncate(placeIn(history, '1.1'));
    }, InvariantBroken);
    assert.throws(() => {
      history.truncate({ zxid: at('1.2'), chain: emptyLog.chain });
    }, InvariantBroken);
  });

  it('commits no more than it holds', () => {
    const history = historyOf(log);
    assert.throws(() => {
      history.commit(at('2.3'));
    }, InvariantBroken);
  });

  it('takes a snapshot in the place of all it had, but none that takes applied txns back', () => {
    const history = historyOf(log);
    history.commit(at('1.3'));
    history.deliver(at('1.3'));
    const older = placeIn(history, '1.2');
    assert.throws(() => {
      history.replaceBySnapshot(older, null);
    }, InvariantBroken);
    const newer = { zxid: at('3.7'), chain: older.chain };
    history.replaceBySnapshot(newer, null);
    assert.deepEqual([history.last, history.base], [newer, newer]);
    assert.deepEqual([history.committed, history.delivered], [at('3.7'), at('3.7')]);
  });

  it('pays no heed to a compaction that a snapshot has overtaken', () => {
    const history = historyOf(log);
    history.commit(at('1.3'));
    history.deliver(at('1.3'));
    const compacted = placeIn(history, '1.2');
    const snapshot = { zxid: at('3.7'), chain: compacted.chain };
    history.replaceBySnapshot(snapshot, voters('n1'));
    history.compact(compacted);
    assert.deepEqual(history.base, snapshot);
    assert.deepEqual(names(history), ['n1']);
  });

  it('asks for a quorum of the former voters too until a change of them is committed, or cut', () => {
    const founded = voters('n1', 'n2', 'n3');
    for (const end of ['commit', 'cut'] as const) {
      const history = historyOf('1.1 1.2', founded);
      const before = history.last;
      const change = membershipEntry('1.3', voters('n1', 'n2', "n3'"), before);
      history.append(change);
      for (const entry of entries('1.4', change)) history.append(entry);
      history.commit(at('1.2'));
      assert.deepEqual(names(history), ['n1 n2 n3', "n1 n2 n3'"]);
      if (end === 'commit') history.commit(at('1.3'));
      else history.truncate(before);
      assert.deepEqual(names(history), end === 'commit' ? ["n1 n2 n3'"] : ['n1 n2 n3']);
    }
  });

  it('knows the voters of an entry that was compacted away', () => {
    const history = historyOf('1.1', voters('n1', 'n2', 'n3'));
    history.append(membershipEntry('1.2', voters('n1', 'n2', "n3'"), history.last));
    for (const entry of entries('1.3', history.last)) history.append(entry);
    history.commit(at('1.3'));
    history.deliver(at('1.3'));
    history.compact(placeIn(history, '1.3'));
    assert.deepEqual(names(history), ["n1 n2 n3'"]);
    assert.equal(history.chainAt(at('1.2')), undefined);
  });
});
