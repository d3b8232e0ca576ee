// What the audit log has of who somebody is, and of what he was granted: the same through every door.

import { credentials } from '@grpc/grpc-js';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfiguredAuthenticator } from '../../../src/adapters/auth/authenticator.ts';
import { JwtAuthenticator } from '../../../src/adapters/auth/jwt-authenticator.ts';
import { SaslUsers } from '../../../src/adapters/auth/sasl-users.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { auditName, type AuditKind } from '../../../src/model/audit.ts';
import { GrpcClient, sessions, znodes } from '../../support/grpc-client.ts';
import { askersOf, type Asker, type Evidence } from '../../support/identity/askers.ts';
import { Issuer } from '../../support/identity/issuer.ts';
import { newTokenText, StaticTokens, superDigest } from '../../support/identity/static-tokens.ts';
import { SocketClient } from '../../support/socket-client.ts';
import { Authority, TestSecurity } from '../../support/tls/authority.ts';
import { DoorPeer } from '../../support/tls/door-peer.ts';
import { askHttps } from '../../support/tls/https-client.ts';
import { until } from '../../support/until.ts';
import { bytes, JuteSocket, records } from '../../support/zookeeper/jute-frames.ts';
import { opCodes } from '../../support/zookeeper/requests.ts';

const doors = ['http', 'websocket', 'grpc', 'zookeeper'];
const password = 'the-password-of-ann';
const authXid = -4;

