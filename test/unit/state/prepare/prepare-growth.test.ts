import assert from 'node:assert/strict';
import { openAcl } from '../../../../src/model/acl.ts';
import type { TreeOp } from '../../../../src/model/request.ts';
import { zeroZxid } from '../../../../src/model/zxid.ts';
import { create, multi, remove, set, setAcl, single } from '../../../support/model/requests.ts';
import { acquire, ownSession, release } from '../../../support/state/locks.ts';
import {
  closeSession,
  follower,
  Leader,
  openSession,
  sessionId,
} from '../../../support/state/leader.ts';

const stateBytesMax = 100_000;
const large = 'x'.repeat(40_000);
const superuser = [{ scheme: 'super', id: '' }];
const fatAcl = [...openAcl, { permissions: 31, scheme: 'digest', id: `u:${'x'.repeat(1_000)}` }];

/** Two znodes of 40,000 bytes, and all but a little of the rest in a third. */
function full(): Leader {
  const leader = new Leader({ stateBytesMax });
  leader.write(openSession(sessionId(1)));
  for (const path of ['/a', '/b', '/c']) leader.do(create(path));
  for (const path of ['/a', '/b']) leader.do(set(path, large));
  leader.do(set('/c', 'x'.repeat(stateBytesMax - leader.machine.counts.stateBytes - 50)));
  return leader;
}

describe('the bytes of the state', () => {
  it('are counted as they come and go, and the same by whoever restores or replays', () => {
    const leader = new Leader();
    const empty = leader.machine.counts.stateBytes;
    leader.write(openSession(sessionId(1)));
    const session = leader.machine.counts.stateBytes;
    leader.do(create('/a/b', { parents: true, data: large, acl: fatAcl }));
    const grown = leader.machine.counts.stateBytes;
    assert(session > empty && grown > session + large.length + 1_000, String(grown));
    assert.equal(follower(leader.log).counts.stateBytes, grown);
    const restored = follower([]);
    const restore = restored.beginRestore();
    const snapshot = leader.machine.beginSnapshot();
    for (let chunk = snapshot.next(50); chunk; chunk = snapshot.next(50)) restore.feed(chunk);
    while (!restore.finish(1_000));
    assert.equal(restored.counts.stateBytes, grown);
    leader.do(remove('/a', { recursive: true }), { identities: superuser });
    assert.equal(leader.machine.counts.stateBytes, session);
    leader.write(closeSession(sessionId(1)));
    assert.equal(leader.machine.counts.stateBytes, empty);
  });

  it('refuse above the limit what would make them more, each way of it', () => {
    const leader = full();
    const growing: TreeOp[] = [
      create('/d'),
      create('/a/b/c', { parents: true }),
      set('/a', `${large}${large}`),
      set('/d', 'x', { orCreate: { acl: openAcl, parents: false } }),
      setAcl('/a', fatAcl),
    ];
    for (const op of growing) {
      const refusal = leader.refusal(single(op));
      assert.deepEqual([refusal.code, refusal.limit], ['quotaExceeded', stateBytesMax], op.op);
      assert.deepEqual(refusal.basis, zeroZxid);
    }
    assert.equal(leader.refusal(openSession(sessionId(2))).code, 'quotaExceeded');
    assert.equal(
      leader.refusal(multi([set('/a', ''), create('/d', { data: `${large}${large}` })]))
        .failedIndex,
      1,
    );
  });

  it('let pass what makes them less, or no more', () => {
    const leader = full();
    leader.do(set('/a', large.replaceAll('x', 'y')));
    leader.write(multi([remove('/a'), create('/d', { data: large.slice(200) })]));
    leader.write(multi([set('/b', ''), create('/e', { data: 'x' })]));
    leader.do(setAcl('/b', openAcl));
    leader.do(remove('/c'));
    leader.write(closeSession(sessionId(1)));
    leader.do(create('/f', { data: 'x' }));
  });

  it('count what is in flight, which a refusal waits for, and forget what is lost', () => {
    const leader = new Leader({ stateBytesMax });
    const at = leader.propose(single(create('/a', { data: 'x'.repeat(stateBytesMax - 2_000) })));
    const second = create('/b', { data: 'x'.repeat(2_000) });
    const refusal = leader.refusal(single(second));
    assert.deepEqual([refusal.code, refusal.basis], ['quotaExceeded', at]);
    leader.loseLeadership();
    leader.do(second);
    leader.propose(single(remove('/b')));
    leader.propose(single(create('/a', { data: 'x'.repeat(stateBytesMax - 2_000) })));
  });

  it('never keep the ensemble from saying who it is made of', () => {
    const leader = full();
    leader.do(set('/zookeeper/config', 'x'.repeat(1_000)), {
      identities: superuser,
      isEnsembles: true,
    });
  });
});

describe('sessions', () => {
  it('are so many in the ensemble, with those in flight, and those of locks', () => {
    const leader = new Leader({ sessionsMax: 3 });
    leader.write(openSession(sessionId(1)));
    leader.propose(openSession(sessionId(2)));
    const third = leader.propose(acquire(3, { ownSession: ownSession(3) }));
    const refusals = [openSession(sessionId(4)), acquire(4, { ownSession: ownSession(4) })].map(
      (request) => leader.refusal(request),
    );
    for (const { code, limit, actual, basis } of refusals) {
      assert.deepEqual([code, limit, actual, basis], ['throttled', 3, 3, third]);
    }
    assert.equal(leader.prepare(openSession(sessionId(2))).kind, 'replay', 'who has one keeps it');
    leader.commit();
    assert.equal(leader.refusal(openSession(sessionId(4))).code, 'throttled');
    leader.propose(closeSession(sessionId(1)));
    leader.propose(openSession(sessionId(4)));
    leader.commit();
    leader.write(release(3));
    leader.write(openSession(sessionId(5)));
    assert.equal(leader.machine.counts.sessions, 3);
  });
});
