import assert from 'node:assert/strict';
import {
  garbagePercent,
  letGarbageGather,
  littleHeapBytes,
} from '../../../../src/adapters/system/garbage.ts';
import { HandClock } from '../../../support/hand-clock.ts';

describe('garbage of the heap', () => {
  it('may gather while little lives, and by V8’s own rules where much does', () => {
    const clock = new HandClock();
    const flags: string[] = [];
    let usedBytes = 0;
    letGarbageGather(clock, {
      usedBytes: () => usedBytes,
      setFlag: (flag) => flags.push(flag),
    });
    const gathers = `--heap-growing-percent=${String(garbagePercent)}`;
    assert.deepEqual(flags, [gathers]);
    usedBytes = littleHeapBytes;
    clock.pass(1_000);
    clock.pass(1_000);
    assert.deepEqual(flags, [gathers, '--heap-growing-percent=0'], 'told once');
    usedBytes = littleHeapBytes - 1;
    clock.pass(1_000);
    assert.deepEqual(flags.at(-1), gathers);
  });
});
