import assert from 'node:assert/strict';
import { OrderedIds } from '../../../../src/state/tree/ordered-ids.ts';

describe('ids in order of names', () => {
  const count = 20_000;
  const name = (id: number): string => `n${String(id).padStart(8, '0')}`;

  function filled(): { readonly ids: OrderedIds; readonly compared: () => number } {
    let comparisons = 0;
    const ids = new OrderedIds((id, text) => {
      comparisons++;
      return name(id) < text ? -1 : name(id) > text ? 1 : 0;
    });
    for (let id = 1; id <= count; id++) ids.insert(id, name(id));
    return {
      ids,
      compared: () => {
        const since = comparisons;
        comparisons = 0;
        return since;
      },
    };
  }

  it('are found without a search when they come in order, from the first or from the last', () => {
    const { ids, compared } = filled();
    const inserting = compared();
    for (let id = 1; id <= count / 2; id++) ids.remove(name(id));
    for (let id = count; id > count / 2 + 100; id--) ids.remove(name(id));
    const removing = compared();
    // Eight find a place within a run of 256; a search among all the runs would be another six.
    assert.ok(inserting < 12 * count, String(inserting));
    assert.ok(removing < 12 * count, String(removing));
    const left = Array.from({ length: 100 }, (_, index) => count / 2 + 1 + index);
    assert.deepEqual(ids.page(undefined, 200), left);
  });

  it('come and go at both ends of a run', () => {
    const { ids } = filled();
    for (const id of [1, 256, 257, count]) {
      ids.remove(name(id));
      assert.ok(!ids.page(undefined, count).includes(id));
      ids.insert(id, name(id));
    }
    assert.deepEqual(
      ids.page(undefined, count),
      Array.from({ length: count }, (_, index) => index + 1),
    );
  });
});
