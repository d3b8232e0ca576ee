import assert from 'node:assert/strict';
import { assertNothingLost, put, Writers } from '../support/client.ts';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { until } from '../support/until.ts';

async function moreAcknowledged(writers: Writers, count: number): Promise<void> {
  const goal = writers.acknowledged + count;
  await until(`${String(count)} more acknowledged writes`, () => writers.acknowledged >= goal);
}

describe('kill -9', function () {
  this.timeout(120_000);
  let ensemble: TestEnsemble;
  let writers: Writers | undefined;

  before(async () => {
    ensemble = await startEnsemble({ peers: 3 });
  });

  after(async () => {
    await writers?.stop();
    await ensemble.stop();
  });

  it('under load, of the leader, then of each peer in turn, then of all at once, loses nothing acknowledged', async () => {
    const { peers } = ensemble;
    assert.equal((await put(await ensemble.leader(), '/load', '')).status, 201);
    const writing = (writers = new Writers(peers, 8, '/load'));
    await moreAcknowledged(writing, 50);

    const leader = await ensemble.leader();
    await leader.end('SIGKILL');
    await moreAcknowledged(writing, 50);
    leader.start();
    await leader.ready();

    for (const peer of peers) {
      await moreAcknowledged(writing, 20);
      await peer.end('SIGKILL');
      await moreAcknowledged(writing, 20);
      peer.start();
      await peer.ready();
    }

    for (const peer of peers) peer.signal('SIGKILL');
    await Promise.all(peers.map((peer) => peer.ended()));
    for (const peer of peers) peer.start();
    await ensemble.ready();
    await moreAcknowledged(writing, 20);
    await writing.stop();
    await assertNothingLost(peers, writing, '/load');
  });
});
