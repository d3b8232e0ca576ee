import assert from 'node:assert/strict';
import type { Acl } from '../../../../src/model/acl.ts';
import {
  create,
  multi,
  path,
  remove,
  set,
  setAcl,
  single,
} from '../../../support/model/requests.ts';
import { grantsOn, superuser } from '../../../support/model/grants.ts';
import { Leader, openSession, sessionId, bytes } from '../../../support/state/leader.ts';

const statsOf = (of: string): string => `/zookeeper/quota${of}/zookeeper_stats`;

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

  it('are not for what the ensemble keeps for itself, whoever made them before', () => {
    const leader = new Leader({}, { enforceQuota: true });
    const kept = '/zookeeper/quoll/auth';
    leader.do(create(limitsOf(kept), { data: bytes('countHardLimit=1'), parents: true }));
    leader.do(create(statsOf(kept)));
    leader.write(grantsOn(), { identities: [superuser] });
    assert(leader.machine.grants.isOn);
  });
});
