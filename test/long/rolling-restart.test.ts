import assert from 'node:assert/strict';
import { localChildren, put, synced } from '../support/client.ts';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { parent, writersAt } from '../support/load/door-writers.ts';
import { until } from '../support/until.ts';

describe('a rolling restart under load', function () {
  this.timeout(180_000);
  let ensemble: TestEnsemble;

  before(async () => {
    ensemble = await startEnsemble({ peers: 3, grpc: true, zookeeper: true });
    const made = await put(await ensemble.leader(), parent, '');
    assert.equal(made.status, 201);
  });

  after(async () => {
    await ensemble.stop();
  });

  it('refuses no write of any door, and loses none that was acknowledged', async () => {
    const { peers } = ensemble;
    const writers = writersAt(peers);
    const written = (): number =>
      writers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0);
    const moreWritten = async (): Promise<void> => {
      const before = written();
      await until('more to be written', () => written() > before + 100);
    };
    await moreWritten();
    // The leader among them, and whoever leads after it.
    for (const peer of peers) {
      assert.equal(await peer.end('SIGTERM'), 0, peer.log.slice(-2_000));
      await moreWritten();
      peer.start();
      await peer.ready();
      await moreWritten();
    }
    await Promise.all(writers.map((writer) => writer.stop()));

    assert.deepEqual(
      writers.flatMap(({ refused }) => refused),
      [],
    );
    const acknowledged = writers.flatMap((writer) => writer.acknowledged);
    for (const peer of peers) {
      await synced(peer);
      const found = await localChildren(peer, parent);
      assert.deepEqual(
        acknowledged.filter((name) => !found.has(name)),
        [],
        `lost at peer ${String(peer.id)}`,
      );
    }
    assert.ok(peers.some(({ log }) => log.includes('"event":"handedOver"')));
  });
});