describe('the audit log', () => {
  let folder: string;
  let authority: Authority;
  let issuer: Issuer;
  let sasl: SaslUsers;
  let authenticator: ConfiguredAuthenticator;
  let peer: DoorPeer;
  let at: { readonly url: string; readonly ca: string };
  let askers: readonly Asker[];
  let tokens: StaticTokens;

  before(async () => {
    authority = await Authority.make();
    issuer = await Issuer.open();
    folder = mkdtempSync(join(tmpdir(), 'quoll-audited-'));
    writeFileSync(join(folder, 'users'), `ann:${password}\n`, { mode: 0o600 });
  });
  after(async () => {
    await issuer.down();
    rmSync(folder, { recursive: true });
  });

  beforeEach(async () => {
    const logger = { log: () => undefined };
    const settings = {
      issuer: issuer.url,
      audience: ['quoll'],
      jwksUrl: undefined,
      jwksFile: undefined,
      algorithms: ['ES256'] as const,
      groupsClaim: 'groups',
      name: 'house',
    };
    sasl = await SaslUsers.open(join(folder, 'users'), { clock: systemClock, logger });
    const jwt = new JwtAuthenticator({ settings, dataDir: folder, clock: systemClock, logger });
    authenticator = new ConfiguredAuthenticator({ jwt, sasl });
    const security = new TestSecurity(await authority.keys(), 'want');
    peer = await DoorPeer.open(security, { superDigest, authenticator });
    at = { url: `https://127.0.0.1:${String(peer.ports.http)}`, ca: authority.ca };
    askers = askersOf(peer, authority.ca);
    tokens = new StaticTokens(at);
  });
  afterEach(async () => {
    sasl.stop();
    authenticator.stop();
    await peer.close();
  });

  /** What was recorded since it was looked at last. */
  function recorded(kind: AuditKind): readonly string[] {
    const events = peer.audited.splice(0).filter(({ event }) => event === kind);
    return events.map(({ door, who, op, path, code, detail }) =>
      [door, who.map(auditName).join('+'), op, path, code, detail]
        .filter((word) => word !== undefined)
        .join(' '),
    );
  }

  async function asRoot(method: string, path: string, document?: object): Promise<void> {
    const authorization = `Basic ${Buffer.from('root:all').toString('base64')}`;
    const { status, body } = await askHttps(`${at.url}/v1/auth${path}`, {
      ca: at.ca,
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(document !== undefined && { body: JSON.stringify(document) }),
    });
    assert.ok(status < 300, `${method} ${path}: ${body}`);
  }

  /** The right proofs of somebody, and how he is named. */
  const proofs: Record<
    string,
    () => Promise<{ readonly evidence: Evidence; readonly as: string }>
  > = {
    'a token': async () => ({
      evidence: { bearer: await tokens.make('ci', { groups: ['builders'] }) },
      as: 'token:ci+group:builders',
    }),
    'a signed token': async () => ({
      evidence: { bearer: await issuer.sign({ groups: ['builders'] }) },
      as: 'jwt:ann@house+group:builders',
    }),
    'a certificate': async () => ({
      evidence: { certificate: await authority.issue({ subject: 'O=Quoll,CN=ops' }) },
      as: 'x509:CN=ops,O=Quoll',
    }),
  };
  for (const [what, prove] of Object.entries(proofs)) {
    it(`has who has proved himself by ${what}, through every door`, async () => {
      const { evidence, as } = await prove();
      peer.audited.length = 0;
      for (const asker of askers) {
        assert.equal(await asker.read('/', evidence), 'read', asker.door);
        assert.deepEqual(recorded('authenticated'), [`${asker.door} ip:127.0.0.1+${as} prove`]);
      }
    });
  }

  it('has tokens that are wrong, and who showed them where', async () => {
    for (const asker of askers) await asker.read('/', { bearer: newTokenText() });
    assert.deepEqual(
      recorded('authFailed'),
      doors.map((door) => `${door} ip:127.0.0.1 prove authFailed as token`),
    );
    assert.deepEqual(recorded('authenticated'), []);
  });

  it('has signed tokens that are wrong', async () => {
    const bearer = await issuer.sign({ audience: 'others' });
    for (const asker of askers) await asker.read('/', { bearer });
    assert.deepEqual(
      recorded('authFailed'),
      doors.map((door) => `${door} ip:127.0.0.1 prove authFailed as jwt`),
    );
    assert.ok(!JSON.stringify(peer.lines).includes(bearer.split('.')[2] ?? ''));
  });

  it('has a wrong token that a socket was asked for with', async () => {
    const headers = { authorization: `Bearer ${newTokenText()}` };
    const socket = new SocketClient(at.url, { ca: at.ca, headers });
    assert.equal((await until('a refusal', () => socket.refusal)).status, 401);
    assert.deepEqual(recorded('authFailed'), ['websocket ip:127.0.0.1 prove authFailed as token']);
  });

  it('has who signs in by SASL, and who guesses there', async () => {
    const address = `127.0.0.1:${String(peer.ports.zookeeper)}`;
    const signIn = async (by: string): Promise<number> => {
      const socket = await JuteSocket.openTls(address, { ca: at.ca });
      try {
        await socket.connect();
        const step = (xid: number, text: string) =>
          socket.ask(xid, opCodes.sasl, bytes(Buffer.from(text)));
        const challenge = (await step(1, '')).body.toString();
        const nonce = /nonce="([^"]+)"/.exec(challenge)?.[1] ?? assert.fail(challenge);
        return (await step(2, saslAnswer(by, nonce))).error;
      } finally {
        socket.destroy();
      }
    };
    assert.equal(await signIn(password), 0);
    assert.deepEqual(recorded('authenticated'), ['zookeeper ip:127.0.0.1+sasl:ann prove']);
    assert.notEqual(await signIn('a guess'), 0);
    assert.deepEqual(recorded('authFailed'), ['zookeeper ip:127.0.0.1 prove authFailed as sasl']);
  });

  it('has each change of the switch, of roles, grants and tokens, and no secret', async () => {
    const token = newTokenText();
    const sha256 = createHash('sha256').update(token).digest('hex');
    const digest = 'digest:ann:secretHash';
    await asRoot('POST', '/init', { principals: ['x509:CN=ops'] });
    peer.audited.length = 0;
    const verbs = ['read', 'watch'];
    await asRoot('PUT', '/roles/reader', { rules: [{ prefix: '/app', verbs }] });
    const grant = { principals: ['group:builders', digest], roles: ['reader'] };
    await asRoot('PUT', '/grants/builders', grant);
    await asRoot('PUT', '/tokens/ci', { sha256, groups: ['builders'], notAfter: 4e12 });
    await asRoot('PUT', '/tokens/other', { sha256: sha256.replace(/^./, 'a').replace(/.$/, 'b') });
    await asRoot('DELETE', '/tokens/ci');
    await asRoot('POST', '/off');
    const text = JSON.stringify(peer.audited.map(({ who, ...rest }) => [who.map(auditName), rest]));
    const root = '/zookeeper/quoll/auth';
    assert.deepEqual(
      recorded('auth').map((line) => line.replace('http ip:127.0.0.1+digest:root ', '')),
      [
        `set ${root}/roles/reader /app:read+watch`,
        `set ${root}/grants/builders group:builders, digest:ann may as reader`,
        `set ${root}/tokens/ci group:builders, until 2096-10-02T07:06:40.000Z`,
        `set ${root}/tokens/other without end`,
        `delete ${root}/tokens/ci`,
        `set ${root} off`,
      ],
    );
    for (const secret of [sha256, token, 'secretHash']) assert.ok(!text.includes(secret), secret);
  });

  it('has proofs that can’t be read, through every door', async () => {
    const headers = { authorization: 'Negotiate x' };
    await askHttps(`${at.url}/v1/nodes/`, { ca: at.ca, headers });
    const asked = new SocketClient(at.url, { ca: at.ca, headers });
    assert.equal((await until('a refusal', () => asked.refusal)).status, 401);
    for (const hello of [headers, { session: { id: '1', secret: 'short' } }]) {
      const socket = await SocketClient.open(at.url, { ca: at.ca });
      await socket.answer(socket.send('hello', hello));
      socket.ws.terminate();
    }
    const grpc = new GrpcClient(
      `127.0.0.1:${String(peer.ports.grpc)}`,
      {},
      credentials.createSsl(Buffer.from(at.ca)),
    );
    const metadata = { authorization: 'Basic !' };
    await assert.rejects(grpc.call(znodes.Get, { path: '/' }, { metadata }));
    grpc.close();
    assert.deepEqual(
      recorded('authFailed'),
      ['http', 'websocket', 'websocket', 'websocket', 'grpc'].map(
        (door) => `${door} ip:127.0.0.1 prove authFailed as unreadable`,
      ),
    );
  });

  it('has what a transaction was refused for, though it did something else', async () => {
    const acl = [{ permissions: 'r', scheme: 'world', id: 'anyone' }];
    const ask = (body: object) =>
      askHttps(`${at.url}/v1/txn`, {
        ca: at.ca,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const create = { op: 'create', path: '/read-only', acl };
    assert.equal((await ask({ ops: [create] })).status, 200);
    peer.audited.length = 0;
    const ops = [
      { op: 'check', path: '/read-only' },
      { op: 'set', path: '/read-only', data: 'x' },
    ];
    const { status, body } = await ask({ ops, else: [{ op: 'check', path: '/' }] });
    assert.equal(status, 200, body);
    assert.deepEqual(recorded('refused'), [
      'ip:127.0.0.1 set /read-only noAuth and orElse was done in its place',
    ]);
  });

  it('has what was refused for want of a grant, through every door', async () => {
    await asRoot('POST', '/init', { principals: ['x509:CN=ops'] });
    const bearer = await tokens.make('ci');
    peer.audited.length = 0;
    const who = 'ip:127.0.0.1+token:ci';
    for (const asker of askers) {
      assert.equal(await asker.read('/', { bearer }), 'noAuth', asker.door);
      assert.deepEqual(recorded('refused'), [`${asker.door} ${who} read data / noAuth`]);
    }
    const headers = { authorization: `Bearer ${bearer}` };
    await askHttps(`${at.url}/v1/auth/roles`, { ca: at.ca, headers });
    assert.deepEqual(recorded('refused'), [`http ${who} auth /zookeeper/quoll/auth noAuth`]);
  });

  it('has who may begin no session, through every door that asks, and who may watch nothing', async () => {
    await asRoot('POST', '/init', { principals: ['x509:CN=ops'] });
    const bearer = await tokens.make('ci');
    peer.audited.length = 0;
    const headers = { authorization: `Bearer ${bearer}` };
    const json = { ...headers, 'content-type': 'application/json' };
    await askHttps(`${at.url}/v1/sessions`, {
      ca: at.ca,
      method: 'POST',
      headers: json,
      body: '{}',
    });
    const socket = await SocketClient.open(at.url, { ca: at.ca });
    await socket.answer(socket.send('hello', { ...headers, openSession: {} }));
    socket.ws.terminate();
    const secure = credentials.createSsl(Buffer.from(at.ca));
    const grpc = new GrpcClient(`127.0.0.1:${String(peer.ports.grpc)}`, {}, secure);
    await assert.rejects(grpc.call(sessions.OpenSession, {}, { metadata: headers }));
    grpc.close();
    const address = `127.0.0.1:${String(peer.ports.zookeeper)}`;
    const zookeeper = await JuteSocket.openTls(address, { ca: at.ca });
    await zookeeper.connect();
    await zookeeper.ask(authXid, opCodes.auth, records.auth('bearer', bearer));
    await zookeeper.ask(1, opCodes.addWatch, records.watch('/app', 0));
    zookeeper.destroy();
    const who = 'ip:127.0.0.1+token:ci';
    assert.deepEqual(recorded('refused'), [
      ...['http', 'websocket', 'grpc'].map((door) => `${door} ${who} openSession / noAuth`),
      `zookeeper ${who} watch /app noAuth`,
    ]);
  });
});

/** As a client works it out (RFC 2831, section 2.1.2.1). */
function saslAnswer(by: string, nonce: string): string {
  const realm = 'zk-sasl-md5';
  const uri = 'zookeeper/zk-sasl-md5';
  const md5 = (bytes: Uint8Array | string) => createHash('md5').update(bytes).digest();
  const a1 = Buffer.concat([md5(`ann:${realm}:${by}`), Buffer.from(`:${nonce}:c`)]);
  const [first, second] = [md5(a1), md5(`AUTHENTICATE:${uri}`)].map((hash) => hash.toString('hex'));
  const response = md5([first, nonce, '00000001', 'c', 'auth', second].join(':')).toString('hex');
  return [
    ...['charset=utf-8', 'username="ann"', `realm="${realm}"`, `nonce="${nonce}"`, 'nc=00000001'],
    ...['cnonce="c"', `digest-uri="${uri}"`, `response=${response}`, 'qop=auth'],
  ].join(',');
}
