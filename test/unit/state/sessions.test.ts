import assert from 'node:assert/strict';
import { zeroZxid } from '../../../src/model/zxid.ts';
import {
  closeSession,
  create,
  follower,
  Leader,
  multi,
  openSession,
  remove,
} from '../../support/state/leader.ts';
import { check, sessionId, set, single } from '../../support/state/leader.ts';

// Brief A12, A13; invariants S3 and S4.

const session = sessionId(1);
const other = sessionId(2);
const ephemeral = (at: string): ReturnType<typeof create> => create(at, { kind: 'ephemeral' });

describe('sessions', () => {
  it('are made once; the same request again is answered again, by its secret', () => {
    const leader = new Leader();
    const at = leader.propose(openSession(session));
    assert.deepEqual(leader.prepare(openSession(session)), { kind: 'replay', basis: at });
    leader.commit();
    assert.deepEqual(leader.prepare(openSession(session)), { kind: 'replay', basis: zeroZxid });
    assert.equal(leader.refusal(openSession(session, 'stolen')).code, 'authFailed');
    assert.equal(leader.machine.session(session)?.timeoutMs, 10_000);
    assert.equal(leader.machine.counts.sessions, 1);
  });

  it('act from the moment they are proposed', () => {
    const leader = new Leader();
    assert.equal(leader.code(create('/a'), { session }), 'sessionExpired');
    leader.propose(openSession(session));
    leader.propose(single(ephemeral('/a')), { session });
    leader.commit();
    assert.deepEqual(leader.machine.ephemeralsOf(session), ['/a']);
  });

  it('take all their ephemerals along in one txn, those in flight included (ZK-1208, ZK-3145)', () => {
    const leader = new Leader();
    for (const id of [session, other]) leader.write(openSession(id));
    leader.do(create('/p'));
    leader.do(ephemeral('/p/applied'), { session });
    leader.do(ephemeral('/p/removed'), { session });
    leader.do(ephemeral('/p/taken'), { session });
    leader.do(ephemeral('/p/others'), { session: other });
    leader.propose(single(ephemeral('/p/inFlight')), { session });
    leader.propose(single(remove('/p/removed')));
    leader.propose(single(remove('/p/taken')));
    leader.propose(single(ephemeral('/p/taken')), { session: other });
    leader.propose(closeSession(session));
    const txn = leader.inFlight.at(-1)?.txn;
    assert.deepEqual(
      txn?.changes.map((change) => ('path' in change ? change.path : change.change)),
      ['/p/applied', '/p/inFlight', 'closeSession'],
    );
    leader.commit();
    assert.deepEqual(leader.children('/p'), ['others', 'taken']);
    assert.equal(leader.machine.session(session), undefined);
    assert.equal(leader.machine.counts.ephemerals, 2);
    assert.equal(follower(leader.log).digest(), leader.machine.digest());
  });

  it('accept nothing once their close is proposed: no ephemeral outlives its session (ZK-2355)', () => {
    const leader = new Leader();
    leader.write(openSession(session));
    const at = leader.propose(closeSession(session));
    const refusal = leader.refusal(single(ephemeral('/a')), { session });
    assert.equal(refusal.code, 'sessionExpired');
    assert.deepEqual(refusal.basis, at);
    assert.equal(leader.refusal(closeSession(session)).code, 'sessionExpired');
    assert.equal(leader.refusal(openSession(session)).code, 'sessionExpired');
    const move = { kind: 'moveSession', session, owner: '2-1' } as const;
    assert.equal(leader.refusal(move).code, 'sessionExpired');
  });

  it('are alive again when the proposal to close them was lost with the leader', () => {
    const leader = new Leader();
    leader.write(openSession(session));
    leader.propose(closeSession(session));
    leader.loseLeadership();
    leader.do(ephemeral('/a'), { session });
    assert.deepEqual(leader.machine.ephemeralsOf(session), ['/a']);
  });

  it('move: requests of the carrier before are refused, all of a multi included (ZK-710)', () => {
    const leader = new Leader();
    leader.write(openSession(session));
    leader.propose({ kind: 'moveSession', session, owner: '1-1' });
    leader.propose(single(create('/a')), { session, owner: '1-1' });
    const at = leader.propose({ kind: 'moveSession', session, owner: '2-1' });
    const refusal = leader.refusal(multi([create('/b'), create('/c')]), { session, owner: '1-1' });
    assert.equal(refusal.code, 'sessionMoved');
    assert.deepEqual(refusal.basis, at);
    assert.equal(
      leader.refusal(closeSession(session), { session, owner: '1-1' }).code,
      'sessionMoved',
    );
    leader.propose(single(create('/b')), { session, owner: '2-1' });
    leader.commit();
    assert.equal(leader.machine.session(session)?.owner, '2-1');
  });

  it('end by the word of the expirer wherever they live, and by a credential without a carrier', () => {
    const leader = new Leader();
    for (const id of [session, other]) {
      leader.write(openSession(id));
      leader.write({ kind: 'moveSession', session: id, owner: '1-1' });
    }
    leader.do(create('/credential'), { session });
    leader.write({ kind: 'closeSession', session, reason: 'expired' }, { owner: 'anything' });
    leader.write(closeSession(other));
    assert.equal(leader.machine.counts.sessions, 0);
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

  it('never runs back in time, whatever the clock does', () => {
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
});
