import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openAcl } from '../../../../src/model/acl.ts';
import type { ZnodePath } from '../../../../src/model/path.ts';
import type { ZnodeFacts } from '../../../../src/state/prepare/pending-txns.ts';
import { TouchedZnodes } from '../../../../src/state/prepare/touched-znodes.ts';
import { path } from '../../../support/model/requests.ts';
import { Leader } from '../../../support/state/leader.ts';

const stat = new Leader().stat('/');
assert(stat);
const facts: ZnodeFacts = { stat, creates: 0, acl: openAcl, owned: { kind: 'persistent' } };

describe('touched znodes', () => {
  it('are what a Map would hold, few or many, in the order of the first touch', () => {
    const touch = fc.record({ name: fc.nat({ max: 30 }), isGone: fc.boolean() });
    fc.assert(
      fc.property(fc.array(touch, { maxLength: 60 }), (touches) => {
        const touched = new TouchedZnodes();
        const expected = new Map<ZnodePath, ZnodeFacts | undefined>();
        for (const [index, { name, isGone }] of touches.entries()) {
          const at = path(`/n${String(name)}`);
          const after = isGone ? undefined : { ...facts, creates: index };
          touched.set(at, after);
          expected.set(at, after);
          assert.equal(touched.has(at), true);
          assert.equal(touched.get(at), after);
        }
        assert.deepEqual(
          touched.paths.map((at, place) => [at, touched.at(place)]),
          [...expected],
        );
        assert.equal(touched.has(path('/absent')), false);
        assert.equal(touched.get(path('/absent')), undefined);
      }),
    );
  });
});
