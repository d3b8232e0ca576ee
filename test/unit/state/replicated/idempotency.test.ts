import assert from 'node:assert/strict';
import { zxid, zeroZxid } from '../../../../src/model/zxid.ts';
import { RunningDigest } from '../../../../src/state/digest/digest.ts';
import { idempotencyLimits, RecordedWrites } from '../../../../src/state/replicated/idempotency.ts';
import { encodeRecordedOutcome } from '../../../../src/state/replicated/op-result-codec.ts';
import {
  check,
  create,
  multi,
  remove,
  set,
  setAcl,
  single,
} from '../../../support/model/requests.ts';
import {
  bytes,
  closeSession,
  follower,
  Leader,
  openSession,
  sessionId,
  sha256,
} from '../../../support/state/leader.ts';

// Brief A14, invariant S8.

const idempotencyKey = 'a-key';
const day = 24 * 60 * 60 * 1_000;

describe('idempotency keys', () => {
  it('give the first answer again, of every kind of result', () => {
    const leader = new Leader();
    leader.do(create('/old/child', { parents: true }));
    const request = multi([
      create('/旅/é', { parents: true, data: null }),
      set('/旅', 'x'),
      setAcl('/旅', create('/').acl),
      check('/旅'),
      remove('/old', { recursive: true }),
    ]);
    const outcome = leader.write(request, { idempotencyKey });
    assert.deepEqual(leader.prepare(request, { idempotencyKey }), {
      kind: 'replay',
      basis: outcome.zxid,
    });
    assert.deepEqual(leader.machine.replayOutcome(idempotencyKey), { ...outcome, replayed: true });
    assert.deepEqual(follower(leader.log).replayOutcome(idempotencyKey), {
      ...outcome,
      replayed: true,
    });
    assert.equal(leader.machine.replayOutcome('another'), undefined);
  });

  it('attach a duplicate to the first while that is in flight', () => {
    const leader = new Leader();
    const request = single(create('/q-', { sequential: true }));
    const at = leader.propose(request, { idempotencyKey });
    assert.deepEqual(leader.prepare(request, { idempotencyKey }), { kind: 'replay', basis: at });
    leader.commit();
    assert.deepEqual(leader.children('/'), ['q-0000000000', 'zookeeper']);
  });

  it('are free again when the first was lost with the leader', () => {
    const leader = new Leader();
    const request = single(create('/a'));
    leader.propose(request, { idempotencyKey });
    leader.loseLeadership();
    leader.write(request, { idempotencyKey });
    assert(leader.stat('/a'));
  });

  it('belong to one request: any difference is keyReused', () => {
    const leader = new Leader();
    const session = sessionId(1);
    leader.write(openSession(session));
    const at = leader.propose(single(create('/a', { data: null })), { idempotencyKey });
    const others = [
      single(create('/a')),
      single(create('/b', { data: null })),
      single(create('/a', { data: null, sequential: true })),
      single(create('/a', { data: null, kind: 'container' })),
      multi([create('/a', { data: null })]),
      multi([create('/a', { data: null })], []),
      single(remove('/a')),
      openSession(sessionId(2)),
      closeSession(session),
    ];
    for (const request of others) {
      const refusal = leader.refusal(request, { idempotencyKey });
      assert.equal(refusal.code, 'keyReused');
      assert.deepEqual(refusal.basis, at);
    }
    const elsewhere = leader.refusal(single(create('/a', { data: null })), {
      idempotencyKey,
      session,
    });
    assert.equal(elsewhere.code, 'keyReused');
    leader.commit();
    const [request] = others;
    assert(request);
    assert.deepEqual(leader.refusal(request, { idempotencyKey }).basis, zeroZxid);
  });

  it('answer again even when the session is gone: "not applied" would be a lie', () => {
    const leader = new Leader();
    const session = sessionId(1);
    leader.write(openSession(session));
    const request = single(create('/a'));
    const { zxid: basis } = leader.write(request, { session, idempotencyKey });
    leader.write(closeSession(session));
    assert.deepEqual(leader.prepare(request, { session, idempotencyKey }), {
      kind: 'replay',
      basis,
    });
  });

  it('are not used up by a refusal', () => {
    const leader = new Leader();
    const request = single(set('/a', 'x'));
    assert.equal(leader.refusal(request, { idempotencyKey }).code, 'noNode');
    leader.do(create('/a'));
    leader.write(request, { idempotencyKey });
  });

  it('keep the branch of a multi that only checked: a repetition must not take the other one', () => {
    const leader = new Leader();
    const request = multi([check('/a', { absent: true })], [remove('/a')]);
    assert.equal(leader.write(request, { idempotencyKey }).branch, 'ops');
    leader.do(create('/a'));
    assert.equal(leader.prepare(request, { idempotencyKey }).kind, 'replay');
    assert.equal(leader.machine.replayOutcome(idempotencyKey)?.branch, 'ops');
    assert.equal(leader.prepare(single(check('/a')), { idempotencyKey: 'k2' }).kind, 'nothing');
  });

  it('are forgotten after a day of the leader’s time, with any txn, on every peer alike', () => {
    const leader = new Leader();
    const request = single(create('/a-', { sequential: true }));
    const first = leader.write(request, { idempotencyKey });
    leader.wallMs += day - 1;
    leader.do(create('/almost'));
    assert.equal(leader.prepare(request, { idempotencyKey }).kind, 'replay');
    leader.wallMs += 1;
    const second = leader.write(request, { idempotencyKey });
    assert.notDeepEqual(second, first);
    assert.deepEqual(leader.machine.replayOutcome(idempotencyKey)?.zxid, second.zxid);
    leader.wallMs += day;
    leader.do(create('/later'));
    assert.equal(leader.machine.counts.idempotencyKeys, 0);
    assert.equal(follower(leader.log).digest(), leader.machine.digest());
    assert.equal(leader.machine.digest(), leader.machine.recomputeDigest());
  });

  it('of 1 to 255 bytes are accepted', () => {
    const leader = new Leader();
    leader.write(single(create('/a')), { idempotencyKey: 'é'.repeat(127) + 'x' });
    const tooLong = leader.refusal(single(create('/b')), { idempotencyKey: 'é'.repeat(128) });
    assert.deepEqual([tooLong.code, tooLong.limit, tooLong.actual], ['tooLarge', 255, 256]);
    assert.equal(leader.refusal(single(create('/b')), { idempotencyKey: '' }).code, 'badArguments');
  });
});

