import assert from 'node:assert/strict';
import { openAcl } from '../../../../src/model/acl.ts';
import { create, multi, remove, set, setAcl } from '../../../support/model/requests.ts';
import {
  type Leader,
  aPopulatedLeader,
  populatedBy as session,
  bytes,
  follower,
  openSession,
  sessionId,
} from '../../../support/state/leader.ts';

describe('the digest', () => {
  it('differs when any fact does', () => {
    const histories: ((leader: Leader) => void)[] = [
      () => undefined,
      (leader) => leader.do(create('/x')),
      (leader) => leader.do(create('/y')),
      (leader) => leader.do(create('/a/x')),
      (leader) => leader.do(create('/x', { data: null })),
      (leader) => leader.do(create('/x', { data: bytes('\0') })),
      (leader) => leader.do(create('/x', { kind: 'container' })),
      (leader) => leader.do(create('/x', { kind: 'ttl', ttlMs: 1 })),
      (leader) => leader.do(create('/x', { kind: 'ttl', ttlMs: 2 })),
      (leader) => leader.do(create('/x', { kind: 'ephemeral' }), { session }),
      (leader) => leader.do(create('/x', { acl: [{ permissions: 1, scheme: 'ip', id: '::' }] })),
      (leader) => leader.do(create('/x', { acl: [{ permissions: 2, scheme: 'ip', id: '::' }] })),
      (leader) => leader.do(create('/x'), { idempotencyKey: 'k' }),
      (leader) => leader.do(create('/x'), { idempotencyKey: 'l' }),
      (leader) => leader.do(set('/a', '')),
      (leader) => leader.do(setAcl('/a', openAcl)),
      (leader) => leader.do(remove('/a/e')),
      (leader) => leader.write(openSession(sessionId(2))),
      (leader) => leader.write(openSession(sessionId(2), 'other')),
      (leader) => leader.write(openSession(sessionId(2), 'secret', 9_999)),
      (leader) => leader.write({ kind: 'moveSession', session, owner: '2' }),
      (leader) => leader.write({ kind: 'closeSession', session, reason: 'closed' }),
      (leader) => {
        leader.wallMs++;
        leader.do(create('/x'));
      },
    ];
    const digests = histories.map((happen) => {
      const leader = aPopulatedLeader();
      happen(leader);
      assert.equal(leader.machine.digest(), leader.machine.recomputeDigest());
      assert.equal(follower(leader.log).digest(), leader.machine.digest());
      return leader.machine.digest();
    });
    assert.equal(new Set(digests).size, histories.length);
  });

  it('of a multi is that of its txn, however large', () => {
    const leader = aPopulatedLeader();
    leader.write(multi(Array.from({ length: 1_000 }, (_, at) => create(`/n${String(at)}`))));
    assert.equal(leader.machine.digest(), leader.machine.recomputeDigest());
  });
});
