import assert from 'node:assert/strict';
import fc from 'fast-check';
import { serverId, type Nonce, type ServerId } from '../../../src/model/ids.ts';
import type { Membership } from '../../../src/model/membership.ts';
import { isQuorum, majorityOf, quorumReached } from '../../../src/zab/quorum.ts';
import { voters } from '../../support/zab/logs.ts';

const nonces = ['', 'a', 'b'].map((nonce) => nonce as Nonce);
const anIdentity = fc.record({
  id: fc.integer({ min: 1, max: 6 }).map(serverId),
  nonce: fc.constantFrom(...nonces),
});
const aMembership: fc.Arbitrary<Membership> = fc
  .uniqueArray(anIdentity, { minLength: 1, maxLength: 6, selector: ({ id }) => id })
  .map((list) => ({ clusterId: 'c', voters: list }));
const someProgress = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 1, max: 6 }).map(serverId),
    nonce: fc.constantFrom(...nonces),
    reached: fc.integer({ min: 0, max: 5 }),
  }),
  { maxLength: 6, selector: ({ id }) => id },
);

/** By the definition: more than half of the seats, and an empty seat is nobody. */
function holdsMajority(
  { voters: seats }: Membership,
  present: ReadonlyMap<ServerId, Nonce>,
): boolean {
  const held = seats.filter(({ id, nonce }) => nonce !== '' && present.get(id) === nonce);
  return 2 * held.length > seats.length;
}

describe('quorums', () => {
  it('are majorities: of 1 to 7', () => {
    assert.deepEqual([1, 2, 3, 4, 5, 6, 7].map(majorityOf), [1, 2, 2, 3, 3, 4, 4]);
  });

  it('are counted as brute force counts them, in every membership', () => {
    fc.assert(
      fc.property(
        fc.array(aMembership, { maxLength: 3 }),
        someProgress,
        (memberships, progress) => {
          const present = new Map(progress.map(({ id, nonce }) => [id, nonce]));
          const expected =
            memberships.length > 0 && memberships.every((m) => holdsMajority(m, present));
          assert.equal(isQuorum(memberships, present), expected);
        },
      ),
    );
  });

  it('have reached the highest number that a quorum of every membership has', () => {
    fc.assert(
      fc.property(
        fc.array(aMembership, { maxLength: 3 }),
        someProgress,
        (memberships, progress) => {
          const reachedBy = (number: number): ReadonlyMap<ServerId, Nonce> =>
            new Map(
              progress
                .filter(({ reached }) => reached >= number)
                .map(({ id, nonce }) => [id, nonce]),
            );
          const numbers = [5, 4, 3, 2, 1, 0];
          const expected = numbers.find((number) => isQuorum(memberships, reachedBy(number))) ?? -1;
          assert.equal(quorumReached(memberships, progress), expected);
        },
      ),
    );
  });

  it('intersect in an identity', () => {
    const all = [1, 2, 3, 4, 5].map((id) => serverId(id));
    const five = [voters('n1', 'n2', 'n3', 'n4', 'n5')];
    const of = (ids: readonly ServerId[]): ReadonlyMap<ServerId, Nonce> =>
      new Map(ids.map((id) => [id, `n${String(id)}` as Nonce]));
    fc.assert(
      fc.property(fc.subarray(all), fc.subarray(all), (left, right) => {
        if (!isQuorum(five, of(left)) || !isQuorum(five, of(right))) return;
        assert.ok(left.some((id) => right.includes(id)));
      }),
    );
  });
});
