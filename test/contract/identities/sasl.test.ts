// SASL by DIGEST-MD5 at the door for ZooKeeper's clients, byte by byte.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfiguredAuthenticator } from '../../../src/adapters/auth/authenticator.ts';
import { SaslUsers } from '../../../src/adapters/auth/sasl-users.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { createFor } from '../../support/identity/askers.ts';
import { Authority, TestSecurity } from '../../support/tls/authority.ts';
import { DoorPeer } from '../../support/tls/door-peer.ts';
import { bytes, JuteSocket, records, type Reply } from '../../support/zookeeper/jute-frames.ts';
import { opCodes } from '../../support/zookeeper/requests.ts';

const authFailed = -115;

describe("SASL of ZooKeeper's clients", () => {
  let folder: string;
  let authority: Authority;
  let sasl: SaslUsers;
  let peer: DoorPeer;
  let address: string;
  const clients: JuteSocket[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-sasl-'));
    writeFileSync(join(folder, 'users'), '# people\nann:secret:of ann\nzoë:größe\n', {
      mode: 0o600,
    });
    authority = await Authority.make();
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  beforeEach(async () => {
    const logger = { log: () => undefined };
    sasl = await SaslUsers.open(join(folder, 'users'), { clock: systemClock, logger });
    const authenticator = new ConfiguredAuthenticator({ sasl });
    peer = await DoorPeer.open(new TestSecurity(await authority.keys()), { authenticator });
    address = `127.0.0.1:${String(peer.ports.zookeeper)}`;
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    sasl.stop();
    await peer.close();
  });

  async function connected(): Promise<JuteSocket> {
    const client = await JuteSocket.openTls(address, { ca: authority.ca });
    clients.push(client);
    await client.connect();
    return client;
  }

  const step = (client: JuteSocket, xid: number, text: string): Promise<Reply> =>
    client.ask(xid, opCodes.sasl, bytes(Buffer.from(text)));

  async function challenged(client: JuteSocket): Promise<string> {
    const { error, body } = await step(client, 1, '');
    assert.equal(error, 0);
    const text = body.subarray(4).toString();
    assert.match(text, /realm="zk-sasl-md5".*qop="auth".*charset=utf-8.*algorithm=md5-sess/);
    return /nonce="([^"]+)"/.exec(text)?.[1] ?? assert.fail(text);
  }

  it('says who somebody is, and proves that the peer knows the password', async () => {
    const at = { url: `https://127.0.0.1:${String(peer.ports.http)}`, ca: authority.ca };
    await createFor(at, '/ann', { scheme: 'sasl', id: 'ann' });
    const client = await connected();
    const read = async (xid: number) =>
      (await client.ask(xid, opCodes.getData, records.read('/ann'))).error;
    assert.equal(await read(7), -102);
    const given = answer({
      user: 'ann',
      password: 'secret:of ann',
      nonce: await challenged(client),
    });
    const { error, body } = await step(client, 2, given.text);
    assert.deepEqual([error, body.subarray(4).toString()], [0, `rspauth=${given.rspauth}`]);
    assert.equal(await read(8), 0);
  });

  it('takes letters of any script, and an authorization as oneself', async () => {
    for (const [user, password] of [['zoë', 'größe']] as const) {
      const client = await connected();
      const nonce = await challenged(client);
      const { error } = await step(
        client,
        2,
        answer({ user, password, nonce, authzid: user }).text,
      );
      assert.equal(error, 0);
    }
  });

  const wrong: readonly (readonly [string, Partial<Given>])[] = [
    ['another password', { password: 'secret' }],
    ['nobody', { user: 'bob' }],
    ['an authorization as somebody else', { authzid: 'zoë' }],
    ['a nonce of its own', { nonce: 'AAAA' }],
    ['a nonce for the second time', { nc: '00000002' }],
    ['protection that was not offered', { qop: 'auth-conf' }],
    ['another realm', { realm: 'example' }],
    ['another service', { uri: 'ldap/zk-sasl-md5' }],
  ];
  for (const [what, more] of wrong) {
    it(`refuses ${what}, and ends the connection`, async () => {
      const client = await connected();
      const nonce = await challenged(client);
      const given = answer({ user: 'ann', password: 'secret:of ann', nonce, ...more });
      assert.equal((await step(client, 2, given.text)).error, authFailed);
      await client.closed();
      assert.ok(!JSON.stringify(peer.lines).includes('secret'));
    });
  }

  it('refuses a replay, on its own connection and on another', async () => {
    const client = await connected();
    const given = answer({
      user: 'ann',
      password: 'secret:of ann',
      nonce: await challenged(client),
    });
    assert.equal((await step(client, 2, given.text)).error, 0);
    assert.equal((await step(client, 3, given.text)).error, authFailed);
    const other = await connected();
    await challenged(other);
    assert.equal((await step(other, 2, given.text)).error, authFailed);
    const third = await connected();
    assert.equal((await step(third, 1, given.text)).error, authFailed, 'without a challenge');
  });

  it('refuses what is no answer, and what is too long', async () => {
    for (const text of ['x', 'username', 'a=1,a=2', 'u="'.repeat(9), 'a'.repeat(5_000)]) {
      const client = await connected();
      await challenged(client);
      assert.equal((await step(client, 2, text)).error, authFailed, text.slice(0, 20));
      await client.closed();
    }
  });

  it('refuses an answer with more to say than anybody has', async () => {
    const client = await connected();
    const nonce = await challenged(client);
    const given = answer({ user: 'ann', password: 'secret:of ann', nonce });
    const { error } = await step(client, 2, `${given.text},more="${'a'.repeat(1_024)}"`);
    assert.equal(error, authFailed);
    const failed = peer.audited.filter(({ event }) => event === 'authFailed');
    assert.deepEqual(
      failed.map(({ detail, door }) => [detail, door]),
      [['as sasl', 'zookeeper']],
    );
  });

  it('counts what is no answer as a guess', async () => {
    for (let wrong = 0; wrong < 5; wrong++) {
      const client = await connected();
      await challenged(client);
      assert.equal((await step(client, 2, `a=${' '.repeat(100)}"`)).error, authFailed);
    }
    const seen = peer.lines.filter(({ fields }) => fields['as'] === 'sasl');
    assert.notEqual(seen.length, 0);
    assert.equal(peer.count('auth_failures'), 5);
  });

  it('listens to nobody who has had his guesses, were the password right', async () => {
    const ready = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const client = await connected();
        return { client, nonce: await challenged(client) };
      }),
    );
    const last = ready.pop() ?? assert.fail();
    const guesses = ready.map(({ client, nonce }, guess) =>
      step(client, 2, answer({ user: 'ann', password: String(guess), nonce }).text),
    );
    const { client, nonce } = last;
    const right = answer({ user: 'ann', password: 'secret:of ann', nonce });
    assert.equal((await step(client, 2, right.text)).error, authFailed);
    await Promise.all(guesses);
    assert.ok(
      peer.lines.some(({ event, fields }) => event === 'authFailed' && fields['as'] === 'sasl'),
    );
  });

  it('takes no users from a file that others may read', async () => {
    const file = join(folder, 'open');
    writeFileSync(file, 'ann:secret:of ann\n');
    chmodSync(file, 0o644);
    const lines: string[] = [];
    const logger = { log: (_: string, event: string) => void lines.push(event) };
    const users = await SaslUsers.open(file, { clock: systemClock, logger });
    users.stop();
    assert.deepEqual(lines, ['saslUsersUnread']);
  });

  it('is refused where no TLS is spoken', async () => {
    await peer.close();
    peer = await DoorPeer.open(undefined, {
      authenticator: new ConfiguredAuthenticator({ sasl }),
    });
    const client = await JuteSocket.connected(`127.0.0.1:${String(peer.ports.zookeeper)}`);
    clients.push(client);
    assert.equal((await step(client, 1, '')).error, authFailed);
  });
});

