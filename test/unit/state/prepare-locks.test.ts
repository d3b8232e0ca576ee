import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SessionId } from '../../../src/model/ids.ts';
import { defaultLimits } from '../../../src/model/limits.ts';
import { contenderPrefix, parseContenderName, type LockMode } from '../../../src/model/lock.ts';
import type { AcquireLockRequest, TreeOp, WriteRequest } from '../../../src/model/request.ts';
import { zxidEquals, type Zxid } from '../../../src/model/zxid.ts';
import { StateMachine } from '../../../src/state/state-machine.ts';
import {
  bytes,
  closeSession,
  create,
  follower,
  Leader,
  multi,
  openSession,
  path,
  remove,
  sessionId,
  sha256,
  single,
} from '../../support/state/leader.ts';

const queue = path('/locks/q');
const me = sessionId(1);
const other = sessionId(2);

function keyOf(lock: number): string {
  return lock.toString(16).padStart(32, '0');
}

function acquire(lock: number, more: Partial<AcquireLockRequest> = {}): AcquireLockRequest {
  return {
    ...{ kind: 'acquireLock', queue, contender: keyOf(lock), mode: 'exclusive' },
    ...{ data: bytes(''), tryOnly: false },
    ...more,
  };
}

function ownSession(lock: number): Required<AcquireLockRequest>['ownSession'] {
  return { session: sessionId(1_000 + lock), timeoutMs: 5_000, secretHash: sha256(bytes('s')) };
}

function release(lock: number, token?: Zxid): WriteRequest {
  const named = { kind: 'releaseLock', queue, contender: keyOf(lock) } as const;
  const request = { ...named, ownSession: sessionId(1_000 + lock) };
  return token === undefined ? request : { ...request, token };
}

function guard(token: Zxid): TreeOp {
  return { op: 'checkLock', path: queue, token };
}

function holdersOf(machine: StateMachine): string[] {
  const found = machine.lockQueue(queue);
  return (found?.contenders ?? []).slice(0, found?.holders).map(({ key = '' }) => key);
}

function leaderWith(...sessions: SessionId[]): Leader {
  const leader = new Leader();
  for (const session of sessions) leader.write(openSession(session));
  return leader;
}

describe('names of contenders', () => {
  it('are read back as they are written', () => {
    const modes: LockMode[] = ['exclusive', 'read', 'semaphore'];
    for (const dialect of ['curator', 'kazoo'] as const) {
      for (const mode of modes) {
        if (mode === 'semaphore' && dialect === 'kazoo') continue;
        const permits = mode === 'semaphore' ? { permits: 7 } : {};
        const name = `${contenderPrefix(keyOf(255), { mode, dialect, ...permits })}0000000012`;
        const parsed = parseContenderName(name);
        assert.deepEqual(parsed, { dialect, mode, ...permits, sequence: 12, key: keyOf(255) });
      }
    }
  });

  it("of ZooKeeper's recipes are known, and others as foreign", () => {
    const dialects = [
      ['_c_0f9a6c1e-2d7b-4f10-8a53-0c9be2f4d711-lock-0000000001', 'curator', 'exclusive'],
      ['lock-0000000001', 'curator', 'exclusive'],
      ['0f9a6c1e2d7b4f108a530c9be2f4d711__lock__0000000001', 'kazoo', 'exclusive'],
      ['0f9a6c1e2d7b4f108a530c9be2f4d711__rlock__0000000001', 'kazoo', 'read'],
      ['_c_0f9a6c1e-2d7b-4f10-8a53-0c9be2f4d711-__WRIT__0000000001', 'foreign', 'exclusive'],
      ['n_0000000001', 'foreign', 'exclusive'],
      ['-permits-0-lease-0000000001', 'foreign', 'exclusive'],
    ] as const;
    for (const [name, dialect, mode] of dialects) {
      const parsed = parseContenderName(name);
      assert.deepEqual([parsed?.dialect, parsed?.mode], [dialect, mode], name);
    }
    for (const name of ['leases', 'lock-', 'lock-000000001']) {
      assert.equal(parseContenderName(name), undefined, name);
    }
  });
});

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
    leader.wallMs += 25 * 3_600_000;
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
    leader.write(multi([guard(first), remove(holder), guard(second), change]));
    assert.equal(leader.refusal(multi([guard(first)])).code, 'fenced');
    const alive = { op: 'checkSession', path: path('/'), session: me } as const;
    assert.equal(leader.prepare(multi([alive, guard(second)])).kind, 'nothing');
    assert.equal(leader.refusal(multi([{ ...alive, session: other }])).code, 'sessionExpired');
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

