import assert from 'node:assert/strict';
import { Backlog, entryOverheadBytes } from '../../../src/zab/backlog.ts';

describe('the backlog of an epoch', () => {
  it('says how much there is up to a counter, never too much and not much too little', () => {
    const backlog = new Backlog(256 * 1_048_576);
    const sums = [0];
    for (let counter = 1; counter <= 5_000; counter++) {
      const bytes = (counter * 7_919) % 3_000;
      backlog.proposed(counter, bytes);
      sums.push((sums.at(-1) ?? 0) + bytes + entryOverheadBytes);
    }
    assert.equal(backlog.bytes, sums.at(-1));
    for (const [counter, sum] of sums.entries()) {
      const said = backlog.bytesUpTo(counter);
      assert.ok(said <= sum && said > sum - 70_000, `${String(counter)}: ${String(said)}`);
    }
  });

  it('forgets what lies further back than anybody may, whatever was proposed', () => {
    const backlog = new Backlog(10_000_000);
    for (let counter = 1; counter <= 1_000; counter++) backlog.proposed(counter, 1_000_000);
    assert.equal(backlog.bytesUpTo(100), Number.NEGATIVE_INFINITY);
    assert.ok(backlog.bytes - backlog.bytesUpTo(995) < 6_100_000);
  });
});
