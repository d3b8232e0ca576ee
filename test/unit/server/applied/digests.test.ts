import assert from 'node:assert/strict';
import { zxid } from '../../../../src/model/zxid.ts';
import { StateDigests } from '../../../../src/server/applied/digests.ts';

const amounts = (digest: string): { digest(): string } => ({ digest: () => digest });

describe('state digests', () => {
  it('are taken at the same zxids by every peer, and only there', () => {
    const digests = new StateDigests(10);
    for (let counter = 1; counter <= 25; counter++) {
      digests.applied(zxid(1, counter), amounts(`d${String(counter)}`));
    }
    assert.deepEqual(digests.recent, [
      { zxid: zxid(1, 10), digest: 'd10' },
      { zxid: zxid(1, 20), digest: 'd20' },
    ]);
  });

  it('name the zxid at which two states part, and no other', () => {
    const ours = new StateDigests(1);
    ours.applied(zxid(1, 1), amounts('same'));
    ours.applied(zxid(1, 2), amounts('ours'));
    const theirs = [
      { zxid: zxid(1, 1), digest: 'same' },
      { zxid: zxid(1, 2), digest: 'theirs' },
      { zxid: zxid(2, 2), digest: 'of another epoch' },
    ];
    assert.deepEqual(ours.contradiction(theirs), theirs[1]);
    assert.equal(ours.contradiction(theirs.slice(0, 1)), undefined);
  });
});
