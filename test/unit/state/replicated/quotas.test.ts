import assert from 'node:assert/strict';
import { openAcl } from '../../../../src/model/acl.ts';
import { defaultLimits } from '../../../../src/model/limits.ts';
import { nameOf, parentOf } from '../../../../src/model/path.ts';
import { zeroZxid } from '../../../../src/model/zxid.ts';
import { RunningDigest } from '../../../../src/state/digest/digest.ts';
import { Quotas } from '../../../../src/state/replicated/quotas.ts';
import { StateMachine } from '../../../../src/state/state-machine.ts';
import { ZnodeTree } from '../../../../src/state/tree/znode-tree.ts';
import { create, multi, path, remove, set } from '../../../support/model/requests.ts';
import {
  closeSession,
  follower,
  Leader,
  openSession,
  sessionId,
  sha256,
  bytes,
} from '../../../support/state/leader.ts';

const persistent = { kind: 'persistent' } as const;

const statsOf = (of: string): string => `/zookeeper/quota${of}/zookeeper_stats`;

/** As zkCli's setquota does it. */
function setQuota(leader: Leader, of: string): void {
  const limits = bytes('count=100,bytes=10000');
  leader.do(create(`/zookeeper/quota${of}/zookeeper_limits`, { data: limits, parents: true }));
  leader.do(create(statsOf(of), { data: bytes('count=0,bytes=0') }));
}

