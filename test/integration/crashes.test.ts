import assert from 'node:assert/strict';
import { put } from '../support/client.ts';
import { borrowEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { sameEverywhere, synchronization, writeMany } from '../support/rejoining.ts';
import { until } from '../support/until.ts';

describe('kill -9', function () {
  this.timeout(120_000);
  let ensemble: TestEnsemble;

  before(async () => {
    ensemble = await borrowEnsemble();
  });

  beforeEach(async () => {
    for (const peer of ensemble.peers) if (!peer.isRunning) peer.start();
    await ensemble.ready();
  });

  after(async () => {
    await ensemble.stop();
  });

  it('of a peer: when it comes back it gets what it missed by DIFF', async () => {
    const leader = await ensemble.leader();
    await put(leader, '/missed', '');
    const follower = ensemble.peers.find((peer) => peer !== leader);
    assert.ok(follower !== undefined);
    await follower.end('SIGKILL');
    await writeMany(leader, '/missed', 300);
    const synchronized = synchronization(ensemble, 'diff');
    follower.start();
    await follower.ready();
    await until('a DIFF', synchronized);
    await sameEverywhere(ensemble, '/missed');
  });
});
