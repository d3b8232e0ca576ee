import assert from 'node:assert/strict';
import { explore } from './explore.ts';
import type { Kind } from './mishaps.ts';
import { scenarios } from './one-change.ts';

// All there is to try: `npm run exhaustive`. Here each so-many-th, from another place at each run, which is printed.

const shares: readonly (readonly [Kind, number])[] = [
  ['one', 20],
  ['crash, turn', 400],
  ['split, turn', 400],
  ['crash, split', 2_000],
];
const first = Math.floor(Math.random() * 2_000);

describe('one change of the membership, step by step', function () {
  this.timeout(60_000);

  for (const scenario of scenarios) {
    it(`comes to a good end where ${scenario.name} (from ${String(first)})`, () => {
      let all = 0;
      for (const [kind, every] of shares) {
        const { judged, broken } = explore(scenario, kind, { every, first });
        assert.deepEqual(broken, [], kind);
        all += judged;
      }
      assert.ok(all > 0);
    });
  }
});