interface Given {
  readonly user: string;
  readonly password: string;
  readonly nonce: string;
  readonly nc?: string;
  readonly qop?: string;
  readonly realm?: string;
  readonly uri?: string;
  readonly authzid?: string;
}

/** As a client works it out (RFC 2831, section 2.1.2.1). */
function answer(given: Given): { readonly text: string; readonly rspauth: string } {
  const { user, password, nonce, nc = '00000001', qop = 'auth', realm = 'zk-sasl-md5' } = given;
  const { uri = 'zookeeper/zk-sasl-md5', authzid } = given;
  const cnonce = 'b2Ygb25lcyBvd24';
  const md5 = (bytes: Uint8Array | string) => createHash('md5').update(bytes).digest();
  const secret = md5(Buffer.from(`${user}:${realm}:${password}`, 'latin1'));
  const as = authzid === undefined ? '' : `:${authzid}`;
  const a1 = md5(Buffer.concat([secret, Buffer.from(`:${nonce}:${cnonce}${as}`)])).toString('hex');
  const of = (method: string): string => {
    const a2 = md5(`${method}:${uri}`).toString('hex');
    return md5([a1, nonce, nc, cnonce, qop, a2].join(':')).toString('hex');
  };
  const directives = [
    ...['charset=utf-8', `username="${user}"`, `realm="${realm}"`, `nonce="${nonce}"`],
    ...[`nc=${nc}`, `cnonce="${cnonce}"`, `digest-uri="${uri}"`, 'maxbuf=65536'],
    ...[`response=${of('AUTHENTICATE')}`, `qop=${qop}`],
    ...(authzid === undefined ? [] : [`authzid="${authzid}"`]),
  ];
  return { text: directives.join(','), rspauth: of('') };
}
