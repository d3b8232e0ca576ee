import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Identity } from '../../../../src/model/acl.ts';
import type { RequestContext } from '../../../../src/model/request.ts';
import { zxid, zeroZxid } from '../../../../src/model/zxid.ts';
import { RunningDigest } from '../../../../src/state/digest/digest.ts';
import { RecordedWrites } from '../../../../src/state/replicated/idempotency.ts';
import type { RecordedWrite } from '../../../../src/state/replicated/recorded-write.ts';
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
import { acquire, ownSession } from '../../../support/state/locks.ts';
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

  it('are forgotten when the leader says that they are old, with any txn, on every peer alike', () => {
    const leader = new Leader();
    const request = single(create('/a-', { sequential: true }));
    const first = leader.write(request, { idempotencyKey });
    leader.wallMs += 365 * day;
    leader.do(create('/a-year-later'));
    assert.equal(leader.prepare(request, { idempotencyKey }).kind, 'replay', 'by no clock');
    leader.agedUpTo = first.zxid;
    const second = leader.write(request, { idempotencyKey });
    assert.notDeepEqual(second, first);
    assert.deepEqual(leader.machine.replayOutcome(idempotencyKey)?.zxid, second.zxid);
    leader.agedUpTo = second.zxid;
    leader.do(create('/later'));
    assert.equal(leader.machine.counts.idempotencyKeys, 0);
    assert.equal(follower(leader.log).digest(), leader.machine.digest());
    assert.equal(leader.machine.digest(), leader.machine.recomputeDigest());
  });

  it('are unknown to who asks while a proposal in flight forgets them', () => {
    const leader = new Leader();
    const request = single(create('/a-', { sequential: true }));
    leader.agedUpTo = leader.write(request, { idempotencyKey }).zxid;
    leader.propose(single(create('/b')));
    leader.propose(request, { idempotencyKey });
    leader.commit();
    assert.deepEqual(leader.children('/').filter((name) => name.startsWith('a-')).length, 2);
    assert.equal(follower(leader.log).digest(), leader.machine.digest());
  });

  it('go some at a time', () => {
    const leader = new Leader();
    for (let number = 0; number < 250; number++) {
      const at = leader.write(single(create(`/k${String(number)}`)), {
        idempotencyKey: `k${String(number)}`,
      });
      leader.agedUpTo = at.zxid;
    }
    // Each was old at once: the txn after it forgot it.
    assert.equal(leader.machine.counts.idempotencyKeys, 1);
    leader.agedUpTo = zeroZxid;
    for (let number = 0; number < 250; number++) {
      const idempotencyKey = `again${String(number)}`;
      leader.write(single(create(`/again${String(number)}`)), { idempotencyKey });
    }
    leader.agedUpTo = leader.machine.lastApplied;
    leader.do(create('/first'));
    assert.equal(leader.machine.counts.idempotencyKeys, 51);
    leader.do(create('/second'));
    assert.equal(leader.machine.counts.idempotencyKeys, 0);
  });

  it('of logs of format 3 go by the times in it, as they did', () => {
    const leader = new Leader();
    leader.write(single(create('/a')), { idempotencyKey });
    leader.wallMs += day;
    leader.do(create('/b'));
    const asOld = leader.log.map(({ zxid, txn }) => ({
      zxid,
      txn: { ...txn, forgetsByTime: true as const },
    }));
    assert.equal(follower(leader.log).counts.idempotencyKeys, 1);
    assert.equal(follower(asOld).counts.idempotencyKeys, 0);
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

  const limits = { keptMs: day, keptMsMin: 1_000, keysMax: 100, bytesMax: 400_000 };
  const keyOf = (index: number): string => `k${String(index)}`;
  const at = (index: number, timeMs: number) => ({ zxid: zxid(1, index + 1), timeMs });

  it('are so many at most, but none that is young goes: the oldest go first', () => {
    const digest = new RunningDigest();
    const writes = new RecordedWrites(digest, limits);
    const { keysMax } = limits;
    const record = (index: number, timeMs: number): void => {
      writes.record({
        key: keyOf(index),
        owner: '',
        fingerprint,
        ...at(index, timeMs),
        outcome: none,
      });
    };
    for (let index = 0; index < keysMax + 20; index++) record(index, 1);
    assert.equal(writes.size, keysMax + 20, 'a leader would have let no more in');
    record(keysMax + 20, 1_000);
    assert(writes.get('k0'));
    record(keysMax + 21, 1_001);
    assert.equal(writes.size, keysMax);
    assert.equal(writes.get('k21'), undefined);
    assert(writes.get('k22'));
    const again = new RunningDigest();
    writes.addTo(again);
    assert.equal(digest.text([]), again.text([]));
    // Of logs that were written when there was no least time: not for ever more.
    for (let index = 1_000; index < 1_000 + 3 * keysMax; index++) record(index, 1_002);
    assert.equal(writes.size, 2 * keysMax);
  });

  it('let nobody in who has as many young ones as are left for others, whatever others do', () => {
    const writes = new RecordedWrites(new RunningDigest(), limits);
    let count = 0;
    const ask = (owner: string, timeMs: number, size = 10, part = 1): boolean => {
      const asked = { owner, bytes: size, timeMs };
      if (writes.whyNoRoom(asked, { inFlight: 0, part }) !== undefined) return false;
      const outcome = new Uint8Array(size - 10);
      const key = `k${String(count)}`;
      const place = { zxid: zxid(1, ++count), timeMs };
      writes.record({ key, owner, fingerprint: new Uint8Array(0), ...place, outcome });
      return true;
    };
    const admitted = (owner: string, timeMs: number, size?: number, part?: number): number => {
      let admitted = 0;
      while (ask(owner, timeMs, size, part)) admitted++;
      return admitted;
    };
    assert.equal(admitted('locks', 1, 10, 1 / 4), 20);
    assert.equal(admitted('locks', 1), 30, 'and more for other requests');
    assert.deepEqual([admitted('b', 1), admitted('c', 1), admitted('d', 1)], [25, 13, 6]);
    assert(ask('victim', 1), 'there is always some left');
    assert.equal(ask('locks', 1_000), false);
    assert.equal(admitted('locks', 1_001), 50, 'after the least time they give way');
    assert(writes.size <= limits.keysMax);
    const large = new RecordedWrites(new RunningDigest(), limits);
    const huge = { owner: 'a', bytes: 300_000, timeMs: 1 };
    const refusal = large.whyNoRoom({ ...huge, bytes: 400_001 }, { inFlight: 0, part: 1 });
    assert.equal(refusal?.code, 'throttled');
    assert.equal(large.whyNoRoom(huge, { inFlight: 0, part: 1 }), undefined);
    assert.equal(large.whyNoRoom(huge, { inFlight: limits.keysMax, part: 1 })?.code, 'throttled');
  });

  it('have a limit of bytes too: large outcomes push out older ones', () => {
    const writes = new RecordedWrites(new RunningDigest(), limits);
    const outcome = new Uint8Array(limits.bytesMax / 4);
    for (let index = 0; index < 5; index++) {
      const place = at(index, 1_000 * index);
      writes.record({ key: keyOf(index), owner: '', fingerprint, ...place, outcome });
    }
    assert.equal(writes.size, 3);
    assert(writes.bytes <= limits.bytesMax);
    assert(writes.get('k4'));
  });
});

