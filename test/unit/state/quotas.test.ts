import assert from 'node:assert/strict';
import type { Acl } from '../../../src/model/acl.ts';
import { defaultLimits } from '../../../src/model/limits.ts';
import { StateMachine } from '../../../src/state/state-machine.ts';
import {
  closeSession,
  create,
  follower,
  Leader,
  multi,
  openSession,
  path,
  remove,
  sessionId,
  set,
  setAcl,
  sha256,
  single,
  bytes,
} from '../../support/state/leader.ts';

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
    const [found] = leader.machine.findOverdue(0, 100, { wallMs: 1e9, steadyMs: Infinity }).overdue;
    assert(found);
    const at = {
      zxid: leader.nextZxid,
      wallMs: 1e9,
      reapTime: { wallMs: 1e9, steadyMs: Infinity },
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
  });
});

describe('quotas, enforced', () => {
  const limitsOf = (of: string): string => `/zookeeper/quota${of}/zookeeper_limits`;

  /** `/a` of 5 bytes is there, and under a quota. */
  function limited(limits: string): Leader {
    const leader = new Leader({}, { enforceQuota: true });
    leader.do(create('/a', { data: bytes('12345') }));
    leader.do(create(limitsOf('/a'), { data: bytes(limits), parents: true }));
    leader.do(create(statsOf('/a')));
    return leader;
  }

  it('refuse the znode that is one too many, and say which quota, how many and what to do', () => {
    const leader = limited('count=-1,bytes=-1=;byteHardLimit=-1;countHardLimit=2');
    leader.do(create('/a/b'));
    const { code, detail, limit, actual, path: at } = leader.refusal(single(create('/a/c')));
    assert.deepEqual(
      { code, limit, actual, at },
      { code: 'quotaExceeded', limit: 2, actual: 3, at: '/a/c' },
    );
    assert.match(detail, /"\/a" allows 2 znodes: delete some/);
    leader.do(create('/b'));
    leader.do(set('/a/b', 'any number of bytes'));
    leader.do(remove('/a/b'));
    leader.do(create('/a/c'));
  });

  it('refuse bytes too many in a create and in a change of data', () => {
    const leader = limited('count=-1,bytes=-1=;byteHardLimit=10;countHardLimit=-1');
    leader.do(create('/a/b', { data: bytes('12345') }));
    assert.equal(leader.code(create('/a/c', { data: bytes('1') })), 'quotaExceeded');
    assert.equal(leader.code(set('/a/b', '123456')), 'quotaExceeded');
    leader.do(create('/a/c', { data: null }));
    leader.do(set('/a/b', '54321'));
    leader.do(set('/a/b', '1234'));
    leader.do(set('/a/c', '1'));
  });

  it('let nothing but deletes free bytes while more is used than allowed, as ZooKeeper does', () => {
    const leader = limited('count=-1,bytes=-1=;byteHardLimit=3');
    assert.equal(leader.code(set('/a', '1234')), 'quotaExceeded');
    leader.do(set('/a', '123'));
    leader.do(create('/a/b'));
    leader.do(remove('/a/b'));
  });

  it('are not enforced unless told so, nor are soft limits, nor what is no count', () => {
    const soft = limited('count=1,bytes=1');
    soft.do(create('/a/b', { data: bytes('1') }));
    const lenient = new Leader();
    lenient.do(create(limitsOf('/a'), { data: bytes('countHardLimit=0'), parents: true }));
    lenient.do(create(statsOf('/a')));
    lenient.do(create('/a'));
    for (const limits of ['junk', 'countHardLimit=one', '']) limited(limits).do(create('/a/b'));
    const uncounted = limited('countHardLimit=1');
    uncounted.do(set(statsOf('/a'), 'junk'));
    uncounted.do(create('/a/b'));
    uncounted.do(remove(statsOf('/a')));
    uncounted.do(create('/a/c'));
  });

  it('hold for the innermost alone', () => {
    const leader = limited('countHardLimit=2');
    leader.do(create('/a/b'));
    leader.do(create(limitsOf('/a/b'), { data: bytes('countHardLimit=2'), parents: true }));
    leader.do(create(statsOf('/a/b')));
    leader.do(create('/a/b/c'));
    assert.equal(leader.code(create('/a/b/d')), 'quotaExceeded');
    assert.equal(leader.code(create('/a/c')), 'quotaExceeded');
  });

  it('count what is in flight, and rest on it', () => {
    const leader = limited('countHardLimit=3');
    leader.propose(single(create('/a/b')));
    const newest = leader.propose(single(create('/a/c')));
    leader.propose(single(create('/elsewhere')));
    const refusal = leader.refusal(single(create('/a/d')));
    assert.deepEqual([refusal.code, refusal.basis], ['quotaExceeded', newest]);
    leader.propose(single(remove('/a/b')));
    leader.propose(single(create('/a/d')));
    leader.commit(1);
    assert.equal(leader.code(create('/a/e')), 'quotaExceeded');
    leader.commit();
    assert.equal(leader.code(create('/a/e')), 'quotaExceeded');
    leader.propose(single(remove('/a/d')));
    leader.loseLeadership();
    assert.equal(leader.code(create('/a/e')), 'quotaExceeded', 'what was in flight is not');
  });

  it('count what a transaction does itself, and refuse all of it', () => {
    const leader = limited('countHardLimit=2');
    const ops = [create('/a/b'), create('/a/c')];
    const { code, failedIndex } = leader.refusal(multi(ops));
    assert.deepEqual({ code, failedIndex }, { code: 'quotaExceeded', failedIndex: 1 });
    leader.write(multi([create('/a/b'), remove('/a/b'), create('/a/c')]));
    assert.deepEqual(leader.children('/a'), ['c']);
    assert.equal(leader.write(multi([create('/a/d')], [create('/other')])).branch, 'orElse');
    assert.equal(leader.code(create('/a/d/e', { parents: true })), 'quotaExceeded');
  });

  it('stand where ZooKeeper has them: after permission and existence, before the version', () => {
    const leader = limited('countHardLimit=1;byteHardLimit=5');
    assert.equal(leader.code(create('/a/b/c')), 'noParent');
    leader.do(create('/b', { parents: true }));
    assert.equal(leader.code(set('/a', '123456', { expected: { version: 7 } })), 'quotaExceeded');
    assert.equal(leader.code(set('/a', '12345', { expected: { version: 7 } })), 'badVersion');
    const readers: Acl = [{ permissions: 1, scheme: 'world', id: 'anyone' }];
    leader.do(setAcl('/a', readers));
    assert.equal(leader.code(set('/a', '123456')), 'noAuth');
    assert.equal(leader.code(create('/a/b')), 'noAuth');
  });

  it('hold for whoever waits for a lock', () => {
    const leader = new Leader({}, { enforceQuota: true });
    leader.do(create(limitsOf('/locks'), { data: bytes('countHardLimit=2'), parents: true }));
    leader.do(create(statsOf('/locks')));
    leader.write(openSession(sessionId(1)));
    const { code } = leader.refusal(
      {
        kind: 'acquireLock',
        queue: path('/locks/l'),
        contender: 'c',
        mode: 'exclusive',
        data: new Uint8Array(0),
        tryOnly: false,
      },
      { session: sessionId(1) },
    );
    assert.equal(code, 'quotaExceeded');
  });
});
