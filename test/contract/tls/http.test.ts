// The HTTP door where TLS is spoken: what clients see of it, with keys that the test has in its hand.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { Authority, TestSecurity, type Issued } from '../../support/tls/authority.ts';
import { DoorPeer } from '../../support/tls/door-peer.ts';
import { askHttps, oneConnection } from '../../support/tls/https-client.ts';
import { SocketClient } from '../../support/socket-client.ts';
import { until } from '../../support/until.ts';

describe('the HTTP door over TLS', () => {
  let authority: Authority;
  let security: TestSecurity;
  let peer: DoorPeer;
  let base: string;

  async function open(clientCertificates: TestSecurity['clientCertificates'] = 'none') {
    security = new TestSecurity(await authority.keys(), clientCertificates);
    peer = await DoorPeer.open(security);
    base = `https://127.0.0.1:${String(peer.ports.http)}`;
  }

  const ask = (path: string, options: Parameters<typeof askHttps>[1] = {}) =>
    askHttps(`${base}${path}`, { ca: authority.ca, ...options });
  const to = (options: ConnectionOptions = {}): TLSSocket => {
    const port = peer.ports.http;
    const socket = connectTls({ port, host: '127.0.0.1', ca: authority.ca, ...options });
    return socket.on('error', () => undefined);
  };

  before(async () => {
    authority = await Authority.make();
  });

  afterEach(() => peer.close());

  it('answers requests and WebSockets, and says that browsers are to come by TLS', async () => {
    await open();
    const created = await ask('/v1/nodes/a?create', { method: 'PUT', body: 'one' });
    assert.equal(created.status, 201, created.body);
    const read = await ask('/v1/nodes/a');
    assert.equal(read.body, 'one');
    assert.equal(read.headers['strict-transport-security'], 'max-age=31536000');
    const missing = await ask('/v1/nodes/none');
    assert.equal(missing.status, 404);
    assert.equal(missing.headers['strict-transport-security'], 'max-age=31536000');
    const ofAll = await ask('/v1/nodes/a', { headers: { host: 'localhost' } });
    assert.equal(ofAll.headers['strict-transport-security'], 'max-age=0', 'localhost is not ours');

    const socket = await SocketClient.open(base, { ca: authority.ca });
    const answer = await socket.answer(socket.send('get', { path: '/a' }));
    assert.ok('ok' in answer, JSON.stringify(answer));
    socket.ws.terminate();
    assert.equal(peer.count('tls_handshakes_failed'), 0);
    assert.ok(peer.count('tls_handshakes') >= 5);
  });

  it('answers whoever says in the same breath that it has nothing more to say', async () => {
    await open();
    const raw = connectTcp(peer.ports.http, '127.0.0.1');
    const records: Buffer[] = [];
    let areHeld = false;
    const between = new Duplex({
      read: () => undefined,
      write(record: Buffer, _encoding, done) {
        if (areHeld) records.push(record);
        else raw.write(record);
        done();
      },
    });
    raw.on('data', (bytes) => between.push(bytes)).on('end', () => between.push(null));
    const socket = connectTls({ socket: between, ca: authority.ca, host: '127.0.0.1' });
    await once(socket, 'secureConnect');
    let received = '';
    socket.on('data', (bytes: Buffer) => (received += bytes.toString()));
    areHeld = true;
    socket.end('GET /v1/nodes/?stat&consistency=local HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await until('request and farewell are there', () => records.length >= 2);
    raw.write(Buffer.concat(records));
    await once(raw, 'close');
    assert.match(received, /^HTTP\/1\.1 200 /);
  });

  it('answers whoever says so behind changes, or a line of requests', async () => {
    await open();
    const put = `PUT /v1/nodes/a?create HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\na`;
    for (const count of [1, 30, 100]) {
      const socket = to();
      let received = '';
      socket.on('data', (bytes: Buffer) => (received += bytes.toString('latin1')));
      socket.end(put.repeat(count));
      await once(socket, 'close');
      assert.equal(received.match(/HTTP\/1\.1 20[01] /g)?.length, count);
    }
  });

  it('takes a megabyte and gives it back, and as much to many at once', async () => {
    await open();
    const body = 'm'.repeat(1_000_000);
    assert.equal((await ask('/v1/nodes/large?create', { method: 'PUT', body })).status, 201);
    const reads = await Promise.all(Array.from({ length: 20 }, () => ask('/v1/nodes/large')));
    for (const read of reads) assert.equal(read.body.length, body.length);
  });

  it('answers what is pipelined in order, a thousand small ones and many large that are read late', async () => {
    await open();
    const body = 'm'.repeat(1_000_000);
    assert.equal((await ask('/v1/nodes/large?create', { method: 'PUT', body })).status, 201);
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    const small = to();
    await once(small, 'secureConnect');
    const names = Array.from({ length: 1_000 }, (_, index) => `n${String(index)}`);
    small.write(names.map((name) => get(`/v1/nodes/${name}`)).join(''));
    let text = '';
    small.setEncoding('latin1').on('data', (part: string) => (text += part));
    await until('all answers', () => text.split('"code":"NONODE"').length === 1_001);
    const order = [...text.matchAll(/"instance":"\/v1\/nodes\/(n\d+)"/g)].map(([, name]) => name);
    assert.deepEqual(order, names);
    small.destroy();

    const late = to();
    await once(late, 'secureConnect');
    late.write(Array.from({ length: 30 }, () => get('/v1/nodes/large')).join(''));
    for (let others = 0; others < 20; others++) assert.equal((await ask('/livez')).status, 200);
    let bytes = 0;
    late.on('data', (part: Buffer) => (bytes += part.length));
    await until('all of it', () => bytes > 30 * body.length);
    late.destroy();
  });

  it('speaks TLS 1.2 and 1.3 alone, and HTTP/1.1 in it', async () => {
    await open();
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = to({ minVersion: version, maxVersion: version, ALPNProtocols: ['http/1.1'] });
      await once(socket, 'secureConnect');
      assert.equal(socket.getProtocol(), version);
      assert.equal(socket.alpnProtocol, 'http/1.1');
      assert.match(socket.getCipher().name, /GCM|CHACHA20/);
      socket.destroy();
    }
    for (const version of ['TLSv1', 'TLSv1.1'] as const) {
      const ciphers = 'DEFAULT@SECLEVEL=0';
      const socket = to({ minVersion: version, maxVersion: version, ciphers });
      const [error] = (await once(socket, 'error')) as [Error];
      assert.match(error.message, /version/i);
    }
    const [error] = (await once(to({ ALPNProtocols: ['h2'] }), 'error')) as [Error];
    assert.match(error.message, /application protocol/i);
    await until('the failures to be told', () => peer.count('tls_handshakes_failed') >= 3);
  });

  it('tells whoever speaks plaintext in HTTP what to write, and carries out nothing', async () => {
    await open();
    const socket = connectTcp(peer.ports.http, '127.0.0.1');
    socket.write(
      'PUT /v1/nodes/plain?create HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx',
    );
    const answer = await allOf(socket);
    assert.match(answer, /^HTTP\/1\.1 400 /);
    assert.match(answer, /"code":"MALFORMEDHTTP"/);
    assert.match(answer, /https:\/\//);
    assert.equal((await ask('/v1/nodes/plain')).status, 404);
    const other = connectTcp(peer.ports.http, '127.0.0.1');
    other.write(Buffer.from([0, 0, 0, 45]));
    assert.equal(await allOf(other), '');
    assert.equal(peer.count('tls_not_spoken'), 2);
    assert.ok(peer.lines.some(({ event }) => event === 'tlsNotSpoken'));
  });

  it('lets a page of its own origin change something, and none that came without TLS', async () => {
    await open();
    const change = (origin: string) =>
      ask('/v1/nodes/page?create', { method: 'PUT', body: '', headers: { origin } });
    const refused = await change(`http://127.0.0.1:${String(peer.ports.http)}`);
    assert.equal(refused.status, 403, refused.body);
    assert.equal((await change(base)).status, 201);
  });

  it('closes connections whose handshake does not come, while others are served', async function () {
    this.timeout(30_000);
    await open();
    const silent = connectTcp(peer.ports.http, '127.0.0.1').on('error', () => undefined);
    const halfway = connectTcp(peer.ports.http, '127.0.0.1').on('error', () => undefined);
    halfway.write(Buffer.from([0x16, 3, 1, 2, 0, 1, 0]));
    assert.equal((await ask('/livez')).status, 200);
    silent.resume();
    halfway.resume();
    await Promise.all([once(silent, 'close'), once(halfway, 'close')]);
    assert.equal(peer.count('tls_handshakes_failed'), 2);
    const told = peer.lines.filter(({ event }) => event === 'tlsHandshakeFailed');
    assert.match(String(told[0]?.fields['why']), /too long/);
  });

  describe('with renewed keys', () => {
    it('shows them to those who come, and has those who were there come anew, losing no answer', async () => {
      await open();
      const agent = oneConnection();
      const fingerprintNow = async (): Promise<string> => {
        const socket = to();
        await once(socket, 'secureConnect');
        const { fingerprint256 } = socket.getPeerCertificate();
        socket.destroy();
        return fingerprint256;
      };
      const first = await fingerprintNow();
      const kept = await ask('/v1/nodes/kept?create', { agent, method: 'PUT', body: '1' });
      assert.equal(kept.headers.connection, 'keep-alive');

      security.renew(await authority.keys());
      const second = await fingerprintNow();
      assert.notEqual(second, first);
      const last = await ask('/v1/nodes/kept', { agent, method: 'PUT', body: '2' });
      assert.equal(last.status, 200);
      assert.equal(last.headers.connection, 'close');
      const anew = await ask('/v1/nodes/kept', { agent });
      assert.equal(anew.body, '2');
      assert.equal(anew.headers.connection, 'keep-alive');
      agent.destroy();
    });

    it('loses no write of many clients that go on, and no WebSocket', async () => {
      await open();
      const socket = await SocketClient.open(base, { ca: authority.ca });
      let isOver = false;
      const failures: unknown[] = [];
      let written = 0;
      const write = async (client: number): Promise<void> => {
        const agent = oneConnection();
        for (let turn = 0; !isOver; turn++) {
          const path = `/v1/nodes/w-${String(client)}-${String(turn)}?create`;
          try {
            const answer = await ask(path, { agent, method: 'PUT', body: 'x' });
            if (answer.status !== 201) failures.push(answer);
            written++;
          } catch (error) {
            failures.push(error);
          }
        }
        agent.destroy();
      };
      const writing = Array.from({ length: 16 }, (_, client) => write(client));
      for (let round = 0; round < 5; round++) {
        const from = written;
        await until('writes to go on', () => written > from + 50);
        security.renew(await authority.keys());
      }
      isOver = true;
      await Promise.all(writing);
      assert.deepEqual(failures, []);
      const answer = await socket.answer(socket.send('get', { path: '/w-0-0' }));
      assert.ok('ok' in answer);
      socket.ws.terminate();
    });

    it('lets go of them when it stops', async () => {
      await open();
      assert.ok(security.takers >= 3);
      await peer.stopDoors();
      assert.equal(security.takers, 0);
    });
  });

  describe('with certificates of clients', () => {
    const bad: Record<string, () => Promise<Issued>> = {
      'has expired': () => authority.issue({ from: -3, to: -1 }),
      'not valid yet': () => authority.issue({ from: 1 }),
      'not made for this purpose': () => authority.issue({ purposes: ['server'] }),
      'signed by itself': () => Authority.selfSigned(),
      'not one that is believed': async () => (await Authority.make('another')).issue(),
    };

    it('that are needed: serves who shows one, and tells the others why not', async () => {
      await open('need');
      const good = await authority.issue({ purposes: ['client'] });
      assert.equal((await ask('/livez', { ...good })).status, 200);
      const without = await ask('/livez');
      assert.equal(without.status, 401);
      assert.match(without.body, /certificate has to be shown/);
      for (const [why, make] of Object.entries(bad)) {
        const answer = await ask('/livez', { ...(await make()) });
        assert.equal(answer.status, 401, why);
        assert.match(answer.body, new RegExp(why));
      }
      assert.equal(peer.count('tls_handshakes_failed'), 1 + Object.keys(bad).length);
      const failed = peer.audited.filter(({ event }) => event === 'authFailed');
      assert.equal(failed.length, 1 + Object.keys(bad).length);
      assert.deepEqual(failed[0], {
        event: 'authFailed',
        who: [{ scheme: 'ip', id: '127.0.0.1' }],
        door: 'http',
        op: 'prove',
        code: 'authFailed',
        detail: 'by certificate',
      });
    });

    it('that are wanted: serves who shows none, and no one whose is not believed', async () => {
      await open('want');
      assert.equal((await ask('/livez')).status, 200);
      const answer = await ask('/livez', { ...(await authority.issue({ from: -3, to: -1 })) });
      assert.equal(answer.status, 401);
      assert.match(answer.body, /has expired/);
    });

    it('takes a revoked one no longer, once the list says so', async () => {
      await open('need');
      const [good, stolen] = [await authority.issue(), await authority.issue()];
      const agent = oneConnection();
      assert.equal((await ask('/livez', { ...stolen, agent })).status, 200);
      security.renew({ ...security.keys, crl: await authority.crl([stolen]) });
      assert.equal((await ask('/livez', { ...stolen, agent })).headers.connection, 'close');
      const answer = await ask('/livez', { ...stolen, agent });
      assert.equal(answer.status, 401);
      assert.match(answer.body, /was revoked/);
      assert.equal((await ask('/livez', { ...good })).status, 200);
      agent.destroy();
    });
  });
});

async function allOf(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8').on('data', (part: string) => (text += part));
  socket.on('error', () => undefined);
  await once(socket, 'close');
  return text;
}
