// Static tokens: the same verdict at every door.

import assert from 'node:assert/strict';
import { askersOf, createFor, type Asker } from '../../support/identity/askers.ts';
import { newTokenText, StaticTokens, superDigest } from '../../support/identity/static-tokens.ts';
import { Authority, TestSecurity } from '../../support/tls/authority.ts';
import { DoorPeer } from '../../support/tls/door-peer.ts';
import { askHttps, oneConnection } from '../../support/tls/https-client.ts';
import { SocketClient } from '../../support/socket-client.ts';

describe('a static token says who somebody is', () => {
  let peer: DoorPeer;
  let at: { readonly url: string; readonly ca: string };
  let tokens: StaticTokens;
  let askers: readonly Asker[];

  before(async () => {
    const authority = await Authority.make();
    peer = await DoorPeer.open(new TestSecurity(await authority.keys()), { superDigest });
    at = { url: `https://127.0.0.1:${String(peer.ports.http)}`, ca: authority.ca };
    tokens = new StaticTokens(at);
    askers = askersOf(peer, authority.ca);
  });

  after(() => peer.close());

  it('by its name and by its groups', async () => {
    await createFor(at, '/by-name', { scheme: 'token', id: 'ci' });
    await createFor(at, '/by-group', { scheme: 'group', id: 'builders' });
    const ci = await tokens.make('ci', { groups: ['builders'] });
    const other = await tokens.make('other');
    for (const asker of askers) {
      for (const path of ['/by-name', '/by-group']) {
        assert.equal(await asker.read(path, { bearer: ci }), 'read', asker.door);
        assert.equal(await asker.read(path, { bearer: other }), 'noAuth', asker.door);
        assert.equal(await asker.read(path, {}), 'noAuth', asker.door);
      }
    }
  });

  it('until it ends', async () => {
    const ended = await tokens.make('ended', { notAfter: Date.now() - 1 });
    for (const asker of askers) {
      assert.equal(await asker.read('/', { bearer: ended }), 'authFailed', asker.door);
    }
  });

  it('until it is revoked or changed, also on a connection that it was shown on before', async () => {
    await createFor(at, '/brief', { scheme: 'group', id: 'brief' });
    const brief = await tokens.make('brief', { groups: ['brief'] });
    const options = {
      ca: at.ca,
      agent: oneConnection(),
      headers: { authorization: `Bearer ${brief}` },
    };
    const read = async () => (await askHttps(`${at.url}/v1/nodes/brief`, options)).status;
    assert.deepEqual([await read(), await read()], [200, 200]);
    await tokens.change('brief', brief, { groups: ['others'] });
    assert.deepEqual([await read()], [403]);
    await tokens.revoke('brief');
    assert.deepEqual([await read()], [401]);
    options.agent.destroy();
    for (const asker of askers) {
      assert.match(await asker.read('/', { bearer: brief }), /authFailed|throttled/, asker.door);
    }
  });

  it('and a session is presented beside it', async () => {
    await createFor(at, '/with-session', { scheme: 'token', id: 'with-session' });
    const authorization = `Bearer ${await tokens.make('with-session')}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const opened = await askHttps(`${at.url}/v1/sessions`, {
      ca: at.ca,
      method: 'POST',
      headers,
      body: '{"timeoutMs":10000}',
    });
    assert.equal(opened.status, 201, opened.body);
    const { id, secret } = JSON.parse(opened.body) as { id: string; secret: string };
    const session = { 'x-session-id': id, 'x-session-secret': secret };
    const created = await askHttps(`${at.url}/v1/nodes/with-session?name=e&kind=ephemeral`, {
      ca: at.ca,
      method: 'POST',
      headers: { authorization, ...session },
      body: 'x',
    });
    assert.equal(created.status, 201, created.body);
  });

  it('also in the head of a WebSocket', async () => {
    await createFor(at, '/socket', { scheme: 'token', id: 'socket' });
    const authorization = `Bearer ${await tokens.make('socket')}`;
    const socket = await SocketClient.open(at.url, { ca: at.ca, headers: { authorization } });
    await socket.ok('get', { path: '/socket' });
    await socket.close();
    const wrong = { authorization: `Bearer ${newTokenText()}` };
    const refused = new SocketClient(at.url, { ca: at.ca, headers: wrong });
    await refused.closed();
    assert.equal(refused.refusal?.status, 401);
  });

  it('never in a URL', async () => {
    const token = newTokenText();
    for (const name of ['token', 'access_token', 'authorization']) {
      const { status, body } = await askHttps(`${at.url}/v1/nodes/?${name}=${token}`, {
        ca: at.ca,
      });
      assert.equal(status, 400);
      assert.match(body, /Authorization: Bearer/);
      assert.ok(!body.includes(token));
    }
  });

  it('and wrong ones are throttled and logged, without a trace of them; the right one is listened to', async () => {
    const right = await tokens.make('right');
    const wrong = Array.from({ length: 12 }, newTokenText);
    const asked = await Promise.all(
      wrong.map((bearer) =>
        askHttps(`${at.url}/v1/nodes/`, {
          ca: at.ca,
          headers: { authorization: `Bearer ${bearer}` },
        }),
      ),
    );
    const statuses = new Set(asked.map(({ status }) => status));
    assert.deepEqual([...statuses].sort(), [401, 429]);
    for (const asker of askers) {
      assert.equal(await asker.read('/', { bearer: right }), 'read', asker.door);
    }
    const told = JSON.stringify([peer.lines, asked.map(({ body, headers }) => [body, headers])]);
    for (const bearer of [...wrong, right]) assert.ok(!told.includes(bearer));
    assert.ok(
      peer.lines.some(({ event, fields }) => event === 'authFailed' && fields['as'] === 'token'),
    );
    assert.ok(peer.count('auth_failures') > 0);
  });

  it("and somebody else's token is nobody's where nothing is changed", async () => {
    const foreign = { authorization: 'Bearer of.another.system' };
    const read = await askHttps(`${at.url}/v1/nodes/?children`, { ca: at.ca, headers: foreign });
    assert.equal(read.status, 200);
    const written = await askHttps(`${at.url}/v1/nodes/f?create`, {
      ca: at.ca,
      method: 'PUT',
      headers: foreign,
    });
    assert.equal(written.status, 401);
  });
});
