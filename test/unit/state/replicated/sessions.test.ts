import assert from 'node:assert/strict';
import { zeroZxid } from '../../../../src/model/zxid.ts';
import { create, multi, remove, single } from '../../../support/model/requests.ts';
import {
  closeSession,
  follower,
  Leader,
  openSession,
  sessionId,
} from '../../../support/state/leader.ts';

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
