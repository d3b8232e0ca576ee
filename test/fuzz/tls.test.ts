// Damaged handshakes and certificates that nobody should make, at every port that speaks TLS: each is answered or closed, and
// whoever does right is served.

import assert from 'node:assert/strict';
import { connect as connectTcp, createServer, type AddressInfo, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Prng } from '../sim/prng.ts';
import { NetworkRecorder } from '../support/peer-network/network-recorder.ts';
import { TcpBed } from '../support/peer-network/tcp-bed.ts';
import { Authority, peerSecurities, TestSecurity, type Issued } from '../support/tls/authority.ts';
import { DoorPeer } from '../support/tls/door-peer.ts';
import { askHttps } from '../support/tls/https-client.ts';
import { until } from '../support/until.ts';

const seed = Number(process.env['QUOLL_FUZZ_SEED'] ?? 20_261_129);

describe(`damage where TLS is spoken (QUOLL_FUZZ_SEED=${String(seed)})`, function () {
  this.timeout(60_000);
  let authority: Authority;
  let peer: DoorPeer;
  let bed: TcpBed;
  let own: Issued;
  const sockets: Socket[] = [];

  before(async () => {
    authority = await Authority.make();
    own = await authority.issue();
    peer = await DoorPeer.open(new TestSecurity(await authority.keys(), 'want'));
    const securities = await peerSecurities(authority, [1, 2]);
    bed = await TcpBed.make(2, (id) => ({ security: securities.get(id) }));
    for (const network of bed.networks) network.start(new NetworkRecorder());
  });

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    const answer = await askHttps(`https://127.0.0.1:${String(peer.ports.http)}/livez`, {
      ca: authority.ca,
      ...own,
    });
    assert.equal(answer.status, 200, 'it serves');
    assert.deepEqual(
      peer.lines.filter(({ level }) => level === 'error'),
      [],
    );
  });

  after(async () => {
    await peer.close();
    await bed.close();
  });

  const ports = (): readonly number[] => [
    ...Object.values(peer.ports),
    bed.servers[0]?.quorumPort ?? 0,
    bed.servers[0]?.electionPort ?? 0,
  ];

  /** Resolves once it is closed, by whomever. */
  function over(socket: Socket): Promise<void> {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.resume();
    return new Promise((resolve) => {
      socket.once('close', () => {
        resolve();
      });
    });
  }

  /** The same; a peer may wait for what it takes for the rest of a record, and is left then. */
  async function overWithin(socket: Socket, ms: number): Promise<void> {
    const late = setTimeout(() => socket.destroy(), ms);
    await over(socket);
    clearTimeout(late);
  }

  it('of any bytes behind the first of a handshake', async () => {
    const random = new Prng(seed);
    const all = ports().flatMap((port) =>
      Array.from({ length: 40 }, async () => {
        const socket = connectTcp(port, '127.0.0.1');
        const garbage = Buffer.from(random.bytes(random.below(300)));
        socket.write(Buffer.concat([Buffer.from([0x16, 3, 1]), garbage]));
        await overWithin(socket, 500);
      }),
    );
    await Promise.all(all);
  });

  it('of a handshake in which one byte is another, in either direction', async () => {
    const random = new Prng(seed + 1);
    for (const port of ports()) {
      const proxy = createServer((client) => {
        const through = connectTcp(port, '127.0.0.1');
        const directions = [
          { from: client, to: through, at: random.below(2_500) },
          { from: through, to: client, at: random.below(2_500) },
        ];
        for (const { from, to, at } of directions) {
          let passed = 0;
          from.on('data', (chunk: Buffer) => {
            const bytes = Buffer.from(chunk);
            const place = at - passed;
            if (place >= 0 && place < bytes.length) {
              bytes.writeUInt8((bytes.readUInt8(place) + 1 + random.below(255)) % 256, place);
            }
            passed += bytes.length;
            to.write(bytes);
          });
          from.on('close', () => to.destroy());
          from.on('error', () => undefined);
        }
      });
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      const place = { port: (proxy.address() as AddressInfo).port, host: '127.0.0.1' };
      await Promise.all(
        Array.from({ length: 40 }, async (_, each) => {
          // Of 1.2 the certificates are in the clear.
          const maxVersion = each % 2 === 0 ? 'TLSv1.2' : 'TLSv1.3';
          const socket = connectTls({ ...place, ...own, maxVersion, rejectUnauthorized: false });
          socket.once('secureConnect', () => socket.destroy());
          await overWithin(socket, 2_000);
        }),
      );
      await new Promise((resolve) => proxy.close(resolve));
    }
  });

  it('of a certificate with thousands of names, and of names that are none', async () => {
    const huge = await authority.issue({
      dns: Array.from({ length: 6_000 }, (_, index) => `host-${String(index)}.example.org`),
    });
    const odd = await authority.issue({
      dns: ['localhost, URI:quoll://0123456789abcdef/peer/2', 'a"b', ''],
      uris: [
        'quoll://0123456789abcdef/peer/2/',
        'quoll://x/peer/2',
        'QUOLL://0123456789abcdef/peer/2',
      ],
    });
    const isServed = async (shown: Issued): Promise<boolean> => {
      const url = `https://127.0.0.1:${String(peer.ports.http)}/livez`;
      const asked = askHttps(url, { ca: authority.ca, ...shown });
      return (await asked.catch(() => undefined))?.status === 200;
    };
    assert.equal(await isServed(huge), false);
    assert.equal(await isServed(odd), true);
    // Between peers neither is anybody.
    for (const shown of [huge, odd]) {
      const told = bed.lines.length;
      const port = bed.servers[0]?.quorumPort ?? 0;
      await over(connectTls({ port, host: '127.0.0.1', ca: authority.ca, ...shown }));
      await until('it to be refused', () => bed.lines.length > told || bed.lines.length >= 10);
    }
    assert.equal(
      bed.lines.some(({ event }) => event === 'peerAccepted'),
      false,
    );
  });
});
