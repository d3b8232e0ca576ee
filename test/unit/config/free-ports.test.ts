import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { freePorts, lowestFreePort } from '../../../src/config/free-ports.ts';

describe('free ports', () => {
  it('are as many as were asked for, and can be listened on and asked', async () => {
    const ports = await freePorts(3);
    assert.equal(new Set(ports).size, 3);
    for (const port of ports) {
      const server = createServer((_request, response) => response.end('here'));
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      const answer = await fetch(`http://127.0.0.1:${String(port)}/`);
      assert.equal(await answer.text(), 'here');
      server.close();
      server.closeAllConnections();
    }
  });

  it('lie above the last of those that fetch and browsers refuse to ask', async () => {
    const refused = 10_080;
    await assert.rejects(fetch(`http://127.0.0.1:${String(refused)}/`), (error: TypeError) => {
      return error.cause instanceof Error && error.cause.message === 'bad port';
    });
    assert.equal(Math.max(lowestFreePort, refused + 1), lowestFreePort);
  });
});
