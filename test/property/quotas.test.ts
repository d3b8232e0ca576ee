import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { TreeOp } from '../../src/model/request.ts';
import { create, multi, remove, set } from '../support/model/requests.ts';
import {
  bytes,
  closeSession,
  follower,
  Leader,
  openSession,
  sessionId,
} from '../support/state/leader.ts';

// What the stats of quotas say, against a recount of the whole tree after every txn.

const paths = ['/a', '/a/b', '/a/b/c', '/a/bc', '/a/b/c/d', '/x', '/x/y', '/ab'];
const quotas = ['/a', '/a/b', '/a/b/c', '/x', '/none'];
const session = sessionId(1);

const data = fc.integer({ min: 0, max: 5 }).map((length) => 'x'.repeat(length));
const at = fc.constantFrom(...paths);
const change: fc.Arbitrary<TreeOp> = fc.oneof(
  fc
    .record({
      path: at,
      text: data,
      kind: fc.constantFrom('persistent', 'ephemeral', 'container'),
      parents: fc.boolean(),
      sequential: fc.boolean(),
    })
    .map(({ path, text, ...more }) => create(path, { ...more, data: bytes(text) })),
  fc.tuple(at, data).map(([path, text]) => set(path, text)),
  fc.tuple(at, fc.boolean()).map(([path, recursive]) => remove(path, { recursive })),
);
type Step =
  | { readonly step: 'change'; readonly ops: readonly TreeOp[] }
  | { readonly step: 'limits' | 'stats'; readonly of: string; readonly add: boolean }
  | { readonly step: 'endSession' };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      step: fc.constant('change' as const),
      ops: fc.array(change, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      step: fc.constantFrom('limits' as const, 'stats' as const),
      of: fc.constantFrom(...quotas),
      add: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ step: 'endSession' } as const) },
);

type Sizes = ReadonlyMap<string, number>;

function sizesBelow(leader: Leader, top: string): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const name of leader.children(top)) {
    const path = `${top === '/' ? '' : top}/${name}`;
    if (path === '/zookeeper') continue;
    sizes.set(path, leader.stat(path)?.dataLength ?? 0);
    for (const [below, size] of sizesBelow(leader, path)) sizes.set(below, size);
  }
  return sizes;
}

/** What the stats must say: ZooKeeper's rule, by comparing the tree before a txn with the tree after it. */
class Expectation {
  readonly limits = new Set<string>();
  readonly stats = new Map<string, { count: number; bytes: number }>();

  begin(of: string, sizes: Sizes): void {
    const covered = [...sizes].filter(([path]) => path === of || path.startsWith(`${of}/`));
    const total = covered.reduce((sum, [, size]) => sum + size, 0);
    this.stats.set(of, { count: covered.length, bytes: total });
  }

  changed(before: Sizes, after: Sizes): void {
    for (const path of new Set([...before.keys(), ...after.keys()])) {
      const innermost = [...this.limits]
        .filter((of) => path === of || path.startsWith(`${of}/`))
        .sort((left, right) => right.length - left.length)[0];
      const stats = this.stats.get(innermost ?? '');
      if (stats === undefined) continue;
      stats.count += Number(after.has(path)) - Number(before.has(path));
      stats.bytes += (after.get(path) ?? 0) - (before.get(path) ?? 0);
    }
  }
}

function run(leader: Leader, expectation: Expectation, done: Step): void {
  const sizes = sizesBelow(leader, '/');
  if (done.step === 'endSession') {
    leader.write(closeSession(session));
    expectation.changed(sizes, sizesBelow(leader, '/'));
    leader.write(openSession(session));
    return;
  }
  const ops = done.step === 'change' ? done.ops : [quotaOp(done)];
  const context = { identities: [], session };
  if (leader.prepare(multi(ops), context).kind !== 'txn') return;
  leader.commit();
  if (done.step === 'change') expectation.changed(sizes, sizesBelow(leader, '/'));
  else if (done.step === 'limits') expectation.limits[done.add ? 'add' : 'delete'](done.of);
  else if (done.add) expectation.begin(done.of, sizes);
  else expectation.stats.delete(done.of);
}

function quotaOp({ step: which, of, add }: Extract<Step, { of: string }>): TreeOp {
  const path = `/zookeeper/quota${of}/zookeeper_${which}`;
  return add ? create(path, { parents: true }) : remove(path);
}

describe('quotas', () => {
  it('count what a recount of the whole tree counts', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 60 }), (steps) => {
        const leader = new Leader();
        leader.write(openSession(session));
        const expectation = new Expectation();
        for (const done of steps) {
          run(leader, expectation, done);
          for (const [of, { count, bytes: total }] of expectation.stats) {
            const told = leader.data(`/zookeeper/quota${of}/zookeeper_stats`);
            assert.equal(told, `count=${String(count)},bytes=${String(total)}`, of);
          }
        }
        assert.equal(leader.machine.recomputeDigest(), leader.machine.digest());
        assert.equal(follower(leader.log).digest(), leader.machine.digest());
      }),
      { numRuns: 150 },
    );
  });

  it('are kept, when told so, by all that is in flight, and refuse nothing that fits', () => {
    const limits = { count: 4, bytes: 8 };
    const limitsData = bytes(
      `countHardLimit=${String(limits.count)};byteHardLimit=${String(limits.bytes)}`,
    );
    const flight = fc.oneof(
      { weight: 4, arbitrary: fc.array(change, { minLength: 1, maxLength: 3 }) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }) },
    );
    fc.assert(
      fc.property(fc.array(flight, { minLength: 20, maxLength: 80 }), (steps) => {
        const leader = new Leader({}, { enforceQuota: true });
        leader.write(openSession(session));
        for (const of of ['/a', '/a/b', '/x']) {
          const at = `/zookeeper/quota${of}`;
          leader.do(create(`${at}/zookeeper_limits`, { data: limitsData, parents: true }));
          leader.do(create(`${at}/zookeeper_stats`));
        }
        for (const taken of steps) {
          if (typeof taken === 'number') {
            leader.commit(Math.min(taken, leader.inFlight.length));
            for (const of of ['/a', '/a/b', '/x']) assertWithin(leader, of, limits);
            continue;
          }
          const prepared = leader.prepare(multi(taken), { identities: [], session });
          if (prepared.kind !== 'refused' || prepared.code !== 'quotaExceeded') continue;
          leader.commit();
          assert.equal(leader.refusal(multi(taken), { session }).code, 'quotaExceeded');
        }
      }),
      { numRuns: 150 },
    );
  });
});

function assertWithin(leader: Leader, of: string, limits: { count: number; bytes: number }): void {
  const told = leader.data(`/zookeeper/quota${of}/zookeeper_stats`) ?? '';
  const [, count, total] = /^count=(\d+),bytes=(\d+)$/.exec(told) ?? [];
  assert(Number(count) <= limits.count && Number(total) <= limits.bytes, `${of}: ${told}`);
}