/** So many fit that a few dozen are a flood. */
const few = { keptMs: day, keptMsMin: 0, keysMax: 20, bytesMax: 40_000 };

class Flooded {
  readonly writes: RecordedWrites;
  #count = 0;

  constructor(digest = new RunningDigest()) {
    this.writes = new RecordedWrites(digest, few);
  }

  record(owner: string, outcomeBytes: number, key = `k${String(this.#count)}`): void {
    const at = { zxid: zxid(1, ++this.#count), timeMs: 1 };
    const fingerprint = new Uint8Array(32);
    this.writes.record({ key, owner, fingerprint, ...at, outcome: new Uint8Array(outcomeBytes) });
  }
}

describe('who asks for much', () => {
  it('loses keys to others, and costs them none: of many small ones and of large ones', () => {
    for (const bytesEach of [10, 9_000]) {
      const flooded = new Flooded();
      flooded.record('victim', 100, 'payment');
      flooded.record('another', 2_000, 'order');
      for (let index = 0; index < 100; index++) flooded.record('flood', bytesEach);
      assert(flooded.writes.get('payment') && flooded.writes.get('order'));
      flooded.record('late', 100, 'first');
      flooded.record('flood', bytesEach);
      assert(flooded.writes.get('first'));
    }
  });

  it('by large outcomes loses those first: one and the same address has small requests too', () => {
    const flooded = new Flooded();
    flooded.record('address', 100, 'payment');
    for (let index = 0; index < 100; index++) flooded.record('address', 9_000);
    assert(flooded.writes.get('payment'));
    assert(flooded.writes.get('k100'));
    // But what is small has no right to all of it.
    for (let index = 0; index < 18; index++) flooded.record('address', 900);
    flooded.record('address', 30_000, 'large');
    assert(flooded.writes.get('large'));
    assert.equal(flooded.writes.get('payment'), undefined);
  });

  it('is refused before anybody loses a key that is not a minute old, at the same address or not', () => {
    const leader = new Leader();
    let deep = '';
    while (deep.length < 2_300) deep += `/${'n'.repeat(240)}`;
    leader.do(create(deep, { parents: true }));
    const payment = single(create('/payment-', { sequential: true }));
    const address = { identities: [{ scheme: 'ip', id: '10.0.0.1' }] };
    leader.write(payment, { ...address, idempotencyKey: 'order' });
    // Large answers for small requests.
    const flood = multi(Array.from({ length: 390 }, () => check(deep)));
    let count = 0;
    const more = () => {
      const prepared = leader.prepare(flood, { ...address, idempotencyKey: `x${String(count)}` });
      if (prepared.kind !== 'txn') return prepared;
      leader.commit();
      count++;
      return undefined;
    };
    let refusal = more();
    while (refusal === undefined && count < 200) refusal = more();
    assert(refusal?.kind === 'refused');
    assert.equal(refusal.code, 'throttled');
    assert(count > 50);
    const again = leader.prepare(payment, { ...address, idempotencyKey: 'order' });
    assert.equal(again.kind, 'replay');
    // A lock is entered all the same: its key is a convenience.
    const entering = acquire(1, { ownSession: ownSession(1) });
    leader.write(entering, { ...address, idempotencyKey: 'lock 1' });
    assert.equal(leader.log.at(-1)?.txn.idempotency, undefined);
    assert.equal(leader.prepare(entering, { ...address, idempotencyKey: 'lock 1' }).kind, 'replay');
    const elsewhere = { identities: [{ scheme: 'ip', id: '10.0.0.2' }] };
    leader.write(payment, { ...elsewhere, idempotencyKey: 'another' });
    leader.wallMs += 60_000;
    assert.equal(more(), undefined);
  });

  it('is whoever has most, as a naive reckoning says, and as a restored state goes on', () => {
    const recorded = fc.record({
      owner: fc.constantFrom('', 'a', 'b', 'c', 'd'),
      size: fc.constantFrom(1, 50, 1_024, 1_025, 5_000, 20_000),
    });
    fc.assert(
      fc.property(fc.array(recorded, { maxLength: 120, size: 'max' }), (all) => {
        const digest = new RunningDigest();
        const flooded = new Flooded(digest);
        let naive: RecordedWrite[] = [];
        for (const { owner, size } of all) {
          naive = makeRoom(naive, size);
          flooded.record(owner, size);
          const kept = [...flooded.writes.values()];
          naive.push(kept.at(-1) as RecordedWrite);
          assert.deepEqual(kept, naive);
        }
        const again = new RunningDigest();
        const restored = new RecordedWrites(again, few);
        for (const write of naive) restored.record(write);
        assert.deepEqual([...restored.values()], naive);
        assert.equal(again.text([]), digest.text([]));
      }),
      { numRuns: 60 },
    );
  });

  it('is named by what was proved, else by the session, else by the address, and alike every time', () => {
    const leader = new Leader();
    const session = sessionId(1);
    leader.write(openSession(session));
    const address = (id: string): Identity => ({ scheme: 'ip', id });
    const alice = { scheme: 'digest', id: 'alice:x' };
    const contexts: Partial<RequestContext>[] = [
      { identities: [address('10.0.0.1')] },
      { identities: [address('10.0.0.2')] },
      { identities: [address('10.0.0.1')], session },
      { identities: [address('10.0.0.2'), alice], session },
      { identities: [] },
    ];
    const owners = [...contexts, ...contexts].map((context, index) => {
      leader.do(create(`/n${String(index)}`), { ...context, idempotencyKey: `k${String(index)}` });
      return leader.log.at(-1)?.txn.idempotency?.owner;
    });
    assert.equal(new Set(owners).size, contexts.length);
    assert.deepEqual(owners.slice(contexts.length), owners.slice(0, contexts.length));
    leader.do(create('/same'), {
      identities: [alice, address('10.0.0.9')],
      idempotencyKey: 'elsewhere',
    });
    assert.equal(leader.log.at(-1)?.txn.idempotency?.owner, owners[3]);
  });

  it('has no name in logs and snapshots of before, which load as they did', () => {
    const leader = new Leader();
    leader.do(create('/a'), { idempotencyKey });
    const log = leader.log.map(({ zxid: at, txn }) => {
      const { key = '', fingerprint = new Uint8Array(0) } = txn.idempotency ?? {};
      return { zxid: at, txn: { ...txn, idempotency: { key, fingerprint } } };
    });
    const machine = follower(log);
    const snapshot = machine.beginSnapshot().next(1_000_000);
    assert(snapshot);
    const before = snapshot.slice();
    // kind, length of the magic, the magic, then the version.
    before[1 + 4 + 'quoll-snapshot'.length + 3] = 1;
    const restored = follower([]);
    const restore = restored.beginRestore();
    restore.feed(before);
    while (!restore.finish(1_000));
    assert.equal(restored.digest(), machine.digest());
    assert.notEqual(restored.digest(), leader.machine.digest(), 'an owner is a part of the state');
    assert.deepEqual(
      restored.replayOutcome(idempotencyKey),
      leader.machine.replayOutcome(idempotencyKey),
    );
  });
});

/** The rule in plain words, worked out anew each time. */
function makeRoom(writes: readonly RecordedWrite[], size: number): RecordedWrite[] {
  const left = [...writes];
  const bytesIn = (some: readonly RecordedWrite[]): number =>
    some.reduce((sum, { key, outcome }) => sum + key.length + 32 + outcome.length, 0);
  const isLarge = ({ owner, outcome }: RecordedWrite): boolean =>
    owner !== '' && outcome.length > 1_024;
  const keyLength = `k${String(Number(writes.at(-1)?.key.slice(1) ?? -1) + 1)}`.length;
  for (;;) {
    const isShort = bytesIn(left) + keyLength + 32 + size > few.bytesMax;
    if (!isShort && left.length < few.keysMax) return left;
    const owners = [...new Set(left.map(({ owner }) => owner))].sort();
    const costs = owners.map((name) => {
      const own = left.filter(({ owner }) => owner === name);
      return bytesIn(own) + own.length * 640;
    });
    const top = owners[costs.indexOf(Math.max(...costs))];
    const own = left.filter(({ owner }) => owner === top);
    const large = own.filter(isLarge);
    const small = own.filter((write) => !isLarge(write));
    const preferred = bytesIn(large) > bytesIn(small) ? large : small;
    const [gone] = isShort && preferred.length > 0 ? preferred : own;
    if (gone === undefined) return left;
    left.splice(left.indexOf(gone), 1);
  }
}
