import assert from 'node:assert/strict';
import { field, ZnodeRecords } from '../../../../src/state/tree/znode-records.ts';

describe('what is counted below a znode', () => {
  it('carries over 32 bits, up and down again', () => {
    const records = new ZnodeRecords();
    const id = records.addRow();
    const bytes = (): number => records.getWide(id, field.bytesBelowHigh, field.bytesBelowLow);
    for (let index = 1; index <= 5; index++) {
      records.addBelow(id, 1, 2 ** 30);
      assert.equal(bytes(), index * 2 ** 30);
    }
    records.addBelow(id, 0, 7);
    assert.equal(bytes(), 5 * 2 ** 30 + 7);
    for (let index = 4; index >= 0; index--) {
      records.addBelow(id, -1, -(2 ** 30));
      assert.equal(bytes(), index * 2 ** 30 + 7);
    }
    assert.equal(records.get(id, field.below), 0);
  });
});
