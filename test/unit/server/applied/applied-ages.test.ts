import assert from 'node:assert/strict';
import { zeroZxid, zxid } from '../../../../src/model/zxid.ts';
import { AppliedAges } from '../../../../src/server/applied/applied-ages.ts';

const day = 24 * 60 * 60 * 1_000;
const minute = 60_000;

describe('the ages of what is applied', () => {
  it('are known to the minute, and never taken for more than they are', () => {
    const ages = new AppliedAges(day);
    ages.note(zxid(1, 1), 0);
    ages.note(zxid(1, 2), minute - 1);
    ages.note(zxid(1, 3), minute);
    ages.note(zxid(2, 1), 5 * minute);
    ages.note(zxid(2, 1), day - 1);
    assert.deepEqual(ages.agedUpTo, zeroZxid);
    ages.note(zxid(2, 1), day);
    assert.deepEqual(ages.agedUpTo, zxid(1, 1));
    ages.note(zxid(2, 1), day + 4 * minute);
    assert.deepEqual(ages.agedUpTo, zxid(1, 3));
    ages.note(zxid(2, 1), 2 * day);
    assert.deepEqual(ages.agedUpTo, zxid(2, 1));
  });

  it('begin anew with the process: what was found in the log is as young as that', () => {
    const ages = new AppliedAges(day);
    ages.note(zxid(7, 1_000), 3 * day);
    assert.deepEqual(ages.agedUpTo, zeroZxid);
    ages.note(zxid(7, 1_001), 4 * day);
    assert.deepEqual(ages.agedUpTo, zxid(7, 1_000));
  });
});
