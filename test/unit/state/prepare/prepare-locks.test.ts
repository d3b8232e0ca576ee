import assert from 'node:assert/strict';
import { openAcl, permission, type Acl, type Identity } from '../../../../src/model/acl.ts';
import { contenderPrefix } from '../../../../src/model/lock.ts';
import type { AcquireLockRequest } from '../../../../src/model/request.ts';
import { zeroZxid } from '../../../../src/model/zxid.ts';
import {
  create,
  multi,
  path,
  remove,
  set,
  setAcl,
  single,
} from '../../../support/model/requests.ts';
import { closeSession, Leader, openSession } from '../../../support/state/leader.ts';
import {
  queue,
  me,
  other,
  keyOf,
  acquire,
  ownSession,
  release,
  guard,
  holdersOf,
  leaderWith,
} from '../../../support/state/locks.ts';

describe('locks, decided', () => {
  it('make the directories and the contender in one txn', () => {
    const leader = leaderWith(me);
    const [entered] = leader.write(acquire(1), { session: me }).results;
    assert.ok(entered?.op === 'create');
    const prefix = contenderPrefix(keyOf(1), { mode: 'exclusive', dialect: 'curator' });
    assert.equal(entered.path, `/locks/q/${prefix}0000000000`);
    assert.equal(entered.stat.ephemeralOwner, me);
    assert.deepEqual(holdersOf(leader.machine), [keyOf(1)]);
  });

  it('open a session of their own, and close it with the release', () => {
    const leader = leaderWith();
    const own = ownSession(1);
    leader.write(acquire(1, { ownSession: own }));
    assert.equal(leader.machine.session(own.session)?.timeoutMs, 5_000);
    leader.write(single(create('/mine', { kind: 'ephemeral' })), { session: own.session });
    leader.write(release(1));
    assert.equal(leader.machine.session(own.session), undefined);
    assert.equal(leader.stat('/mine'), undefined);
    assert.equal(leader.machine.lockQueue(queue), undefined);
    // Its place is gone for good, whether the key of the request is remembered or not.
    assert.equal(leader.refusal(release(1)).code, 'lockLost');
  });

  it('leave a session that the client brought alone', () => {
    const leader = leaderWith(me);
    leader.write(acquire(1), { session: me });
    leader.write(release(1));
    assert.notEqual(leader.machine.session(me), undefined);
  });

  it('see what is in flight: who enters, who leaves, and whose session ends', () => {
    const leader = leaderWith(me, other);
    leader.propose(acquire(1), { session: me });
    const held = leader.refusal(acquire(2, { tryOnly: true }), { session: other });
    assert.deepEqual([held.code, held.basis], ['lockHeld', leader.inFlight[0]?.zxid]);
    const again = leader.prepare(acquire(1), { session: me });
    assert.equal(again.kind, 'replay');
    leader.propose(closeSession(me));
    leader.propose(acquire(2, { tryOnly: true }), { session: other });
    assert.equal(leader.refusal(acquire(3), { session: me }).code, 'sessionExpired');
    leader.commit();
    assert.deepEqual(holdersOf(leader.machine), [keyOf(2)]);
  });

  it('refuse what would mix, by what is in flight as well', () => {
    const leader = leaderWith(me, other);
    leader.propose(acquire(1, { dialect: 'kazoo' }), { session: me });
    const mixed: Partial<AcquireLockRequest>[] = [
      { dialect: 'curator' },
      { mode: 'semaphore', permits: 2 },
    ];
    for (const more of mixed) {
      assert.equal(leader.refusal(acquire(2, more), { session: other }).code, 'lockMixed');
    }
    leader.propose(acquire(2, { mode: 'read' }), { session: other });
    leader.propose(release(1));
    leader.propose(release(2));
    leader.propose(acquire(3, { mode: 'semaphore', permits: 2 }), { session: me });
    const permits = leader.refusal(acquire(4, { mode: 'semaphore', permits: 3 }), { session: me });
    assert.equal(permits.code, 'lockMixed');
    leader.commit();
    leader.do(create('/locks/q/x-', { sequential: true }));
    const foreign = leader.refusal(acquire(5, { mode: 'semaphore', permits: 2 }), { session: me });
    assert.equal(foreign.code, 'lockMixed');
    // A child without a number is no contender.
    leader.do(remove('/locks/q/x-0000000003'));
    leader.do(create('/locks/q/leases'));
    leader.write(acquire(5, { mode: 'semaphore', permits: 2 }), { session: me });
    assert.deepEqual(holdersOf(leader.machine), [keyOf(3), keyOf(5)]);
  });

  it('know a repetition by its key, through a fail-over, and after the place is gone', () => {
    const leader = leaderWith();
    const request = acquire(1, { ownSession: ownSession(1) });
    const context = { idempotencyKey: 'lock 1' };
    leader.propose(request, context);
    assert.equal(leader.prepare(request, context).kind, 'replay');
    leader.loseLeadership();
    leader.propose(request, context);
    leader.commit();
    const reader = leader.refusal({ ...request, mode: 'read' }, context);
    assert.equal(reader.code, 'keyReused');
    leader.write(release(1));
    assert.equal(leader.prepare(request, context).kind, 'replay');
    assert.equal(leader.machine.replayOutcome('lock 1')?.results[0]?.op, 'create');
    leader.agedUpTo = leader.machine.lastApplied;
    leader.do(create('/later'));
    // Forgotten: but the session's id was random, and the lockId was to be used once.
    assert.equal(leader.machine.replayOutcome('lock 1'), undefined);
  });

  it('know who is in the queue when the key of his request is forgotten', () => {
    const leader = leaderWith();
    const request = acquire(1, { ownSession: ownSession(1) });
    leader.write(request);
    assert.equal(leader.prepare(request).kind, 'replay');
    assert.equal(leader.refusal({ ...request, mode: 'read' }).code, 'keyReused');
    leader.do(remove(leader.machine.lockQueue(queue)?.contenders[0]?.path ?? ''));
    assert.equal(leader.refusal(request).code, 'lockLost');
  });

  it('release under the right token only', () => {
    const leader = leaderWith(me);
    const { zxid } = leader.write(acquire(1), { session: me });
    const newer = leader.write(acquire(2), { session: me }).zxid;
    assert.equal(leader.refusal(release(1, newer)).code, 'fenced');
    leader.write(release(1, zxid));
    assert.deepEqual(holdersOf(leader.machine), [keyOf(2)]);
  });

  it('guard a multi by the token of a holder, as its own ops leave the queue', () => {
    const leader = leaderWith(me);
    const first = leader.write(acquire(1), { session: me }).zxid;
    const second = leader.write(acquire(2), { session: me }).zxid;
    const change = create('/guarded');
    const holder = leader.machine.lockQueue(queue)?.contenders[0]?.path ?? '';
    const refused = leader.refusal(multi([change, guard(second)]));
    assert.deepEqual([refused.code, refused.failedIndex], ['fenced', 1]);
    assert.equal(leader.refusal(single(guard(second))).code, 'fenced');
    leader.refusal(multi([guard(first), guard(first), guard(second)]));
    leader.write(multi([guard(first), guard(first), remove(holder), guard(second), change]));
    assert.equal(leader.refusal(multi([guard(first)])).code, 'fenced');
    const alive = { op: 'checkSession', path: path('/'), session: me } as const;
    assert.equal(leader.prepare(multi([alive, guard(second)])).kind, 'nothing');
    assert.equal(leader.refusal(multi([{ ...alive, session: other }])).code, 'sessionExpired');
  });

  it('take the ACL of their directory and their owner, whom no stranger displaces', () => {
    const alice = { scheme: 'digest', id: 'alice:x' };
    const bob = { scheme: 'digest', id: 'bob:x' };
    const all = (scheme: string, id: string, permissions: number = permission.all) => ({
      permissions,
      scheme,
      id,
    });
    const leader = leaderWith(me);
    const entered = (lock: number, identities: readonly Identity[]): string => {
      leader.write(acquire(lock), { session: me, identities });
      return leader.machine.lockQueue(queue)?.byKey(keyOf(lock))?.path ?? '';
    };
    const aclOf = (at: string): Acl => leader.machine.aclNow(path(at));
    // In an open directory: as the directory is, but for strangers' WRITE and ADMIN, once there is an owner to have them.
    assert.deepEqual(aclOf(entered(1, [])), openAcl);
    assert.deepEqual(aclOf(entered(2, [{ scheme: 'ip', id: '10.0.0.1' }])), openAcl);
    const own = entered(3, [alice]);
    const others = permission.all & ~(permission.write | permission.admin);
    assert.deepEqual(aclOf(own), [all('world', 'anyone', others), all('digest', 'alice:x')]);
    const evil = { identities: [bob] };
    const taken = setAcl(own, [all('digest', 'bob:x')]);
    assert.equal(leader.refusal(single(taken), evil).code, 'noAuth');
    assert.equal(leader.refusal(single(set(own, 'x')), evil).code, 'noAuth');
    leader.do(set(own, 'y'), { identities: [alice] });
    // In one of alice's: who may not enter, nor look, is told nothing of it, be it held or not.
    const token = leader.machine.lockQueue(queue)?.contenders[0]?.czxid ?? assert.fail();
    leader.do(setAcl('/locks/q', [all('digest', 'alice:x'), all('ip', '10.0.0.0/8', 1)]));
    assert.deepEqual(aclOf(entered(4, [alice])), [
      all('digest', 'alice:x'),
      all('ip', '10.0.0.0/8', 1),
    ]);
    for (const tryOnly of [true, false]) {
      const more = { tryOnly, mode: 'semaphore', permits: 2 } as const;
      const entering = leader.refusal(acquire(5, more), { session: me, identities: [bob] });
      assert.equal(entering.code, 'noAuth');
    }
    for (const guessed of [token, zeroZxid]) {
      const unseen = { ...evil, identities: [bob] };
      leader.do(setAcl('/locks/q', [all('digest', 'alice:x')]), { identities: [alice] });
      const holder = leader.machine.lockQueue(queue)?.contenders[0]?.path ?? '';
      leader.do(setAcl(holder, [all('digest', 'alice:x')]));
      assert.equal(leader.refusal(multi([guard(guessed)]), unseen).code, 'noAuth');
      leader.do(setAcl(holder, openAcl), { identities: [alice] });
    }
    const asAlice = { identities: [alice] };
    assert.equal(leader.prepare(multi([guard(token)]), asAlice).kind, 'nothing');
    assert.equal(leader.refusal(multi([guard(zeroZxid)]), asAlice).code, 'fenced');
  });

  it('have bounds, and say what is wrong', () => {
    const leader = new Leader({ lockContendersMax: 2 });
    leader.write(openSession(me));
    leader.propose(acquire(1), { session: me });
    leader.propose(acquire(2), { session: me });
    const full = leader.refusal(acquire(3), { session: me });
    assert.deepEqual([full.code, full.limit, full.actual], ['throttled', 2, 2]);
    leader.propose(release(1));
    leader.propose(acquire(3), { session: me });
    const wrong: AcquireLockRequest[] = [
      acquire(9, { queue: path('/locks') }),
      acquire(9, { queue: path('/locks/a/b') }),
      acquire(9, { mode: 'semaphore', permits: 0 }),
      acquire(9, { mode: 'semaphore', permits: 2, dialect: 'kazoo' }),
    ];
    for (const request of wrong) {
      assert.equal(leader.refusal(request, { session: me }).code, 'badArguments');
    }
    assert.equal(leader.refusal(acquire(9)).code, 'badArguments');
  });

  it('are not confused by a stranger who takes the name of a contender', () => {
    const leader = leaderWith(me);
    leader.write(acquire(1), { session: me });
    const name = leader.children('/locks/q')[0]?.replace(/\d{10}$/, '') ?? '';
    // Neither ephemeral nor without children: nothing that a release could delete.
    leader.do(create(`/locks/q/${name}0000000000x`));
    leader.do(remove(`/locks/q/${leader.children('/locks/q')[0] ?? ''}`));
    leader.do(create(`/locks/q/${name}0000000007`));
    leader.do(create(`/locks/q/${name}0000000007/child`));
    assert.equal(leader.refusal(release(1)).code, 'lockLost');
  });
});
