import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defaultLimits } from '../../../../src/model/limits.ts';
import type { AcquireLockRequest } from '../../../../src/model/request.ts';
import { zxidEquals, type Zxid } from '../../../../src/model/zxid.ts';
import { StateMachine } from '../../../../src/state/state-machine.ts';
import { create, path, remove, single } from '../../../support/model/requests.ts';
import { follower, sha256 } from '../../../support/state/leader.ts';
import {
  queue,
  me,
  other,
  keyOf,
  acquire,
  release,
  guard,
  holdersOf,
  leaderWith,
} from '../../../support/state/locks.ts';

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
