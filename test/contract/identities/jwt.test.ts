// Tokens that an issuer signs: the same verdict at every door.

import { credentials } from '@grpc/grpc-js';
import { SignJWT, UnsecuredJWT } from 'jose';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfiguredAuthenticator } from '../../../src/adapters/auth/authenticator.ts';
import { JwtAuthenticator } from '../../../src/adapters/auth/jwt-authenticator.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import {
  askersOf,
  createFor,
  type Asker,
  type ReadOutcome,
} from '../../support/identity/askers.ts';
import { GrpcClient, znodes } from '../../support/grpc-client.ts';
import { Issuer } from '../../support/identity/issuer.ts';
import { SocketClient } from '../../support/socket-client.ts';
import { Authority, TestSecurity } from '../../support/tls/authority.ts';
import { DoorPeer } from '../../support/tls/door-peer.ts';
import { askHttps } from '../../support/tls/https-client.ts';
import { until } from '../../support/until.ts';
import { JuteSocket, records, request } from '../../support/zookeeper/jute-frames.ts';
import { opCodes } from '../../support/zookeeper/requests.ts';

function problemOf(body: string): string {
  const { code, limit } = JSON.parse(body) as { readonly code: string; readonly limit: number };
  return `${code} ${String(limit)}`;
}

describe('a token of an issuer says who somebody is', () => {
  let issuer: Issuer;
  let folder: string;
  let authenticator: ConfiguredAuthenticator;
  let peer: DoorPeer;
  let at: { readonly url: string; readonly ca: string };
  let askers: readonly Asker[];

  function settings() {
    return {
      issuer: issuer.url,
      audience: ['quoll', 'others-too'],
      jwksUrl: undefined,
      jwksFile: undefined,
      algorithms: ['ES256', 'RS256', 'EdDSA'] as const,
      groupsClaim: 'groups',
      name: 'house',
    };
  }

  async function open(): Promise<void> {
    const logger = { log: () => undefined };
    const jwt = new JwtAuthenticator({
      settings: settings(),
      dataDir: folder,
      clock: systemClock,
      logger,
    });
    authenticator = new ConfiguredAuthenticator({ jwt });
    authenticator.mayKeep();
    const authority = await Authority.make();
    peer = await DoorPeer.open(new TestSecurity(await authority.keys()), { authenticator });
    at = { url: `https://127.0.0.1:${String(peer.ports.http)}`, ca: authority.ca };
    askers = askersOf(peer, authority.ca);
    await createFor(at, '/ann', { scheme: 'jwt', id: 'ann@house' });
    await createFor(at, '/builders', { scheme: 'group', id: 'builders' });
  }

  async function close(): Promise<void> {
    authenticator.stop();
    await peer.close();
  }

  const ask = async (path: string, token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    return await askHttps(`${at.url}/v1/nodes${path}`, { ca: at.ca, headers });
  };
  const everywhere = async (path: string, bearer: string, expected: ReadOutcome | RegExp) => {
    for (const asker of askers) {
      const outcome = await asker.read(path, { bearer });
      if (typeof expected === 'string') assert.equal(outcome, expected, asker.door);
      else assert.match(outcome, expected, asker.door);
    }
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-jwt-'));
    issuer = await Issuer.open();
    await open();
  });

  afterEach(async () => {
    await close();
    await issuer.down();
    rmSync(folder, { recursive: true });
  });

  it('by its subject and its groups', async () => {
    const token = await issuer.sign({ groups: ['builders', 'readers'] });
    await everywhere('/ann', token, 'read');
    await everywhere('/builders', token, 'read');
    await everywhere('/builders', await issuer.sign({ groups: 'builders' }), 'read');
    await everywhere('/ann', await issuer.sign({ subject: 'bob' }), 'noAuth');
  });

  it('signed by any key of the issuer, of an algorithm that is believed', async () => {
    await issuer.addKey('second', 'EdDSA');
    await issuer.addKey('third', 'RS256');
    const asked = issuer.asked;
    for (const key of ['first', 'second', 'third']) {
      assert.equal((await ask('/ann', await issuer.sign({ key }))).status, 200, key);
    }
    // Because of the first that was not known the issuer was asked, and told of both.
    assert.equal(issuer.asked, asked + 1);
    // Of a key that it does not show it is asked, and not once more within some seconds.
    await issuer.addKey('fourth');
    issuer.withdrawKey('fourth');
    for (let times = 0; times < 3; times++) {
      assert.equal((await ask('/ann', await issuer.sign({ key: 'fourth' }))).status, 401);
    }
    assert.equal(issuer.asked, asked + 2);
  });

  it('of no more bytes than it may have: through every door the limit is told', async () => {
    const long = (bytes: number): string => `eyJ${'a'.repeat(bytes - 3)}`;
    await everywhere('/ann', long(8_193), 'authFailed');
    const authorization = `Bearer ${long(65_536)}`;
    const overHttp = await ask('/ann', long(65_536));
    assert.deepEqual([overHttp.status, problemOf(overHttp.body)], [431, 'HEADERSTOOLARGE 16384']);
    const handshake = new SocketClient(at.url, { ca: at.ca, headers: { authorization } });
    assert.equal((await until('a refusal', () => handshake.refusal)).status, 431);
    // More wrong tokens than one address may show in a second were shown by now.
    const told = (answer: () => Promise<string>): Promise<string> =>
      until('an answer that is no throttling', async () => {
        const text = await answer();
        return /THROTTLED|Too many wrong/.test(text) ? undefined : text;
      });
    const overSocket = await told(async () => {
      const socket = await SocketClient.open(at.url, { ca: at.ca });
      const { error } = await socket.answer(socket.send('hello', { authorization }));
      socket.ws.terminate();
      return JSON.stringify(error);
    });
    assert.match(overSocket, /AUTHFAILED.* up to 8192 bytes/);
    const grpc = new GrpcClient(
      `127.0.0.1:${String(peer.ports.grpc)}`,
      {},
      credentials.createSsl(Buffer.from(at.ca)),
    );
    const overGrpc = await told(() =>
      grpc.call(znodes.Get, { path: '/ann' }, { metadata: { authorization } }).then(
        () => 'answered',
        (error: unknown) => String(error),
      ),
    );
    assert.match(overGrpc, /UNAUTHENTICATED.* up to 8192 bytes/);
    grpc.close();
  });

  const wrong: readonly (readonly [string, () => Promise<string>, RegExp])[] = [
    [
      'that is signed by nobody (none)',
      () => Promise.resolve(unsigned(issuer.url)),
      /algorithm|read/,
    ],
    ['that is signed by a secret (HS256)', () => signedBySecret(issuer.url), /algorithm|key/],
    ['of an algorithm that is not believed', () => signedBy('PS256'), /algorithm|key/],
    ['for another audience', () => issuer.sign({ audience: 'shop' }), /another audience/],
    ['of another issuer', () => issuer.sign({ issuer: 'https://x.example' }), /another issuer/],
    ['without an end', () => issuer.sign({ exp: null }), /has no end/],
    ['that has ended', () => issuer.sign({ exp: -61 }), /has expired/],
    ['that begins later', () => issuer.sign({ nbf: 600 }), /not valid yet/],
    ['that names nobody', () => issuer.sign({ subject: '' }), /names nobody/],
    ...[['ann'], 123, null, {}, [], true].map(
      (subject) =>
        [
          `whose subject is ${JSON.stringify(subject)}`,
          () => issuer.sign({ subject }),
          /names nobody/,
        ] as const,
    ),
    ['with a NUL in its subject', () => issuer.sign({ subject: 'ann\0' }), /control character/],
    ['with a line feed in a group', () => issuer.sign({ groups: ['a\nb'] }), /control character/],
    ['whose end is no moment', () => issuer.sign({ exp: 1e300 }), /end \(exp\)/],
    ['whose groups are none', () => issuer.sign({ groups: [1] }), /groups/],
    ['whose signature is another', () => changed(issuer.sign()), /signature/],
    ['that is none', () => Promise.resolve('a.b.c'), /neither/],
  ];
  for (const [what, make, why] of wrong) {
    it(`but not one ${what}`, async () => {
      const token = await make();
      const { status, body } = await ask('/ann', token);
      assert.equal(status, 401, body);
      assert.match(body, why);
      assert.ok(!body.includes(token));
      assert.ok(!JSON.stringify(peer.lines).includes(token));
      await everywhere('/ann', token, /authFailed|throttled/);
    });
  }

  async function signedBy(algorithm: string): Promise<string> {
    await issuer.addKey(algorithm, algorithm);
    return await issuer.sign({ key: algorithm });
  }

  it('and not one that is too large', async () => {
    const token = await issuer.sign({ groups: ['g'.repeat(48 * 1_024)] });
    for (const asker of askers.filter(({ door }) => ['websocket', 'zookeeper'].includes(door))) {
      assert.equal(await asker.read('/ann', { bearer: token }), 'authFailed', asker.door);
    }
    assert.equal((await ask('/ann', token.slice(0, 8_193))).status, 401);
  });

  it('while clocks differ by no more than a minute', async () => {
    await everywhere('/ann', await issuer.sign({ exp: -50 }), 'read');
    await everywhere('/ann', await issuer.sign({ nbf: 50 }), 'read');
  });

  it('while the issuer is down, also to a peer that starts then', async () => {
    const token = await issuer.sign();
    await everywhere('/ann', token, 'read');
    await issuer.down();
    await everywhere('/ann', await issuer.sign({ exp: 700 }), 'read');
    await close();
    await open();
    await everywhere('/ann', await issuer.sign({ exp: 800 }), 'read');
    await close();
    rmSync(join(folder, 'issuer-keys.json'));
    await open();
    const { status, body } = await ask('/ann', token);
    assert.deepEqual([status, /does not answer/.test(body)], [401, true], body);
    assert.equal(peer.count('auth_failures'), 0, 'it was no guess');
  });

  it('until its key is withdrawn', async () => {
    const token = await issuer.sign();
    assert.equal((await ask('/ann', token)).status, 200);
    await issuer.addKey('second');
    issuer.withdrawKey('first');
    await close();
    await open();
    await until('the keys to be renewed', async () => (await ask('/ann', token)).status === 401);
    assert.equal((await ask('/ann', await issuer.sign({ key: 'second' }))).status, 200);
  });

  it('before what a client of ZooKeeper sends right behind it is looked at', async () => {
    const address = `127.0.0.1:${String(peer.ports.zookeeper)}`;
    const client = await JuteSocket.openTls(address, { ca: at.ca });
    await client.connect();
    // Its key is not known yet: the issuer has to be asked.
    const token = await issuer.sign();
    client.write(
      Buffer.concat([
        request(-4, opCodes.auth, records.auth('bearer', token)),
        request(1, opCodes.getData, records.read('/ann')),
        request(2, opCodes.setData, records.set('/ann', Buffer.from('mine'))),
        request(3, opCodes.whoAmI),
      ]),
    );
    const replies = [];
    for (let count = 0; count < 4; count++) replies.push(await client.reply());
    assert.deepEqual(
      replies.map(({ xid, error }) => [xid, error]),
      [
        [-4, 0],
        [1, 0],
        [2, 0],
        [3, 0],
      ],
    );
    assert.match(replies[3]?.body.toString('latin1') ?? '', /ann@house/);
    client.destroy();
  });

  it('and a wrong one ends the connection ahead of what was sent behind it', async () => {
    const address = `127.0.0.1:${String(peer.ports.zookeeper)}`;
    const client = await JuteSocket.openTls(address, { ca: at.ca });
    await client.connect();
    const wrong = await issuer.sign({ audience: 'others' });
    client.write(
      Buffer.concat([
        request(-4, opCodes.auth, records.auth('bearer', wrong)),
        request(1, opCodes.create, records.create('/by-nobody', Buffer.alloc(0))),
      ]),
    );
    const { xid, error } = await client.reply();
    assert.deepEqual([xid, error], [-4, -115]);
    await client.closed();
    assert.deepEqual(client.frames, []);
    assert.equal((await askHttps(`${at.url}/v1/nodes/by-nobody`, { ca: at.ca })).status, 404);
  });
});

const future = () => Math.floor(Date.now() / 1_000) + 600;

function unsigned(issuer: string): string {
  const token = new UnsecuredJWT({}).setSubject('ann').setAudience('quoll').setIssuer(issuer);
  return token.setExpirationTime(future()).encode();
}

function signedBySecret(issuer: string): Promise<string> {
  const token = new SignJWT({}).setProtectedHeader({ alg: 'HS256', kid: 'first' });
  token.setSubject('ann').setAudience('quoll').setIssuer(issuer).setExpirationTime(future());
  return token.sign(Buffer.alloc(32, 7));
}

/** With another subject, under the same signature. */
async function changed(token: Promise<string>): Promise<string> {
  const [head = '', body = '', signature = ''] = (await token).split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
  const other = Buffer.from(JSON.stringify({ ...claims, sub: 'eve' })).toString('base64url');
  return [head, other, signature].join('.');
}
