import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sortInSteps } from '../../../../../src/frontends/zookeeper/words/parts.ts';

describe('what is sorted in steps', () => {
  it('is sorted, whatever there is of it', () => {
    const few = fc.array(fc.nat(), { maxLength: 5 });
    const many = fc.array(fc.nat(), { minLength: 500, maxLength: 3_000, size: 'max' });
    fc.assert(
      fc.property(fc.oneof(few, many), (numbers) => {
        const steps = sortInSteps(numbers, (left, right) => left < right);
        let step = steps.next();
        while (step.done !== true) step = steps.next();
        assert.deepEqual(
          step.value,
          numbers.toSorted((left, right) => left - right),
        );
      }),
      { numRuns: 30 },
    );
  });
});
