import assert from 'node:assert/strict';
import { PauseDetector } from '../../../src/server/pause-detector.ts';

describe('pause detector', () => {
  it('tells of a pause once', () => {
    const pauses: number[] = [];
    const detector = new PauseDetector({
      nowMs: 0,
      thresholdMs: 500,
      onPause: (pausedMs) => pauses.push(pausedMs),
    });
    for (const nowMs of [20, 40, 540, 1_041, 1_060]) detector.look(nowMs);
    assert.deepEqual(pauses, [501]);
  });
});
