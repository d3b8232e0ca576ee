import assert from 'node:assert/strict';
import { openAcl } from '../../../../src/model/acl.ts';
import { zxid, zeroZxid } from '../../../../src/model/zxid.ts';
import { PendingTxns, type ZnodeFacts } from '../../../../src/state/prepare/pending-txns.ts';
import { TouchedZnodes } from '../../../../src/state/prepare/touched-znodes.ts';
import {
  path,
  create,
  multi,
  remove,
  check,
  set,
  single,
} from '../../../support/model/requests.ts';
import { Leader, sessionId } from '../../../support/state/leader.ts';

const first = sessionId(1);
const second = sessionId(2);
const at = path('/a');
const stat = new Leader().stat('/');
assert(stat);

function ownedBy(owner: typeof first): ZnodeFacts {
  assert(stat);
  return { stat, creates: 0, acl: openAcl, owned: { kind: 'ephemeral', owner } };
}

function add(pending: PendingTxns, counter: number, facts: ZnodeFacts | undefined): void {
  const znodes = new TouchedZnodes();
  znodes.set(at, facts);
  const txn = { timeMs: 1, changes: [], branch: 'ops' } as const;
  const unchanged = { session: undefined, bytes: 0, sessions: 0, usage: undefined };
  pending.add({ zxid: zxid(1, counter), txn, znodes, ...unchanged });
}

describe('speculations', () => {
  it('list an ephemeral with its newest owner alone, and nothing once all is settled', () => {
    const pending = new PendingTxns();
    add(pending, 1, ownedBy(first));
    add(pending, 2, undefined);
    assert.deepEqual([...pending.ephemerals(first)], []);
    add(pending, 3, ownedBy(second));
    assert.deepEqual([...pending.ephemerals(first)], []);
    assert.deepEqual([...pending.ephemerals(second)], [at]);
    for (const counter of [1, 2]) pending.settle(zxid(1, counter));
    assert.deepEqual([...pending.ephemerals(second)], [at]);
    pending.settle(zxid(1, 3));
    assert.deepEqual([...pending.ephemerals(second)], []);
    assert.equal(pending.changing(at), undefined);
    assert.equal(pending.size, 0);
  });

  it('stay while a newer proposal has its say on the same path', () => {
    const pending = new PendingTxns();
    add(pending, 1, ownedBy(first));
    add(pending, 2, undefined);
    pending.settle(zxid(1, 1));
    const newest = pending.changing(at);
    assert.deepEqual(newest?.zxid, zxid(1, 2));
    assert.equal(newest.znodes.get(at), undefined);
  });

  it('are not settled by entries that came before them', () => {
    const pending = new PendingTxns();
    add(pending, 5, ownedBy(first));
    pending.settle(zxid(1, 4));
    assert.equal(pending.size, 1);
  });

  it('are made in order', () => {
    const pending = new PendingTxns();
    add(pending, 2, undefined);
    assert.throws(() => {
      add(pending, 2, undefined);
    }, /in order of zxid/);
  });
});

