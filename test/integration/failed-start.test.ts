import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';

describe('a peer that cannot start', function () {
  this.timeout(60_000);
  let ensemble: TestEnsemble;
  let holder: Server | undefined;

  afterEach(async () => {
    await ensemble.stop();
    const server = holder;
    holder = undefined;
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  });

  it('names the port that is taken, and ends', async () => {
    ensemble = await startEnsemble({ peers: 1, start: false });
    const peer = ensemble.peer(1);
    const port = Number(new URL(peer.http).port);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    holder = server;
    peer.start();
    assert.equal(await peer.ended(), 1);
    assert.match(
      peer.log,
      new RegExp(`^quoll: Port ${String(port)} of 127\\.0\\.0\\.1 is taken$`, 'm'),
    );
    assert.match(peer.log, /^ {2}.*--http-port/m);
  });

  it('leaves a data directory alone that another process uses', async () => {
    ensemble = await startEnsemble({ peers: 1 });
    const [first] = ensemble.peers;
    assert.ok(first !== undefined);
    const other = await startEnsemble({ peers: 1, start: false });
    try {
      const second = other.peer(1);
      second.rewriteConfig((text) => text.replace(second.dataDir, first.dataDir));
      second.start();
      assert.equal(await second.ended(), 70);
      assert.match(second.log, /Another process is using .* Its data is safe/);
      assert.equal((await fetch(`${first.http}/readyz`)).status, 200);
    } finally {
      await other.stop();
    }
  });
});
