import assert from 'node:assert/strict';
import { startEnsemble, type Ensemble } from '../../src/index.ts';
import { expectStatus } from '../support/contract.ts';
import { RawConnection, statusesIn } from '../support/raw-http.ts';

describe('REST: a peer', function () {
  this.timeout(60_000);
  let ensemble: Ensemble;
  let base: string;

  before(async () => {
    ensemble = await startEnsemble({ peers: 1 });
    base = ensemble.peer(1).url;
  });

  after(async () => {
    await ensemble.stop();
  });

  it('gives up on clients that drip, and serves the others meanwhile', async () => {
    // Half of them begin a request and drip on; the other half never say a word.
    const start = 'GET /v1/nodes/ HTTP/1.1\r\nHost: localhost\r\nX-Drip: ';
    const dripping = Array.from({ length: 100 }, () => new RawConnection(base).write(start));
    const silent = Array.from({ length: 100 }, () => new RawConnection(base));
    const drip = setInterval(() => {
      for (const connection of dripping) if (!connection.isClosed) connection.write('a');
    }, 500);
    try {
      await expectStatus(200, base, 'GET', '/v1/nodes/');
      const answers = await Promise.all([...dripping, ...silent].map((each) => each.closed()));
      for (const received of answers) assert.deepEqual(statusesIn(received), [408]);
    } finally {
      clearInterval(drip);
    }
    await expectStatus(200, base, 'GET', '/v1/nodes/');
  });
});
