import assert from 'node:assert/strict';
import { zxid } from '../../../../src/model/zxid.ts';
import { AppliedWaiters, type AppliedWaiter } from '../../../../src/server/applied/waiters.ts';
import { Prng } from '../../../sim/prng.ts';

/** One that does this when it is told. */
function waiter(
  applied: (...told: Parameters<AppliedWaiter['applied']>) => unknown,
): AppliedWaiter {
  return { applied };
}

describe('applied waiters', () => {
  it('are told of their own outcome, in order', () => {
    const waiters = new AppliedWaiters();
    const told: string[] = [];
    const outcome = { zxid: zxid(1, 2), results: [], branch: 'ops', replayed: false } as const;
    waiters.add(
      zxid(1, 2),
      waiter((fate, got) => told.push(`two ${fate} ${String(got === outcome)}`)),
    );
    waiters.add(
      zxid(1, 1),
      waiter((fate, got) => told.push(`one ${fate} ${String(got === undefined)}`)),
    );
    waiters.add(
      zxid(1, 3),
      waiter(() => told.push('three')),
    );
    waiters.applied(zxid(1, 1), undefined);
    waiters.applied(zxid(1, 2), outcome);
    assert.deepEqual(told, ['one applied true', 'two applied true']);
    assert.equal(waiters.size, 1);
  });

  it('have vanished once a later epoch is applied without them', () => {
    const waiters = new AppliedWaiters();
    const told: string[] = [];
    waiters.add(
      zxid(1, 5),
      waiter((fate) => told.push(fate)),
    );
    waiters.add(
      zxid(2, 1),
      waiter((fate) => told.push(fate)),
    );
    waiters.applied(zxid(2, 1), undefined);
    assert.deepEqual(told, ['vanished', 'applied']);
  });

  it('do not know what a snapshot of a later epoch holds', () => {
    const waiters = new AppliedWaiters();
    const told: string[] = [];
    waiters.add(
      zxid(1, 5),
      waiter((fate) => told.push(fate)),
    );
    waiters.add(
      zxid(2, 1),
      waiter((fate) => told.push(fate)),
    );
    waiters.add(
      zxid(2, 9),
      waiter(() => told.push('too early')),
    );
    waiters.replaced(zxid(2, 4));
    assert.deepEqual(told, ['unknown', 'applied']);
  });

  it('can leave', () => {
    const waiters = new AppliedWaiters();
    const waiting = waiters.add(
      zxid(9, 9),
      waiter(() => {
        throw new Error('it left');
      }),
    );
    waiters.leave(waiting);
    waiters.leave(waiting);
    waiters.applied(zxid(9, 9), undefined);
    assert.equal(waiters.size, 0);
  });

  it('keep their order, whatever the order they came in and whoever leaves', () => {
    const random = new Prng(7);
    const waiters = new AppliedWaiters();
    const told: string[] = [];
    const expected: { readonly counter: number; readonly order: number }[] = [];
    for (let order = 0; order < 10_000; order++) {
      const counter = 1 + random.below(500);
      const waiting = waiters.add(
        zxid(1, counter),
        waiter(() => told.push(`${String(counter)}.${String(order)}`)),
      );
      if (random.chance(0.7)) waiters.leave(waiting);
      else expected.push({ counter, order });
    }
    assert.equal(waiters.size, expected.length);
    for (let counter = 1; counter <= 500; counter++) waiters.applied(zxid(1, counter), undefined);
    expected.sort((a, b) => a.counter - b.counter || a.order - b.order);
    assert.deepEqual(
      told,
      expected.map(({ counter, order }) => `${String(counter)}.${String(order)}`),
    );
    assert.equal(waiters.size, 0);
  });

  it('keep their order in line and beside it', () => {
    const random = new Prng(8);
    const waiters = new AppliedWaiters();
    const told: string[] = [];
    const expected: { readonly counter: number; readonly order: number }[] = [];
    let applied = 0;
    let proposed = 0;
    for (let order = 0; order < 10_000; order++) {
      if (random.chance(0.5)) proposed++;
      const isNext = random.chance(0.7);
      const counter = Math.max(applied + 1, isNext ? proposed : applied + random.below(30));
      const one = waiter(() => told.push(`${String(counter)}.${String(order)}`));
      if (isNext || random.chance(0.5)) waiters.lineUp(zxid(1, counter), one);
      else waiters.add(zxid(1, counter), one);
      expected.push({ counter, order });
      if (random.chance(0.4)) waiters.applied(zxid(1, ++applied), undefined);
    }
    while (waiters.size > 0) waiters.applied(zxid(1, ++applied), undefined);
    expected.sort((a, b) => a.counter - b.counter || a.order - b.order);
    assert.deepEqual(
      told,
      expected.map(({ counter, order }) => `${String(counter)}.${String(order)}`),
    );
  });

  it('may leave when they have been told, and it changes nothing', () => {
    const waiters = new AppliedWaiters();
    const waiting = waiters.add(
      zxid(1, 1),
      waiter(() => undefined),
    );
    waiters.add(
      zxid(1, 2),
      waiter(() => undefined),
    );
    waiters.applied(zxid(1, 1), undefined);
    waiters.leave(waiting);
    assert.equal(waiters.size, 1);
  });
});