describe('the queues of locks', () => {
  it('are the same after a restore, and for who only applied the log', () => {
    const leader = leaderWith(me, other);
    for (let lock = 1; lock <= 5; lock++) {
      leader.write(acquire(lock, { mode: lock === 3 ? 'exclusive' : 'read' }), { session: me });
    }
    leader.write(acquire(9, { queue: path('/elections/e') }), { session: other });
    leader.write(release(1));
    const restored = new StateMachine({ limits: defaultLimits, sha256 });
    const writer = leader.machine.beginSnapshot();
    const restore = restored.beginRestore();
    for (let chunk = writer.next(100); chunk !== undefined; chunk = writer.next(100)) {
      restore.feed(chunk);
    }
    while (!restore.finish(1));
    for (const machine of [restored, follower(leader.log)]) {
      for (const at of [queue, path('/elections/e')]) {
        const [found, wanted] = [machine, leader.machine].map((one) => one.lockQueue(at));
        assert.ok(found !== undefined && wanted !== undefined);
        assert.deepEqual(found.contenders, wanted.contenders);
        assert.equal(found.holders, wanted.holders);
        assert.deepEqual([...found.traits].sort(), [...wanted.traits].sort());
      }
    }
    assert.deepEqual(holdersOf(restored), [keyOf(2)]);
  });

  it('judge as a naive model does, whatever is in flight', () => {
    const lock = fc.integer({ min: 1, max: 6 });
    const step = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({
          do: fc.constant('enter' as const),
          lock,
          tries: fc.boolean(),
          kind: fc.integer({ min: 0, max: 9 }),
        }),
      },
      { weight: 4, arbitrary: fc.record({ do: fc.constant('leave' as const), lock }) },
      {
        weight: 3,
        arbitrary: fc.record({
          do: fc.constant('commit' as const),
          count: fc.integer({ min: 1, max: 4 }),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          do: fc.constant('stranger' as const),
          name: fc.constantFrom('n-', 'lock-', '__lock__'),
        }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('strangerGoes' as const) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const leader = leaderWith(me);
        const model = new NaiveQueue();
        for (const each of steps) {
          switch (each.do) {
            case 'enter': {
              const as = kinds[each.kind % kinds.length] ?? {};
              const request = acquire(each.lock, { ...as, tryOnly: each.tries });
              const zxid = leader.nextZxid;
              const prepared = leader.prepare(request, { session: me });
              const wanted = model.enter(each.lock, as, { tries: each.tries, zxid });
              assert.equal(prepared.kind === 'refused' ? prepared.code : prepared.kind, wanted);
              break;
            }
            case 'leave': {
              const prepared = leader.prepare(release(each.lock));
              const wanted = model.leave(each.lock);
              assert.equal(prepared.kind === 'refused' ? prepared.code : prepared.kind, wanted);
              break;
            }
            case 'commit':
              leader.commit(each.count);
              break;
            case 'stranger': {
              const made = create(`/locks/q/${each.name}`, { sequential: true });
              const zxid = leader.nextZxid;
              if (leader.prepare(single(made)).kind === 'txn') model.stranger(each.name, zxid);
              break;
            }
            case 'strangerGoes': {
              const name = model.strangerGoes();
              if (name !== undefined) leader.propose(single(remove(`/locks/q/${name}`)));
            }
          }
          for (const { zxid } of model.places) {
            const prepared = leader.prepare(single(guard(zxid)));
            assert.equal(prepared.kind === 'nothing', model.holds(zxid), 'who holds');
          }
        }
        leader.commit();
        const found = leader.machine.lockQueue(queue);
        const numbers = (found?.contenders ?? []).map(({ sequence }) => sequence);
        assert.deepEqual(
          numbers,
          model.places.map(({ sequence }) => sequence),
        );
        assert.equal(
          found?.holders ?? 0,
          model.places.filter(({ zxid }) => model.holds(zxid)).length,
        );
        assert.equal(found?.isMixed ?? false, model.isMixed);
      }),
      { numRuns: 300 },
    );
  });
});