describe('recorded writes', () => {
  const fingerprint = sha256(bytes('request'));
  const none = encodeRecordedOutcome({ results: [], branch: 'ops' });

  it(`are ${String(idempotencyLimits.keysMax)} at most: the oldest go first`, () => {
    const digest = new RunningDigest();
    const writes = new RecordedWrites(digest);
    const { keysMax } = idempotencyLimits;
    for (let index = 0; index < keysMax + 2; index++) {
      const key = `k${String(index)}`;
      writes.record({ key, fingerprint, zxid: zxid(1, index + 1), timeMs: 1, outcome: none });
      if (index === keysMax - 1) assert(writes.get('k0'));
    }
    assert.equal(writes.size, keysMax);
    assert.equal(writes.get('k1'), undefined);
    assert(writes.get('k2'));
    const again = new RunningDigest();
    writes.addTo(again);
    assert.equal(digest.text([]), again.text([]));
  });

  it('have a limit of bytes too: large outcomes push out older ones', () => {
    const writes = new RecordedWrites(new RunningDigest());
    const outcome = new Uint8Array(idempotencyLimits.bytesMax / 4);
    for (let index = 0; index < 5; index++) {
      const key = `k${String(index)}`;
      writes.record({ key, fingerprint, zxid: zxid(1, index + 1), timeMs: 1, outcome });
    }
    assert.equal(writes.size, 3);
    assert(writes.bytes <= idempotencyLimits.bytesMax);
    assert(writes.get('k4'));
  });
});