describe('what is in flight', () => {
  it('is what the next request is judged by', () => {
    const leader = new Leader();
    leader.propose(single(create('/a')));
    leader.propose(single(create('/a/b')));
    assert.equal(leader.code(create('/a')), 'nodeExists');
    assert.equal(leader.code(remove('/a')), 'notEmpty');
    leader.propose(single(remove('/a/b')));
    leader.propose(single(remove('/a')));
    assert.equal(leader.code(set('/a', 'x')), 'noNode');
    leader.commit();
    assert.deepEqual(leader.children('/'), ['zookeeper']);
  });

  it('is seen by nobody who reads', () => {
    const leader = new Leader();
    leader.propose(single(create('/a')));
    assert.equal(leader.stat('/a'), undefined);
    assert.equal(leader.machine.counts.pending, 1);
  });

  it('holds back a refusal that rests on it, and no other (A13: no dirty errors)', () => {
    const leader = new Leader();
    leader.do(create('/a'));
    leader.do(create('/b'));
    const first = leader.propose(single(set('/a', '1')));
    const second = leader.propose(single(set('/b', '1')));
    const stale = { expected: { version: 0 } };
    assert.deepEqual(leader.refusal(single(set('/a', '2', stale))).basis, first);
    assert.deepEqual(leader.refusal(single(set('/b', '2', stale))).basis, second);
    assert.deepEqual(leader.refusal(single(check('/zookeeper/x'))).basis, zeroZxid);
    // The first branch of a multi is part of the decision even when the second one is refused by itself.
    const both = multi([set('/a', '2', stale)], [check('/zookeeper/x')]);
    assert.deepEqual(leader.refusal(both).basis, first);
    leader.commit(1);
    assert.deepEqual(leader.refusal(single(set('/a', '2', stale))).basis, zeroZxid);
  });

  it('includes what went: a znode deleted in flight is the reason for noNode', () => {
    const leader = new Leader();
    leader.do(create('/a'));
    const at = leader.propose(single(remove('/a')));
    assert.deepEqual(leader.refusal(single(set('/a', 'x'))).basis, at);
  });

  it('is taken along by a recursive delete, and guards its limit', () => {
    const leader = new Leader({ recursiveDeleteMax: 3 });
    leader.do(create('/a/b', { parents: true }));
    leader.propose(single(create('/a/c')));
    leader.propose(single(remove('/a/b')));
    leader.propose(single(create('/a/c/d')));
    leader.propose(single(remove('/a', { recursive: true })));
    const last = leader.commit().at(-1);
    assert.deepEqual(last?.results, [{ op: 'delete', path: '/a', deleted: 3 }]);
    assert.deepEqual(leader.children('/'), ['zookeeper']);
  });

  it('vanishes when leadership is lost, as if it had never been', () => {
    const leader = new Leader();
    leader.do(create('/a'));
    leader.propose(single(set('/a', 'lost')));
    leader.propose(single(create('/b')));
    leader.loseLeadership();
    assert.equal(leader.machine.counts.pending, 0);
    leader.do(set('/a', 'kept', { expected: { version: 0 } }));
    leader.do(create('/b'));
    assert.equal(leader.data('/a'), 'kept');
  });

  it('may be applied all the same after leadership was lost: what is committed stays', () => {
    const leader = new Leader();
    leader.propose(single(create('/a')));
    leader.machine.abandonPending();
    leader.commit();
    assert(leader.stat('/a'));
  });

  it('is applied in order and without gaps, or the peer stops', () => {
    const leader = new Leader();
    leader.propose(single(create('/a')));
    leader.propose(single(create('/b')));
    const second = leader.inFlight[1];
    assert(second);
    assert.throws(
      () => leader.machine.apply(second.zxid, second.txn),
      /no proposal is passed over/,
    );
  });

  it('does not run back in time for a clock that is slewed', () => {
    const leader = new Leader();
    leader.wallMs = 9_000;
    leader.do(create('/a'));
    leader.wallMs = 12_000;
    leader.propose(single(create('/b')));
    leader.wallMs = 5_000;
    leader.propose(single(create('/c')));
    leader.commit();
    assert.deepEqual(
      ['/a', '/b', '/c'].map((at) => leader.stat(at)?.ctime),
      [9_000, 12_000, 12_000],
    );
  });

  it('runs back to the time that is right when the last was far ahead', () => {
    const leader = new Leader();
    leader.wallMs = 1e9 + 9_000;
    leader.do(create('/a'));
    leader.propose(single(create('/b')));
    leader.wallMs = 9_000;
    leader.propose(single(create('/c')));
    leader.wallMs = 8_000;
    leader.propose(single(create('/d')));
    leader.commit();
    const times = ['/a', '/b', '/c', '/d'].map((at) => leader.stat(at)?.ctime);
    assert.deepEqual(times, [1e9 + 9_000, 1e9 + 9_000, 9_000, 9_000]);
    const [entry] = leader.log.slice(-1);
    assert(entry);
    const back = { ...entry.txn, timeMs: 8_000 };
    assert.throws(() => leader.machine.apply(leader.nextZxid, back), /wrong clocks only/);
  });
});
