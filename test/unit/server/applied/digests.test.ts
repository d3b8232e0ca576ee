import assert from 'node:assert/strict';
import type { StateDigest } from '../../../../src/model/peer-message.ts';
import { zxid } from '../../../../src/model/zxid.ts';
import {
  compareStates,
  StateDigests,
  type DigestibleState,
} from '../../../../src/server/applied/digests.ts';

const amounts = (digest: string, lastTimeMs = 0): DigestibleState => ({
  lastTimeMs,
  digest: () => digest,
});

describe('state digests', () => {
  it('are taken at the same zxids by every peer: by count, by time, and where an epoch begins', () => {
    const digests = new StateDigests(10, 1_000);
    digests.applied(zxid(1, 1), amounts('epoch'), undefined);
    for (let counter = 2; counter <= 25; counter++) {
      digests.applied(
        zxid(1, counter),
        amounts(`d${String(counter)}`, 70 * counter),
        70 * (counter - 1),
      );
    }
    assert.deepEqual(digests.recent, [
      { zxid: zxid(1, 10), digest: 'd10' },
      { zxid: zxid(1, 20), digest: 'd20' },
    ]);
    const now = { zxid: zxid(1, 25), digest: 'd25' };
    assert.deepEqual(
      digests.all(now).map(({ digest }) => digest),
      ['epoch', 'd15', 'd10', 'd20', 'd25'],
    );
  });

  const at = (digest: string): StateDigest => ({ zxid: zxid(1, 2), digest });
  const told = (...digests: string[]): { id: number; digests: StateDigest[] }[] =>
    digests.map((digest, index) => ({ id: index + 2, digests: [at(digest)] }));

  for (const { title, theirs, verdict } of [
    { title: 'nobody differs', theirs: ['a', 'a'], verdict: undefined },
    { title: 'one of three differs', theirs: ['a', 'b'], verdict: 'right' },
    { title: 'the two others agree', theirs: ['b', 'b'], verdict: 'astray' },
    { title: 'there are only two', theirs: ['b'], verdict: 'undecided' },
    { title: 'two stand against two', theirs: ['a', 'b', 'b'], verdict: 'undecided' },
    { title: 'all of three differ', theirs: ['b', 'c'], verdict: 'undecided' },
  ] as const) {
    it(`say ${verdict ?? 'nothing'} where ${title}`, () => {
      assert.equal(compareStates([at('a')], told(...theirs))?.verdict, verdict);
    });
  }

  it('name the zxid at which states part, and who has the other one', () => {
    const ours = [{ zxid: zxid(1, 1), digest: 'same' }, at('a')];
    const theirs = [
      { id: 2, digests: [{ zxid: zxid(1, 1), digest: 'same' }, at('b')] },
      { id: 3, digests: [{ zxid: zxid(2, 2), digest: 'of another epoch' }] },
    ];
    assert.deepEqual(compareStates(ours, theirs), {
      zxid: zxid(1, 2),
      verdict: 'undecided',
      others: [2],
    });
  });
});
