import assert from 'node:assert/strict';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { until } from '../support/until.ts';

describe('signals', () => {
  let ensemble: TestEnsemble | undefined;

  after(async () => {
    await ensemble?.stop();
  });

  it('without a use are logged, end nothing, and open no debugger', async () => {
    ensemble = await startEnsemble({ peers: 1 });
    const peer = ensemble.peer(1);
    for (const signal of ['SIGUSR1', 'SIGUSR2'] as const) {
      peer.signal(signal);
      await until(`${signal} to be logged`, () => peer.log.includes(`"signal":"${signal}"`));
    }
    await peer.ready();
    assert.doesNotMatch(peer.log, /Debugger listening/);
    assert.equal(await peer.end('SIGTERM'), 0);
  });
});
