import assert from 'node:assert/strict';
import {
  create,
  Leader,
  remove,
  set,
  sessionId,
  openSession,
  single,
  closeSession,
  follower,
} from './support.ts';

describe('znodes', () => {
  it('begins as a fresh ZooKeeper does, cversions of -1 and -2 included', () => {
    const leader = new Leader();
    assert.deepEqual(leader.children('/'), ['zookeeper']);
    assert.deepEqual(leader.children('/zookeeper'), ['config', 'quota']);
    assert.equal(leader.stat('/')?.cversion, -1);
    assert.equal(leader.stat('/zookeeper')?.cversion, -2);
    assert.equal(leader.stat('/zookeeper/config')?.aversion, -1);
    assert.equal(leader.machine.digest(), leader.machine.recomputeDigest());
  });

  it('smoke', () => {
    const leader = new Leader();
    leader.do(create('/a'));
    const s = sessionId(7);
    leader.write(openSession(s));
    leader.do(create('/a/b', { kind: 'ephemeral' }), { session: s });
    leader.do(create('/a/q-', { sequential: true, data: new Uint8Array(500) }));
    leader.do(set('/a', 'hello'));
    assert.equal(leader.data('/a'), 'hello');
    assert.deepEqual(leader.children('/a'), ['b', 'q-0000000001']);
    assert.deepEqual(leader.machine.ephemeralsOf(s), ['/a/b']);
    leader.propose(single(create('/a/e', { kind: 'ephemeral' })), { session: s });
    leader.write(closeSession(s));
    assert.deepEqual(leader.children('/a'), ['q-0000000001']);
    leader.do(remove('/a', { recursive: true }));
    assert.equal(leader.machine.digest(), leader.machine.recomputeDigest());
    assert.equal(follower(leader.log).digest(), leader.machine.digest());
    assert.equal(leader.machine.counts.znodes, 4);
  });
});
