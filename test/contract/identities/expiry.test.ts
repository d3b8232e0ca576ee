// At the end of what somebody has proved, all that he keeps open is told so and ends; nobody else is harmed.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as requestTls } from 'node:https';
import { credentials, type ServiceError } from '@grpc/grpc-js';
import { createFor } from '../../support/identity/askers.ts';
import { StaticTokens, superDigest } from '../../support/identity/static-tokens.ts';
import { GrpcClient, locks, sessions, watches } from '../../support/grpc-client.ts';
import { SocketClient } from '../../support/socket-client.ts';
import { Authority, TestSecurity, type Issued } from '../../support/tls/authority.ts';
import { DoorPeer } from '../../support/tls/door-peer.ts';
import { askHttps, oneConnection } from '../../support/tls/https-client.ts';
import { until } from '../../support/until.ts';
import { JuteSocket, records } from '../../support/zookeeper/jute-frames.ts';
import { opCodes } from '../../support/zookeeper/requests.ts';

describe('what was proved ends', () => {
  let authority: Authority;
  let security: TestSecurity;
  const revoked: Issued[] = [];
  let peer: DoorPeer;
  let at: { readonly url: string; readonly ca: string };
  let tokens: StaticTokens;

  before(async () => {
    authority = await Authority.make();
    security = new TestSecurity(await authority.keys(), 'want');
    peer = await DoorPeer.open(security, { superDigest });
    at = { url: `https://127.0.0.1:${String(peer.ports.http)}`, ca: authority.ca };
    tokens = new StaticTokens(at);
  });

  after(() => peer.close());

  async function revoke(issued: Issued): Promise<void> {
    revoked.push(issued);
    security.renew({ ...security.keys, crl: await authority.crl(revoked) });
  }

  /** A token, or a certificate. */
  interface Proof {
    readonly token?: string;
    readonly certificate?: Issued;
  }

  /** What is open by a proof, and how its end is seen. */
  interface Open {
    readonly what: string;
    open(proof: Proof): Promise<() => Promise<void>>;
  }

  /** A queue of its own. */
  const lockOf = ({ token, certificate }: Proof) =>
    (token ?? certificate?.serial ?? '').slice(0, 20);
  const headersOf = ({ token }: Proof): Record<string, string> =>
    token === undefined ? {} : { authorization: `Bearer ${token}` };
  const tlsOf = ({ certificate }: Proof) => ({ ca: at.ca, ...certificate });

  function stream(path: string, proof: Proof, accept: string): ClientRequest {
    const headers = { ...headersOf(proof), accept };
    return requestTls(`${at.url}${path}`, { ...tlsOf(proof), headers, agent: false }).end();
  }

  async function text(response: IncomingMessage): Promise<string> {
    let all = '';
    for await (const part of response) all += String(part);
    return all;
  }

  const grpc = ({ certificate }: Proof): GrpcClient =>
    new GrpcClient(
      `127.0.0.1:${String(peer.ports.grpc)}`,
      {},
      credentials.createSsl(
        Buffer.from(at.ca),
        certificate && Buffer.from(certificate.key),
        certificate && Buffer.from(certificate.cert),
      ),
    );

  /** The second has come into the queue of a lock, too. */
  async function inQueue(lock: string): Promise<void> {
    await until('two to wait for it', async () => {
      const { headers } = await askHttps(`${at.url}/v1/nodes/locks/${lock}`, { ca: at.ca });
      return headers['x-zk-num-children'] === '2';
    });
  }

  const openings: readonly Open[] = [
    ...['text/event-stream', 'application/x-ndjson'].map((accept) => ({
      what: `a stream of ${accept}`,
      async open(proof: Proof) {
        const outgoing = stream('/v1/watch?path=/&recursive', proof, accept);
        const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
        assert.equal(response.statusCode, 200);
        const all = text(response);
        return async () => {
          assert.match(await all, /AUTHFAILED/);
        };
      },
    })),
    {
      what: 'a long poll',
      open(proof) {
        const polled = askHttps(`${at.url}/v1/nodes/?children&index=1000000&wait=60s`, {
          ...tlsOf(proof),
          headers: headersOf(proof),
        });
        return Promise.resolve(async () => {
          const { status, body } = await polled;
          assert.equal(status, 401, body);
        });
      },
    },
    {
      what: 'a place in the queue of a lock, over HTTP',
      async open(proof) {
        const ask = () =>
          askHttps(`${at.url}/v1/locks/${lockOf(proof)}?wait=60s`, {
            ...tlsOf(proof),
            method: 'POST',
            headers: { ...headersOf(proof), 'content-type': 'application/json' },
            body: '{"ttlMs":60000}',
          });
        assert.equal((await ask()).status, 200);
        const waited = ask();
        return async () => {
          const { status, body } = await waited;
          assert.equal(status, 401, body);
        };
      },
    },
    {
      what: 'a WebSocket with its watches',
      async open(proof) {
        const socket = await SocketClient.open(at.url, tlsOf(proof));
        await socket.ok('hello', headersOf(proof));
        const watch = socket.send('watch', { path: '/', recursive: true });
        await socket.answer(watch);
        return async () => {
          assert.equal(await socket.closed(), 4401);
          assert.ok(
            socket.messages.some((message) => JSON.stringify(message).includes('AUTHFAILED')),
          );
        };
      },
    },
    {
      what: 'a watch over gRPC',
      async open(proof) {
        const client = grpc(proof);
        const watching = client.stream(
          watches.Watch,
          { path: '/' },
          { metadata: headersOf(proof) },
        );
        const ended = once(watching, 'error');
        await once(watching, 'data');
        return async () => {
          const [error] = (await ended) as [ServiceError];
          assert.equal(error.code, 16);
          client.close();
        };
      },
    },
    {
      what: 'a Session stream over gRPC',
      async open(proof) {
        const client = grpc(proof);
        const carrier = client.duplex(sessions.Session, { metadata: headersOf(proof) });
        const ended = once(carrier, 'error');
        carrier.write({ id: 1, open: { timeoutMs: 10_000 } });
        await once(carrier, 'data');
        return async () => {
          const [error] = (await ended) as [ServiceError];
          assert.equal(error.code, 16);
          client.close();
        };
      },
    },
    {
      what: 'a wait for a lock over gRPC',
      async open(proof) {
        const client = grpc(proof);
        const ask = () =>
          client.call(
            locks.AcquireLock,
            { name: lockOf(proof), waitMs: 20_000, ttlMs: 60_000 },
            { metadata: headersOf(proof) },
          );
        await ask();
        const waited = ask();
        waited.catch(() => undefined);
        await inQueue(lockOf(proof));
        return async () => {
          await assert.rejects(waited, { code: 16 });
          client.close();
        };
      },
    },
    {
      what: "a connection of ZooKeeper's clients",
      async open(proof) {
        const address = `127.0.0.1:${String(peer.ports.zookeeper)}`;
        const client = await JuteSocket.openTls(address, tlsOf(proof));
        await client.connect();
        if (proof.token !== undefined) {
          const auth = records.auth('bearer', proof.token);
          assert.equal((await client.ask(-4, opCodes.auth, auth)).error, 0);
        }
        return async () => {
          const { xid, error } = await client.reply();
          assert.deepEqual([xid, error], [-4, -115], 'AUTH_FAILED, as to a wrong proof');
          await client.closed();
        };
      },
    },
  ];

  openings.forEach((opening, index) => {
    const { what } = opening;
    const timed = `timed-${String(index)}`;
    const withdrawn = `revoked-${String(index)}`;
    it(`and with its token ${what}, at its time`, async () => {
      const token = await tokens.make(timed, { notAfter: Date.now() + 2_000 });
      const ended = await opening.open({ token });
      await ended();
    });

    it(`and with its token ${what}, when that is revoked`, async () => {
      const ended = await opening.open({ token: await tokens.make(withdrawn) });
      await tokens.revoke(withdrawn);
      await ended();
      await until('a record of it', () =>
        peer.audited.some(
          ({ event, who }) => event === 'ended' && who.some(({ id }) => id === withdrawn),
        ),
      );
    });

    it(`and with its certificate ${what}, when that is revoked`, async () => {
      const [stolen, other] = [await authority.issue(), await authority.issue()];
      const socket = await SocketClient.open(at.url, { ca: at.ca, ...other });
      const ended = await opening.open({ certificate: stolen });
      await revoke(stolen);
      await ended();
      await socket.ok('get', { path: '/' });
      await socket.close();
    });
  });

  it('and with its certificate a connection of HTTP that is kept, when that is revoked', async () => {
    const stolen = await authority.issue();
    const agent = oneConnection();
    const ask = () => askHttps(`${at.url}/v1/auth`, { ca: at.ca, agent, ...stolen });
    assert.equal((await ask()).status, 200);
    const [kept] = Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? []);
    assert.ok(kept !== undefined);
    await revoke(stolen);
    await until('it to be closed', () => kept.destroyed);
    const ended = peer.audited.filter(({ event }) => event === 'ended');
    assert.match(ended.at(-1)?.detail ?? '', /certificate was revoked/);
    assert.equal(peer.count('tls_connections_cut'), 1);
    const { status, body } = await ask();
    assert.equal(status, 401, body);
    assert.match(body, /was revoked/);
    agent.destroy();
  });

  it('and with its certificate, a request on a connection that is still open', async () => {
    const stolen = await authority.issue();
    const agent = oneConnection();
    const ask = () => askHttps(`${at.url}/v1/auth`, { ca: at.ca, agent, ...stolen });
    assert.equal((await ask()).status, 200);
    await revoke(stolen);
    const { status, body, headers } = await ask();
    assert.deepEqual([status, headers.connection], [401, 'close'], body);
    assert.match(body, /certificate .* was revoked/);
    agent.destroy();
  });

  it('and with its certificate, a stream and a connection', async () => {
    const brief = await authority.issue({ name: 'brief', to: 2 / 3_600 });
    const address = `127.0.0.1:${String(peer.ports.zookeeper)}`;
    const client = await JuteSocket.openTls(address, { ca: at.ca, ...brief });
    await client.connect();
    const socket = await SocketClient.open(at.url, { ca: at.ca, ...brief });
    assert.equal(await socket.closed(), 4401);
    assert.equal((await client.reply()).error, -115);
    await client.closed();
  });

  it('and with the first of two tokens, a connection that showed both', async () => {
    const first = await tokens.make('first-of-two');
    const second = await tokens.make('second-of-two');
    const address = `127.0.0.1:${String(peer.ports.zookeeper)}`;
    const client = await JuteSocket.openTls(address, { ca: at.ca });
    await client.connect();
    for (const token of [first, second]) {
      assert.equal((await client.ask(-4, opCodes.auth, records.auth('bearer', token))).error, 0);
    }
    await tokens.revoke('first-of-two');
    assert.equal((await client.reply()).error, -115);
    await client.closed();
  });

  it("and with its token a stream that shows a stranger's ticket beside it", async () => {
    const token = await tokens.make('beside-a-ticket');
    const { body } = await askHttps(`${at.url}/v1/tickets`, { ca: at.ca, method: 'POST' });
    const { ticket } = JSON.parse(body) as { ticket: string };
    const path = `/v1/watch?path=/&recursive&ticket=${ticket}`;
    const outgoing = stream(path, { token }, 'text/event-stream');
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    assert.equal(response.statusCode, 200);
    await tokens.revoke('beside-a-ticket');
    assert.match(await text(response), /AUTHFAILED/);
  });

  it('for nobody else', async () => {
    await createFor(at, '/others', { scheme: 'token', id: 'stays' });
    const stays = await tokens.make('stays');
    const leaves = await tokens.make('leaves');
    const socket = await SocketClient.open(at.url, { ca: at.ca });
    await socket.ok('hello', { authorization: `Bearer ${stays}` });
    const other = await SocketClient.open(at.url, { ca: at.ca });
    await other.ok('hello', { authorization: `Bearer ${leaves}` });
    await tokens.revoke('leaves');
    await until('the other to be closed', () => other.closeCode !== undefined);
    await socket.ok('get', { path: '/others' });
    const ended = peer.audited.filter(
      ({ event, who }) => event === 'ended' && who.some(({ id }) => id === 'leaves'),
    );
    assert.deepEqual(
      ended.map(({ door }) => door),
      ['websocket'],
    );
    await socket.close();
  });
});
