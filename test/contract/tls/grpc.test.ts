// The gRPC door where TLS is spoken, with keys that the test has in its hand.

import { credentials, status } from '@grpc/grpc-js';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { WatchResponse__Output } from '../../../src/generated/quoll/v1/watch.ts';
import { GrpcClient, watches, znodes } from '../../support/grpc-client.ts';
import { Authority, TestSecurity, type Issued } from '../../support/tls/authority.ts';
import { DoorPeer } from '../../support/tls/door-peer.ts';
import { until } from '../../support/until.ts';

describe('the gRPC door over TLS', () => {
  let authority: Authority;
  let security: TestSecurity;
  let peer: DoorPeer;
  let target: string;
  const clients: GrpcClient[] = [];

  async function open(clientCertificates: TestSecurity['clientCertificates'] = 'none') {
    security = new TestSecurity(await authority.keys(), clientCertificates);
    peer = await DoorPeer.open(security);
    target = `127.0.0.1:${String(peer.ports.grpc)}`;
  }

  function client(shown?: Issued): GrpcClient {
    const ca = Buffer.from(authority.ca);
    const as =
      shown === undefined
        ? credentials.createSsl(ca)
        : credentials.createSsl(ca, Buffer.from(shown.key), Buffer.from(shown.cert));
    const made = new GrpcClient(target, {}, as);
    clients.push(made);
    return made;
  }

  const create = (path: string, by: GrpcClient) =>
    by.call(znodes.Create, { path, data: Buffer.from('x') });

  before(async () => {
    authority = await Authority.make();
  });

  afterEach(async () => {
    for (const made of clients.splice(0)) made.close();
    await peer.close();
  });

  it('answers calls and streams', async () => {
    await open();
    const by = client();
    await create('/a', by);
    const data = Buffer.alloc(900_000, 'd');
    await by.call(znodes.Set, { path: '/a', data });
    const read = await by.call(znodes.Get, { path: '/a' });
    assert.equal(read.data.length, data.length);
  });

  it('serves others while one takes nothing of all that he asked for, and has it all for him later', async () => {
    await open();
    const by = client();
    await create('/large', by);
    await by.call(znodes.Set, { path: '/large', data: Buffer.alloc(900_000, 'd') });
    const slow = connectHttp2(`https://${target}`, {
      ca: authority.ca,
      settings: { initialWindowSize: 1 },
    });
    slow.on('error', () => undefined);
    await once(slow, 'connect');
    const message = Buffer.concat([Buffer.from([0, 0, 0, 0, 8, 10, 6]), Buffer.from('/large')]);
    const calls = Array.from({ length: 40 }, () => {
      const stream = slow.request({
        ':method': 'POST',
        ':path': '/quoll.v1.ZnodeService/Get',
        'content-type': 'application/grpc',
        te: 'trailers',
      });
      stream.on('error', () => undefined);
      stream.end(message);
      return stream;
    });
    await once(calls[0] ?? assert.fail(), 'response');
    for (let others = 0; others < 20; others++) {
      assert.equal((await by.call(znodes.Get, { path: '/large' })).data.length, 900_000);
    }
    let bytes = 0;
    for (const stream of calls) stream.on('data', (part: Buffer) => (bytes += part.length));
    slow.settings({ initialWindowSize: 2_000_000 });
    slow.setLocalWindowSize(100_000_000);
    await until('all of it', () => bytes >= 40 * 900_000);
    slow.destroy();
  });

  it('speaks HTTP/2 alone, by TLS 1.2 and 1.3', async () => {
    await open();
    const to = (options: ConnectionOptions) =>
      connectTls({ port: peer.ports.grpc, host: '127.0.0.1', ca: authority.ca, ...options });
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = to({ minVersion: version, maxVersion: version, ALPNProtocols: ['h2'] });
      await once(socket, 'secureConnect');
      assert.equal(socket.alpnProtocol, 'h2');
      socket.destroy();
    }
    const [error] = (await once(to({ ALPNProtocols: ['http/1.1'] }), 'error')) as [Error];
    assert.match(error.message, /application protocol/i);
  });

  it('has clients come anew when the keys are renewed, losing no call and no stream', async () => {
    await open();
    const by = client();
    await create('/w', by);
    const items: WatchResponse__Output[] = [];
    const stream = by.stream(watches.Watch, { path: '/w', withData: true });
    stream.on('data', (item: WatchResponse__Output) => items.push(item));
    stream.on('error', () => undefined);
    await until('the watch', () => items.some(({ synced }) => synced));
    let isOver = false;
    let calls = 0;
    const calling = Array.from({ length: 8 }, async (_, index) => {
      const own = client();
      for (let turn = 0; !isOver; turn++) {
        await create(`/w-${String(index)}-${String(turn)}`, own);
        calls++;
      }
    });
    const before = peer.count('tls_handshakes');
    for (let round = 0; round < 4; round++) {
      const from = calls;
      await until('calls to go on', () => calls > from + 40);
      security.renew(await authority.keys());
    }
    isOver = true;
    await Promise.all(calling);
    assert.ok(peer.count('tls_handshakes') > before, 'nobody came anew');
    await by.call(znodes.Set, { path: '/w', data: Buffer.from('last') });
    const seen = () => items.flatMap(({ events }) => events?.events ?? []);
    await until('the change to be seen', () => seen().length > 0);
    assert.equal(seen()[0]?.data.toString(), 'last');
    stream.cancel();
  });

  it('serves who shows a certificate where one is needed, and nobody else', async () => {
    await open('need');
    await create('/n', client(await authority.issue()));
    for (const shown of [undefined, await authority.issue({ from: -3, to: -1 })]) {
      // As gRPC has it for INADEQUATE_SECURITY, which is no reason to try again.
      await assert.rejects(create('/m', client(shown)), { code: status.PERMISSION_DENIED });
    }
    const reasons = peer.lines.filter(({ event }) => event === 'tlsHandshakeFailed');
    assert.match(String(reasons[0]?.fields['why']), /shows no certificate/);
  });

  it('says goodbye, with the reason, to who speaks HTTP/2 in plaintext', async () => {
    await open();
    const session = connectHttp2(`http://${target}`);
    session.on('error', () => undefined);
    const [code, , reason] = (await once(session, 'goaway')) as [number, number, Buffer];
    assert.equal(code, 0xc, 'INADEQUATE_SECURITY');
    assert.match(reason.toString(), /TLS/);
    session.destroy();
    assert.equal(peer.count('tls_not_spoken'), 1);
  });
});