type As = Partial<Pick<AcquireLockRequest, 'mode' | 'permits' | 'dialect'>>;

const kinds: As[] = [
  {},
  {},
  { mode: 'read' },
  { mode: 'read' },
  { dialect: 'kazoo' },
  { mode: 'semaphore', permits: 2 },
  { mode: 'semaphore', permits: 3 },
];

interface Place {
  readonly lock: number;
  readonly name: string;
  readonly kind: string;
  readonly mode: string;
  readonly permits: number;
  readonly sequence: number;
  readonly zxid: Zxid;
}

/** One list, in the order in which they came. */
class NaiveQueue {
  places: Place[] = [];
  #creates = 0;

  get isMixed(): boolean {
    return new Set(this.places.map(({ kind }) => kind)).size > 1 || this.#has('foreign');
  }

  #has(kind: string): boolean {
    return this.places.some((place) => place.kind === kind);
  }

  enter(lock: number, as: As, { tries, zxid }: { tries: boolean; zxid: Zxid }): string {
    const mode = as.mode ?? 'exclusive';
    const known = this.places.find((place) => place.lock === lock);
    if (known !== undefined) {
      const isSame =
        known.mode === mode &&
        known.permits === (as.permits ?? 1) &&
        (as.dialect === undefined || known.kind === as.dialect);
      return isSame ? 'replay' : 'keyReused';
    }
    const dialect = as.dialect ?? (this.#has('kazoo') ? 'kazoo' : 'curator');
    const kind = mode === 'semaphore' ? `semaphore ${String(as.permits)}` : dialect;
    if (this.places.some((place) => place.kind !== kind)) return 'lockMixed';
    const place = {
      lock,
      name: '',
      kind,
      mode,
      permits: as.permits ?? 1,
      sequence: this.#creates,
      zxid,
    };
    const before = this.places;
    this.places = [...before, place];
    const isHeld = this.places.every((each) => this.holds(each.zxid));
    if (tries && !isHeld) {
      this.places = before;
      return 'lockHeld';
    }
    this.#creates++;
    return 'txn';
  }

  leave(lock: number): string {
    if (!this.places.some((place) => place.lock === lock)) return 'lockLost';
    this.places = this.places.filter((place) => place.lock !== lock);
    return 'txn';
  }

  stranger(prefix: string, zxid: Zxid): void {
    const kind = { 'lock-': 'curator', __lock__: 'kazoo' }[prefix] ?? 'foreign';
    const sequence = this.#creates++;
    const name = prefix + String(sequence).padStart(10, '0');
    const plain = { lock: 0, mode: 'exclusive', permits: 1 };
    this.places = [...this.places, { ...plain, name, kind, sequence, zxid }];
  }

  strangerGoes(): string | undefined {
    const gone = this.places.find(({ lock }) => lock === 0);
    this.places = this.places.filter((place) => place !== gone);
    return gone?.name;
  }

  /** By the words of the rule: first, or no writer before a reader, or among the first so many. */
  holds(zxid: Zxid): boolean {
    const index = this.places.findIndex((place) => zxidEquals(place.zxid, zxid));
    const own = this.places[index];
    if (own === undefined || index === 0) return index === 0;
    const before = this.places.slice(0, index);
    if (before.some(({ mode }) => mode !== own.mode)) return false;
    return own.mode === 'read' || (own.mode === 'semaphore' && index < own.permits);
  }
}
