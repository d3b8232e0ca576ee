import assert from 'node:assert/strict';
import { zxid } from '../../../../src/model/zxid.ts';
import { LogRetention } from '../../../../src/server/bulk/log-retention.ts';
import { defaultServerTuning } from '../../../../src/server/tuning.ts';

describe('log retention', () => {
  const tuning = { ...defaultServerTuning, keepTxns: 1_000, keepMs: 10_000, keepBytesMax: 1e6 };

  function filled(bytesEach: number, msEach: number): LogRetention {
    const retention = new LogRetention(tuning);
    for (let counter = 1; counter <= 5_000; counter++) {
      retention.add(zxid(1, counter), bytesEach, counter * msEach);
    }
    return retention;
  }

  it('keeps what is young or near, whichever is more', () => {
    // 5,000 entries in 50 s: the last 10 s are 1,000 entries too.
    assert.equal(filled(10, 10).forgettable(zxid(1, 5_000), 50_000)?.upTo.counter, 4_000);
    // In 5 s: everything is young.
    assert.equal(filled(10, 1).forgettable(zxid(1, 5_000), 5_000), undefined);
    // In 500 s: the count decides.
    assert.equal(filled(10, 100).forgettable(zxid(1, 5_000), 500_000)?.upTo.counter, 4_000);
  });

  it('counts what the log held at the start like what comes after it', () => {
    const retention = new LogRetention(tuning);
    const marks = [1, 2, 3].map((mark) => ({
      zxid: zxid(1, mark * 1_000),
      entries: mark * 1_000,
      bytes: mark * 500_000,
    }));
    retention.found(marks, 0);
    assert.equal(retention.bytes, 1_500_000);
    const found = retention.forgettable(zxid(1, 3_000), 0);
    assert.deepEqual(found, { upTo: zxid(1, 1_000), byCap: true });
    retention.add(zxid(2, 1), 100, 0);
    retention.forgotten(found.upTo);
    assert.equal(retention.bytes, 1_000_100);
  });

  it('never goes above the snapshot', () => {
    assert.equal(filled(10, 100).forgettable(zxid(1, 2_100), 500_000)?.upTo.counter, 2_000);
    assert.equal(filled(10, 100).forgettable(zxid(1, 100), 500_000), undefined);
  });

  it('keeps within the cap, and says that it was the cap', () => {
    const retention = filled(1_000, 1);
    const found = retention.forgettable(zxid(1, 5_000), 5_000);
    assert.equal(found?.byCap, true);
    retention.forgotten(found.upTo);
    assert.ok(retention.bytes <= tuning.keepBytesMax, String(retention.bytes));
    assert.ok(retention.bytes > tuning.keepBytesMax - 1_000_000, String(retention.bytes));
  });
});
