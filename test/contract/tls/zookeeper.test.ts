// The door for ZooKeeper's clients where TLS is spoken, with keys that the test has in its hand.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { Authority, TestSecurity } from '../../support/tls/authority.ts';
import { DoorPeer } from '../../support/tls/door-peer.ts';
import { until } from '../../support/until.ts';
import {
  connectRequest,
  JuteSocket,
  records,
  request,
} from '../../support/zookeeper/jute-frames.ts';
import { opCodes } from '../../support/zookeeper/requests.ts';

describe("the door for ZooKeeper's clients over TLS", () => {
  let authority: Authority;
  let security: TestSecurity;
  let peer: DoorPeer;
  let address: string;

  async function open(clientCertificates: TestSecurity['clientCertificates'] = 'none') {
    security = new TestSecurity(await authority.keys(), clientCertificates);
    peer = await DoorPeer.open(security);
    address = `127.0.0.1:${String(peer.ports.zookeeper)}`;
  }

  async function session(options: object = {}): Promise<JuteSocket> {
    const socket = await JuteSocket.openTls(address, { ca: authority.ca, ...options });
    assert.ok((await socket.connect({})).timeoutMs > 0);
    return socket;
  }

  before(async () => {
    authority = await Authority.make();
  });

  afterEach(() => peer.close());

  it('serves sessions, and four-letter words', async () => {
    await open();
    const client = await session();
    const data = Buffer.alloc(500_000, 'd');
    assert.equal((await client.ask(1, opCodes.create, records.create('/a', data))).error, 0);
    const { error, body } = await client.ask(2, opCodes.getData, records.read('/a'));
    assert.equal(error, 0);
    assert.equal(body.readInt32BE(0), data.length);
    client.destroy();

    const asking = await JuteSocket.openTls(address, { ca: authority.ca });
    let text = '';
    asking.socket.on('data', (part: Buffer) => (text += part.toString()));
    asking.socket.write('ruok');
    await until('the answer', () => text === 'imok');
    asking.destroy();
  });

  it('keeps sessions while the keys are renewed, and shows the new ones to those who come', async () => {
    await open();
    const client = await session();
    security.renew(await authority.keys({ name: 'renewed' }));
    assert.equal(
      (await client.ask(1, opCodes.create, records.create('/b', Buffer.of(1)))).error,
      0,
    );
    const other = await session({
      checkServerIdentity: (_: string, { subject }: { subject: { CN: string } }) => {
        assert.equal(subject.CN, 'renewed');
      },
    });
    assert.equal((await other.ask(1, opCodes.getData, records.read('/b'))).error, 0);
    for (const socket of [client, other]) socket.destroy();
  });

  it('serves who shows a certificate where one is needed, and nobody else', async () => {
    await open('need');
    (await session(await authority.issue())).destroy();
    for (const options of [{}, await authority.issue({ from: -3, to: -1 })]) {
      const socket = await JuteSocket.openTls(address, { ca: authority.ca, ...options });
      socket.socket.write(connectRequest());
      await socket.closed();
      assert.equal(socket.receivedBytes, 0);
    }
    const reasons = peer.lines.filter(({ event }) => event === 'tlsHandshakeFailed');
    assert.match(String(reasons[0]?.fields['why']), /shows no certificate/);
  });

  it('says to a word in plaintext that TLS is spoken, and closes what else comes so', async () => {
    await open();
    const answers = await Promise.all(
      ['ruok', connectRequest(), request(1, opCodes.ping), 'xyz1'].map(async (bytes) => {
        const socket = connectTcp(peer.ports.zookeeper, '127.0.0.1');
        let text = '';
        socket.on('data', (part) => (text += part.toString()));
        socket.on('error', () => undefined);
        socket.write(bytes);
        await once(socket, 'close');
        return text;
      }),
    );
    assert.match(answers[0] ?? '', /TLS/);
    assert.deepEqual(answers.slice(1), ['', '', '']);
    assert.equal(peer.count('tls_not_spoken'), 4);
  });
});
