import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { put } from '../support/client.ts';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { until } from '../support/until.ts';

describe('an ensemble of four', function () {
  this.timeout(120_000);
  let ensemble: TestEnsemble;

  after(async () => {
    await ensemble.stop();
  });

  it('runs as four voters with zoo.cfg and myid, started one after the other', async () => {
    ensemble = await startEnsemble({ peers: 4, start: false });
    for (const peer of ensemble.peers) {
      // myid instead of a setting of ours, as in the notes that ZooKeeper's users keep.
      mkdirSync(peer.dataDir, { recursive: true, mode: 0o700 });
      writeFileSync(join(peer.dataDir, 'myid'), `${String(peer.id)}\n`);
      peer.rewriteConfig((text) =>
        text.replace(/^quoll\.serverId=.*\n/m, 'initLimit=5\nsyncLimit=2\n'),
      );
    }
    const [first] = ensemble.peers;
    assert.ok(first !== undefined);
    first.start();
    await until('to be told who is missing', async () => {
      const response = await fetch(`${first.http}/readyz`);
      return response.status === 503 && (await response.text()).includes('server 2, 3, 4');
    });
    for (const peer of ensemble.peers) {
      if (peer !== first) peer.start();
      await until('an open door', async () => (await fetch(`${peer.http}/livez`)).status === 200);
    }
    await ensemble.ready();
    assert.equal((await put(first, '/four', 'voters')).status, 201);

    // Three of four are a quorum, two are not.
    const leader = await ensemble.leader();
    const others = ensemble.peers.filter((peer) => peer !== leader);
    await leader.end('SIGKILL');
    const [survivor, next] = others;
    assert.ok(survivor !== undefined && next !== undefined);
    await until('a write by three of four', async () => (await put(survivor, '/three', '')).ok);
    await next.end('SIGKILL');
    // Long enough for an election: two that took themselves for a quorum would write it.
    await until('a refusal by two of four', async () => {
      return (await put(survivor, '/two', '', 'create&timeout=3s')).status === 503;
    });
  });
});