describe('quotas', () => {
  function counted(): Leader {
    const leader = new Leader();
    leader.do(create('/a', { data: bytes('12345') }));
    leader.do(create('/a/b', { data: null }));
    setQuota(leader, '/a');
    return leader;
  }

  it('begin with what is there, the znode itself included', () => {
    assert.equal(counted().data(statsOf('/a')), 'count=2,bytes=5');
  });

  it('count what is created, set and deleted, in multis and recursively', () => {
    const leader = counted();
    leader.do(create('/a/b/c', { data: bytes('123') }));
    assert.equal(leader.data(statsOf('/a')), 'count=3,bytes=8');
    leader.do(set('/a/b/c', '1'));
    assert.equal(leader.data(statsOf('/a')), 'count=3,bytes=6');
    leader.write(multi([create('/a/x'), create('/a/y', { data: bytes('yy') }), remove('/a/x')]));
    assert.equal(leader.data(statsOf('/a')), 'count=4,bytes=8');
    leader.do(remove('/a/b', { recursive: true }));
    assert.equal(leader.data(statsOf('/a')), 'count=2,bytes=7');
    leader.do(create('/ab'));
    assert.equal(leader.data(statsOf('/a')), 'count=2,bytes=7', 'a sibling of a like name');
  });

  it('count what goes with a session, and what is reaped', () => {
    const leader = counted();
    const session = sessionId(1);
    leader.write(openSession(session));
    leader.do(create('/a/e', { kind: 'ephemeral', data: bytes('123') }), { session });
    leader.do(create('/a/t', { kind: 'ttl', ttlMs: 1, data: bytes('12') }));
    assert.equal(leader.data(statsOf('/a')), 'count=4,bytes=10');
    leader.write(closeSession(session));
    assert.equal(leader.data(statsOf('/a')), 'count=3,bytes=7');
    const reapTime = { wallMs: 1e9, steadyMs: Infinity, rightMs: Infinity };
    const [found] = leader.machine.findOverdue(0, 100, reapTime).overdue;
    assert(found);
    const at = {
      zxid: leader.nextZxid,
      wallMs: 1e9,
      reapTime,
    };
    const prepared = leader.machine.prepare({ kind: 'reap', ...found }, { identities: [] }, at);
    assert(prepared.kind === 'txn');
    leader.machine.apply(at.zxid, prepared.txn);
    assert.equal(leader.data(statsOf('/a')), 'count=2,bytes=5');
  });

  it('count for the innermost alone', () => {
    const leader = counted();
    setQuota(leader, '/a/b');
    leader.do(create('/a/b/c', { data: bytes('123') }));
    leader.do(create('/a/d', { data: bytes('1') }));
    assert.equal(leader.data(statsOf('/a/b')), 'count=2,bytes=3');
    assert.equal(leader.data(statsOf('/a')), 'count=3,bytes=6');
    leader.do(remove('/zookeeper/quota/a/b/zookeeper_limits'));
    leader.do(create('/a/b/e'));
    assert.equal(leader.data(statsOf('/a/b')), 'count=2,bytes=3');
    assert.equal(leader.data(statsOf('/a')), 'count=4,bytes=6');
  });

  it('move no version, no time and no zxid of what they count in, and tell no watcher', () => {
    const leader = counted();
    const before = leader.stat(statsOf('/a'));
    leader.events.length = 0;
    leader.do(create('/a/long', { data: bytes('1234567890') }));
    const after = leader.stat(statsOf('/a'));
    assert.deepEqual(after, { ...before, dataLength: 'count=3,bytes=15'.length });
    assert(leader.events.length > 0);
    assert(leader.events.every(({ path }) => !path.startsWith('/zookeeper')));
  });

  it('keep what else stands in the stats, and count nothing where there is no count', () => {
    const leader = counted();
    leader.do(set(statsOf('/a'), 'bytes=9,count=7=;countHardLimit=3;byteHardLimit=4'));
    leader.do(create('/a/x'));
    assert.equal(leader.data(statsOf('/a')), 'count=8,bytes=9=;byteHardLimit=4;countHardLimit=3');
    for (const text of ['nonsense', 'count=', 'count=1e3', 'count=1,bytes=12345678901234567890']) {
      leader.do(set(statsOf('/a'), text));
      leader.do(set('/a/x', text));
      assert.equal(leader.data(statsOf('/a')), text);
    }
    leader.do(remove(statsOf('/a')));
    leader.do(create(statsOf('/a')));
    assert.equal(leader.data(statsOf('/a')), 'count=3,bytes=39', 'made anew, they are right again');
  });

  it('without stats count nothing, and of a znode that is not there begin at zero', () => {
    const leader = new Leader();
    leader.do(create('/zookeeper/quota/z/zookeeper_limits', { parents: true }));
    leader.do(create('/z'));
    leader.do(remove('/z'));
    leader.do(create(statsOf('/z')));
    assert.equal(leader.data(statsOf('/z')), 'count=0,bytes=0');
    leader.do(create('/z', { data: bytes('1') }));
    assert.equal(leader.data(statsOf('/z')), 'count=1,bytes=1');
  });

  it('are the same on a peer that applied the log, and on one that restored a snapshot', () => {
    const leader = counted();
    leader.do(create('/a/c', { data: bytes('123') }));
    assert.equal(follower(leader.log).digest(), leader.machine.digest());
    assert.equal(leader.machine.recomputeDigest(), leader.machine.digest());
    const restored = new StateMachine({ limits: defaultLimits, sha256 });
    const restore = restored.beginRestore();
    const snapshot = leader.machine.beginSnapshot();
    // What is counted while it is written is no part of it.
    leader.do(create('/a/later'));
    for (let chunk = snapshot.next(50); chunk !== undefined; chunk = snapshot.next(50)) {
      restore.feed(chunk);
    }
    while (!restore.finish(3));
    const later = leader.log.at(-1);
    assert(later);
    restored.apply(later.zxid, later.txn);
    assert.equal(restored.digest(), leader.machine.digest());
    assert.equal(leader.data(statsOf('/a')), 'count=4,bytes=8');
    // What the stats begin with is known there as well.
    leader.do(remove(statsOf('/a')));
    leader.do(create(statsOf('/a')));
    for (const { zxid, txn } of leader.log.slice(-2)) restored.apply(zxid, txn);
    assert.equal(restored.digest(), leader.machine.digest());
    assert.equal(leader.data(statsOf('/a')), 'count=4,bytes=8');
  });

  it('begin without a look at what is below: no txn is as dear as a tree is large', () => {
    const tree = new ZnodeTree(new RunningDigest());
    tree.addInitialZnodes();
    const make = (at: string): number => {
      const znode = { name: nameOf(path(at)), data: bytes('12'), acl: openAcl, owned: persistent };
      const moment = { zxid: zeroZxid, timeMs: 0, parentCreates: 1 };
      return tree.create(tree.find(parentOf(path(at))), znode, moment);
    };
    for (const at of ['/a', '/a/b', '/zookeeper/quota/a']) make(at);
    for (let index = 0; index < 100; index++) make(`/a/b/${String(index)}`);
    const stats = make(statsOf('/a'));
    let looks = 0;
    const childIds = tree.childIds.bind(tree);
    tree.childIds = (id) => {
      looks++;
      return childIds(id);
    };
    new Quotas(tree).created(path(statsOf('/a')), stats);
    assert.equal(looks, 0);
    assert.deepEqual(tree.znodes.data(stats), bytes('count=102,bytes=204'));
  });
});
