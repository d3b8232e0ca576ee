import assert from 'node:assert/strict';
import { defaultServerOptions } from '../../../src/server/options.ts';
import { PauseDetector } from '../../../src/server/pause-detector.ts';
import { SimulatedEnsemble } from '../../support/simulated-ensemble.ts';

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

describe('a voter that stood still', () => {
  const { timers, tickMs } = defaultServerOptions;
  const syncLimitMs = timers.syncLimit * tickMs;

  for (const { part, leaves } of [
    { part: 0.8, leaves: false },
    { part: 1.2, leaves: true },
  ]) {
    it(`${leaves ? 'leaves' : 'keeps'} its leader after ${String(part)} of the sync limit`, async () => {
      const ensemble = await new SimulatedEnsemble(3).established();
      const [follower] = ensemble.followers;
      assert.ok(follower);
      const before = ensemble.events.length;
      follower.process.pause(part * syncLimitMs, () => undefined);
      await ensemble.pass(3 * syncLimitMs);
      const looked = ensemble.events.slice(before).filter((line) => line.includes(' looking '));
      assert.equal(looked.length, leaves ? 1 : 0, looked.join('\n'));
      assert.ok(ensemble.doAllServe);
    });
  }
});
