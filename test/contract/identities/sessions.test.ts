// While grants are on, a session is for who began it: its secret alone keeps nothing alive, at no door.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { credentials } from '@grpc/grpc-js';
import { GrpcClient, sessions } from '../../support/grpc-client.ts';
import { StaticTokens, superDigest } from '../../support/identity/static-tokens.ts';
import { SocketClient } from '../../support/socket-client.ts';
import { Authority, TestSecurity } from '../../support/tls/authority.ts';
import { DoorPeer } from '../../support/tls/door-peer.ts';
import { askHttps } from '../../support/tls/https-client.ts';
import { JuteSocket } from '../../support/zookeeper/jute-frames.ts';

describe('a session while grants are on', () => {
  let authority: Authority;
  let peer: DoorPeer;
  let at: { readonly url: string; readonly ca: string };
  let tokens: StaticTokens;
  let grpc: GrpcClient;

  type Headers = Readonly<Record<string, string>>;
  interface Opened {
    readonly id: string;
    readonly secret: string;
  }
  const root = { authorization: `Basic ${Buffer.from('root:all').toString('base64')}` };
  const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });

  async function ask(method: string, path: string, headers: Headers, body?: object) {
    const answer = await askHttps(`${at.url}${path}`, {
      ca: at.ca,
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: answer.body };
  }

  async function opened(headers: Headers): Promise<Opened> {
    const { status, body } = await ask('POST', '/v1/sessions', headers, { timeoutMs: 30_000 });
    assert.equal(status, 201, body);
    return JSON.parse(body) as Opened;
  }

  const touch = ({ id, secret }: Opened, headers: Headers) =>
    ask('PUT', `/v1/sessions/${id}`, { 'x-session-secret': secret, ...headers });

  before(async () => {
    authority = await Authority.make();
    peer = await DoorPeer.open(new TestSecurity(await authority.keys(), 'want'), { superDigest });
    at = { url: `https://127.0.0.1:${String(peer.ports.http)}`, ca: authority.ca };
    tokens = new StaticTokens(at);
    const address = `127.0.0.1:${String(peer.ports.grpc)}`;
    grpc = new GrpcClient(address, {}, credentials.createSsl(Buffer.from(at.ca)));
    for (const [path, document] of [
      ['roles/all', { rules: [{ prefix: '/', verbs: ['read', 'write', 'create'] }] }],
      ['grants/everybody', { principals: ['world:anyone'], roles: ['all'] }],
    ] as const) {
      const { status, body } = await ask('PUT', `/v1/auth/${path}`, root, document);
      assert.equal(status, 204, body);
    }
  });

  beforeEach(() => switched('init'));

  after(async () => {
    grpc.close();
    await peer.close();
  });

  async function switched(how: 'init' | 'off'): Promise<void> {
    const body = how === 'init' ? { principals: ['x509:CN=ops'] } : {};
    const answer = await ask('POST', `/v1/auth/${how}`, root, body);
    assert.match(answer.body, /^$|"on":true|on already/);
  }

  it('is kept by who began it, and by the super user', async () => {
    const mine = bearer(await tokens.make('keeps'));
    const session = await opened(mine);
    assert.equal((await touch(session, mine)).status, 204);
    assert.equal((await touch(session, root)).status, 204);
  });

  it('is kept by nobody else, whatever he was granted, once its token is gone', async () => {
    const mine = bearer(await tokens.make('leaves'));
    const other = await tokens.make('another');
    const { id, secret } = await opened(mine);
    const named = { 'x-session-id': id, 'x-session-secret': secret };
    await tokens.revoke('leaves');
    for (const headers of [{}, bearer(other)]) {
      const { status, body } = await touch({ id, secret }, headers);
      assert.equal(status, 403, body);
      assert.match(body, /begun by somebody else/);
      // Nor does any other request of it.
      assert.equal((await ask('GET', '/v1/nodes/', { ...named, ...bearer(other) })).status, 403);
      const txn = { ops: [{ op: 'create', path: '/kept', kind: 'ephemeral' }] };
      assert.equal((await ask('POST', '/v1/txn', { ...named, ...headers }, txn)).status, 403);
      assert.equal((await ask('POST', '/v1/tickets', { ...named, ...headers }, {})).status, 403);
    }
    const socket = await SocketClient.open(at.url, { ca: at.ca });
    const attached = await socket.answer(socket.send('hello', { session: { id, secret } }));
    assert.match(JSON.stringify(attached), /NOAUTH/);
    await socket.close();
    const metadata = { 'x-session-id': id, 'x-session-secret': secret };
    await assert.rejects(grpc.call(sessions.TouchSession, {}, { metadata }), { code: 7 });
    // Who opens it again with what he knows is not who opened it.
    const again = await ask('POST', '/v1/sessions', {}, { id, secret, timeoutMs: 30_000 });
    assert.equal(again.status, 401, again.body);
    assert.ok(peer.audited.some(({ event, op }) => event === 'refused' && op === 'keepSession'));
    // To end it is no harm.
    assert.equal((await ask('DELETE', `/v1/sessions/${id}`, named)).status, 204);
  });

  it('that a client of ZooKeeper began by its certificate is not taken over without that', async () => {
    const address = `127.0.0.1:${String(peer.ports.zookeeper)}`;
    const [mine, others] = [await authority.issue({ name: 'mine' }), await authority.issue()];
    const first = await JuteSocket.openTls(address, { ca: at.ca, ...mine });
    const session = await first.connect();
    first.destroy();
    for (const certificate of [{}, others]) {
      const thief = await JuteSocket.openTls(address, { ca: at.ca, ...certificate });
      assert.equal((await thief.connect(session)).timeoutMs, 0);
      await thief.closed();
    }
    const renewed = await authority.issue({ name: 'mine' });
    const back = await JuteSocket.openTls(address, { ca: at.ca, ...renewed });
    assert.equal((await back.connect(session)).session, session.session);
    back.destroy();
  });

  it('that was begun by nobody is kept by its secret, as is one from before', async () => {
    const nobodys = await opened({});
    assert.equal((await touch(nobodys, {})).status, 204);
    await switched('off');
    const mine = bearer(await tokens.make('before'));
    const before = await opened(mine);
    assert.equal((await touch(before, {})).status, 204);
    await switched('init');
    assert.equal((await touch(before, {})).status, 204);
  });

  it('is kept by its secret once grants are off again', async () => {
    const session = await opened(bearer(await tokens.make('off')));
    assert.equal((await touch(session, {})).status, 403);
    await switched('off');
    assert.equal((await touch(session, {})).status, 204);
  });

  it('can be opened again by who began it: it is the same', async () => {
    const mine = bearer(await tokens.make('again'));
    const asked = { id: '4242', secret: randomBytes(16).toString('base64url'), timeoutMs: 30_000 };
    for (let time = 0; time < 2; time++) {
      const { status, body } = await ask('POST', '/v1/sessions', mine, asked);
      assert.equal(status, 201, body);
    }
  });
});
