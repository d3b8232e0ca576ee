// Who somebody is by a certificate: the same on every door, without another word.

import assert from 'node:assert/strict';
import { askersOf, createFor } from '../../support/identity/askers.ts';
import { Authority, TestSecurity } from '../../support/tls/authority.ts';
import { DoorPeer } from '../../support/tls/door-peer.ts';
import { oneConnection, askHttps } from '../../support/tls/https-client.ts';
import { JuteSocket } from '../../support/zookeeper/jute-frames.ts';
import { opCodes } from '../../support/zookeeper/requests.ts';

describe('a certificate says who somebody is', () => {
  let authority: Authority;
  let security: TestSecurity;
  let peer: DoorPeer;
  let at: { readonly url: string; readonly ca: string };

  async function open(certificateNames: 'dn' | 'san' = 'dn') {
    security = new TestSecurity(await authority.keys(), 'want', certificateNames);
    peer = await DoorPeer.open(security);
    at = { url: `https://127.0.0.1:${String(peer.ports.http)}`, ca: authority.ca };
  }

  before(async () => {
    authority = await Authority.make();
  });

  afterEach(() => peer.close());

  it('by its subject, at every door', async () => {
    await open();
    await createFor(at, '/ours', { scheme: 'x509', id: 'CN=ops,O=Quoll' });
    const ours = await authority.issue({ subject: 'O=Quoll,CN=ops' });
    const others = await authority.issue({ subject: 'O=Quoll,CN=shop' });
    for (const asker of askersOf(peer, authority.ca)) {
      assert.equal(await asker.read('/ours', { certificate: ours }), 'read', asker.door);
      assert.equal(await asker.read('/ours', { certificate: others }), 'noAuth', asker.door);
      assert.equal(await asker.read('/ours', {}), 'noAuth', asker.door);
    }
  });

  it('by its alternative names, where these are asked for', async () => {
    await open('san');
    await createFor(at, '/by-name', { scheme: 'x509', id: 'DNS:shop.example' });
    await createFor(at, '/by-uri', { scheme: 'x509', id: 'URI:spiffe://quoll.example/shop' });
    const uris = ['spiffe://quoll.example/shop'];
    const certificate = await authority.issue({ name: 'x', dns: ['shop.example'], uris });
    for (const asker of askersOf(peer, authority.ca)) {
      assert.equal(await asker.read('/by-name', { certificate }), 'read', asker.door);
      assert.equal(await asker.read('/by-uri', { certificate }), 'read', asker.door);
    }
  });

  it('by as many of them as fit into a write, and by none that is cut off', async () => {
    await open('san');
    const [near, far, little] = ['near', 'far', 'little'].map((name) => `spiffe://a/${name}`);
    const long = (uri = ''): string => uri.padEnd(3_000, '-');
    const uris = [long(near), long(far), little ?? ''];
    const certificate = await authority.issue({ name: 'x', dns: [], ip: [], uris });
    const { body } = await askHttps(`${at.url}/v1/auth`, { ca: authority.ca, ...certificate });
    const { identities } = JSON.parse(body) as { readonly identities: readonly string[] };
    const shown = identities.filter((each) => each.startsWith('x509:'));
    assert.deepEqual(shown, ['x509:CN=x', `x509:URI:${long(near)}`, `x509:URI:${little ?? ''}`]);
  });

  it('not by its alternative names, where nobody asked for these', async () => {
    await open();
    await createFor(at, '/by-name', { scheme: 'x509', id: 'DNS:shop.example' });
    const certificate = await authority.issue({ dns: ['shop.example'] });
    for (const asker of askersOf(peer, authority.ca)) {
      assert.equal(await asker.read('/by-name', { certificate }), 'noAuth', asker.door);
    }
  });

  it('and "auth" in an ACL stands for it', async () => {
    await open();
    const mine = await authority.issue({ name: 'mine' });
    const options = {
      ca: authority.ca,
      method: 'PUT',
      headers: { 'x-acl': 'auth::cdrwa' },
      ...mine,
    };
    const created = await askHttps(`${at.url}/v1/nodes/mine?create`, { ...options, body: 'x' });
    assert.equal(created.status, 201, created.body);
    const { body } = await askHttps(`${at.url}/v1/nodes/mine?acl`, { ca: authority.ca, ...mine });
    assert.match(body, /"scheme":"x509","id":"CN=mine"/);
  });

  it('as ZooKeeper shows it to its clients', async () => {
    await open();
    const mine = await authority.issue({ subject: 'C=AT,CN=mine' });
    const address = `127.0.0.1:${String(peer.ports.zookeeper)}`;
    const client = await JuteSocket.openTls(address, { ca: authority.ca, ...mine });
    await client.connect();
    const { body } = await client.ask(1, opCodes.whoAmI);
    assert.match(body.toString('latin1'), /x509.{4}CN=mine,C=AT$/s);
    client.destroy();
  });

  it('until it ends, also on a connection that was made before', async () => {
    await open();
    await createFor(at, '/brief', { scheme: 'x509', id: 'CN=brief' });
    const brief = await authority.issue({ name: 'brief', to: 2 / 3_600 });
    const agent = oneConnection();
    const ask = () => askHttps(`${at.url}/v1/nodes/brief`, { ca: authority.ca, agent, ...brief });
    let answer = await ask();
    assert.equal(answer.status, 200, answer.body);
    while (answer.status === 200) answer = await ask();
    assert.equal(answer.status, 401, answer.body);
    assert.match(answer.body, /valid no longer/);
    agent.destroy();
  });
});
