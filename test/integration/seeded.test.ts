import assert from 'node:assert/strict';
import { epochOfGeneration, seedDirectory } from '../../src/compose/copies/seed.ts';
import { serverId } from '../../src/model/ids.ts';
import { put } from '../support/client.ts';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { create } from '../support/model/requests.ts';
import { Leader } from '../support/state/leader.ts';
import { until } from '../support/until.ts';

describe('an ensemble of directories that were made of a copy', function () {
  this.timeout(120_000);
  let ensemble: TestEnsemble;

  beforeEach(async () => {
    ensemble = await startEnsemble({ peers: 3, start: false });
  });

  afterEach(async () => {
    await ensemble.stop();
  });

  function seed(id: number, generation = 1): string {
    const leader = new Leader();
    leader.do(create('/kept', { data: 'one' }));
    const made = seedDirectory({
      directory: ensemble.peer(id).dataDir,
      serverId: serverId(id),
      state: leader.machine,
      origin: 'a copy',
      epoch: epochOfGeneration(1, generation),
    });
    return made.clusterId;
  }

  it('is founded with the state of the copy, above every zxid of it; an emptied peer gets its data again', async () => {
    const ids = ensemble.peers.map(({ id }) => seed(id));
    for (const peer of ensemble.peers) peer.start();
    await ensemble.ready();
    const leader = await ensemble.leader();
    const { clusterId, epoch } = await leader.cluster();
    assert.deepEqual(new Set(ids), new Set([clusterId]));
    assert.ok(epoch > 65_537, String(epoch));
    assert.equal((await leader.ask('/v1/nodes/kept')).body, 'one');
    const written = await put(leader, '/new', 'two');
    assert.equal(written.status, 201);

    const emptied = ensemble.peers.find((peer) => peer !== leader) ?? leader;
    await emptied.end('SIGKILL');
    emptied.wipe();
    emptied.start();
    await emptied.ready();
    assert.equal((await emptied.ask('/v1/nodes/kept?consistency=local')).body, 'one');
    await emptied.end('SIGTERM');
    emptied.start();
    await emptied.ready();
  });

  it('is not founded by peers of two generations, nor with an empty one, and each says so', async () => {
    seed(1, 1);
    seed(2, 2);
    for (const peer of ensemble.peers) peer.start();
    for (const peer of ensemble.peers) {
      await until('word of the others', () => peer.log.includes('seedsDiffer'));
    }
    assert.match(ensemble.peer(1).log, /server 2 was made from copy/);
    assert.match(ensemble.peer(1).log, /server 3 is empty/);
    assert.match(ensemble.peer(3).log, /server 1 was made from copy/);
    assert.notEqual((await ensemble.peer(1).ask('/readyz')).status, 200);
  });
});
