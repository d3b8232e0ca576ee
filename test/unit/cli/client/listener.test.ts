import assert from 'node:assert/strict';
import { createServer as createHttp2 } from 'node:http2';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { StandInPeers } from '../../../support/cli/stand-in-peers.ts';

/** Answers what a client says first. */
const saying = (answer: (heard: string) => string | undefined): Server =>
  createServer((socket: Socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (heard) => socket.end(answer(heard.toString('latin1')) ?? ''));
  });

describe('what listens where a peer was looked for', () => {
  for (const { what, server, scheme = 'http', says } of [
    {
      what: 'ssh',
      server: createServer((socket) => {
        socket.on('error', () => undefined);
        socket.resume().end('SSH-2.0-OpenSSH_9.2\r\n');
      }),
      says: /speaks SSH\n/,
    },
    { what: 'a gRPC port', server: createHttp2(), says: /HTTP\/2 alone, as a gRPC port does/ },
    {
      what: "ZooKeeper's port",
      server: saying((heard) => (heard === 'srvr' ? 'Zookeeper version: 3.8.0\n' : undefined)),
      says: /speaks ZooKeeper's protocol\n.*2180/,
    },
    { what: 'TLS', server: createTls({}), says: /speaks TLS\n.*https:/ },
    {
      what: 'no TLS',
      server: saying(() => 'HTTP/1.1 400 \r\n\r\n'),
      scheme: 'https',
      says: /speaks no TLS\n.*http:/,
    },
    {
      what: 'anything that talks',
      server: saying(() => '-ERR unknown\r\n'),
      says: /it says "-ERR unknown"/,
    },
    { what: 'what gives no answer', server: saying(() => undefined), says: /speaks no HTTP/ },
  ] as const) {
    it(`is named: ${what}`, async () => {
      const peers = new StandInPeers();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      try {
        peers.urls.push(`${scheme}://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
        const { code, errors } = await peers.quoll('get', '/a');
        assert.equal(code, 5);
        assert.match(errors, says);
      } finally {
        await new Promise((resolve) => server.close(resolve));
      }
    });
  }
});
