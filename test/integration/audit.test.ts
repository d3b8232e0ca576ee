import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authFailuresPerSecondMax } from '../../src/server/local/auth-failures.ts';
import type { AuditRecord } from '../../src/model/audit.ts';
import { openSession, put } from '../support/client.ts';
import { startEnsemble, type PeerProcess, type TestEnsemble } from '../support/ensemble.ts';
import { GrpcClient, sessions, znodes } from '../support/grpc-client.ts';
import { SocketClient } from '../support/socket-client.ts';
import { until } from '../support/until.ts';
import { JuteClient } from '../support/zookeeper/jute-client.ts';

/** Must not be in the file, in no form. */
const secrets = ['a-value-of-a-znode', 'the-password', 'a-wrong-password', 'root-password'];
const [value = '', password = '', wrongPassword = '', rootPassword = ''] = secrets;

function digestOf(pair: string): string {
  return createHash('sha1').update(pair).digest('base64');
}

function basic(user: string, by: string): { readonly authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${user}:${by}`).toString('base64')}` };
}

const annsHash = digestOf(`ann:${password}`);
const closedAcl = [{ permissions: 'cdrwa', scheme: 'digest', id: `ann:${annsHash}` }];

function recordsOf(file: string): AuditRecord[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as AuditRecord);
}

/** A client of one door, which says nothing of what came of it: the audit log does. */
interface DoorClient {
  read(path: string): Promise<unknown>;
  write(path: string): Promise<unknown>;
  setAcl(path: string): Promise<unknown>;
}

describe('the audit log of a peer', function () {
  this.timeout(60_000);
  let folder: string;
  let file: string;
  let ensemble: TestEnsemble;
  let peer: PeerProcess;
  const closing: (() => void)[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-audit-'));
    mkdirSync(join(folder, 'logs'));
    file = join(folder, 'logs', 'audit.log');
    ensemble = await startEnsemble({
      peers: 1,
      grpc: true,
      zookeeper: true,
      lines: [
        `quoll.audit.file=${file}`,
        'quoll.audit.maxBytes=65536',
        'quoll.audit.keep=2',
        'quoll.audit.writesBelow=/app/keys',
        `quoll.auth.superDigest=root:${digestOf(`root:${rootPassword}`)}`,
      ],
    });
    peer = ensemble.peer(1);
    const acl = JSON.stringify({ acl: closedAcl });
    for (const path of ['/app', '/app/keys', '/closed']) {
      assert.equal((await put(peer, path, value)).status, 201);
    }
    await fetch(`${peer.http}/v1/nodes/closed?acl`, { method: 'PUT', body: acl });
  });

  after(async () => {
    for (const close of closing) close();
    await ensemble.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const found = (what: string, matches: (record: AuditRecord) => boolean) =>
    until(what, () => recordsOf(file).find(matches));

  const clients: Record<string, () => Promise<DoorClient>> = {
    http: () => {
      const at = (path: string, query = ''): string => `${peer.http}/v1/nodes${path}${query}`;
      const acl = JSON.stringify({ acl: [{ permissions: 'r', scheme: 'world', id: 'anyone' }] });
      return Promise.resolve({
        read: (path) => fetch(at(path)),
        write: (path) => fetch(at(path), { method: 'PUT', body: value }),
        setAcl: (path) => fetch(at(path, '?acl'), { method: 'PUT', body: acl }),
      });
    },
    websocket: async () => {
      const socket = await SocketClient.open(peer.http);
      closing.push(() => {
        socket.ws.terminate();
      });
      const acl = [{ permissions: 'r', scheme: 'world', id: 'anyone' }];
      const ask = (op: string, fields: object) => socket.answer(socket.send(op, fields));
      return {
        read: (path) => ask('get', { path }),
        write: (path) => ask('set', { path, data: value }),
        setAcl: (path) => ask('setAcl', { path, acl }),
      };
    },
    grpc: () => {
      const client = new GrpcClient(peer.grpc);
      closing.push(() => {
        client.close();
      });
      const acl = [{ permissions: 1, scheme: 'world', id: 'anyone' }];
      const quietly = (answer: Promise<unknown>) => answer.catch(() => undefined);
      return Promise.resolve({
        read: (path) => quietly(client.call(znodes.Get, { path })),
        write: (path) => quietly(client.call(znodes.Set, { path, data: Buffer.from(value) })),
        setAcl: (path) => quietly(client.call(znodes.SetAcl, { path, acl })),
      });
    },
    zookeeper: async () => {
      const client = await JuteClient.connect(peer.zookeeper);
      closing.push(() => {
        client.destroy();
      });
      const acl = [{ perms: 1, scheme: 'world', id: 'anyone' }];
      return {
        read: (path) => client.ask({ op: 'getData', path, watch: true }),
        write: (path) => client.ask({ op: 'setData', path, data: value, version: -1 }),
        setAcl: (path) => client.ask({ op: 'setAcl', path, acl, version: -1 }),
      };
    },
  };

  for (const door of Object.keys(clients)) {
    it(`has what was refused and done through the door ${door}`, async () => {
      const client = await (clients[door] ?? assert.fail())();
      await client.read('/closed');
      await client.write('/closed');
      await client.setAcl('/closed');
      await client.write('/app/keys');
      const path = `/by-${door}`;
      await put(peer, path, value);
      await client.setAcl(path);
      const own = (record: AuditRecord): boolean => record.door === door;
      await found('the ACL', (record) => own(record) && record.path === path);
      const lines = recordsOf(file)
        .filter(own)
        .map(({ event, op, path: at, verdict, code = '-' }) =>
          [event, op, at, verdict, code].join(' '),
        );
      const expected = [
        'refused read data /closed refused noAuth',
        'refused set /closed refused noAuth',
        'refused setAcl /closed refused noAuth',
        'write set /app/keys done -',
        `acl setAcl ${path} done -`,
      ];
      assert.deepEqual(lines.slice(-expected.length), expected);
      const written = recordsOf(file).findLast((record) => own(record) && record.event === 'write');
      assert.equal(written?.from, '127.0.0.1');
      assert.match(written.zxid ?? '', /^0x[0-9a-f]+$/);
    });
  }

  it('has who proved himself, once for a connection, at each door', async () => {
    const client = new GrpcClient(peer.grpc);
    const metadata = basic('ann', password);
    for (let times = 0; times < 3; times++) {
      await client.call(znodes.Get, { path: '/closed' }, { metadata });
    }
    client.close();
    const socket = await SocketClient.open(peer.http);
    await socket.answer(socket.send('hello', basic('ann', password)));
    socket.ws.terminate();
    const zookeeper = await JuteClient.connect(peer.zookeeper);
    for (let times = 0; times < 2; times++) {
      await zookeeper.ask({ op: 'auth', scheme: 'digest', auth: `ann:${password}` });
    }
    zookeeper.destroy();
    await fetch(`${peer.http}/v1/nodes/closed`, { headers: basic('root', rootPassword) });
    await found('the super user', ({ who }) => who.includes('super'));
    const proved = recordsOf(file).filter(({ event }) => event === 'authenticated');
    assert.deepEqual(
      proved.map(({ door = '', who, from = '' }) => [door, ...who, from].join(' ')),
      [
        'grpc digest:ann 127.0.0.1',
        'websocket digest:ann 127.0.0.1',
        'zookeeper digest:ann 127.0.0.1',
        'http digest:root super 127.0.0.1',
      ],
    );
  });

  it('has guesses at passwords and secrets, and those that were not looked at', async () => {
    const session = await openSession(peer, 10_000);
    const wrong = {
      ...session.headers,
      'x-session-secret': Buffer.alloc(16).toString('base64url'),
    };
    await fetch(`${peer.http}/v1/sessions/${session.id}`, { method: 'PUT', headers: wrong });
    const client = new GrpcClient(peer.grpc);
    await client.call(sessions.TouchSession, {}, { metadata: wrong }).catch(() => undefined);
    const zookeeper = await JuteClient.open(peer.zookeeper);
    await zookeeper.handshake({ session: BigInt(session.id), password: Buffer.alloc(16) });
    zookeeper.destroy();
    client.close();
    const guessed = (door: string) => (record: AuditRecord) =>
      record.event === 'authFailed' && record.door === door && record.detail === 'as session';
    for (const door of ['http', 'grpc', 'zookeeper']) await found(door, guessed(door));
    for (let each = 0; each <= authFailuresPerSecondMax; each++) {
      const headers = basic('root', `${wrongPassword}${String(each)}`);
      await fetch(`${peer.http}/v1/nodes/closed`, { headers });
    }
    await found(
      'the last guess',
      ({ event, code }) => event === 'authFailed' && code === 'throttled',
    );
  });

  it('says how often what comes in floods was refused', async () => {
    const client = await (clients['websocket'] ?? assert.fail())();
    await Promise.all(Array.from({ length: 3_000 }, () => client.read('/closed')));
    const flood = await found(
      'a summary',
      ({ event, times = 1 }) => event === 'refused' && times > 1,
    );
    assert.deepEqual([flood.from, flood.path], ['127.0.0.1', '/closed']);
    assert.ok(recordsOf(file).length < 300);
  });

  it('has the peer’s own beginning and end, and nothing that is secret', async () => {
    assert.equal(await peer.end('SIGTERM'), 0);
    const all = recordsOf(file);
    assert.deepEqual(
      all
        .filter(({ who, from }) => who.length === 0 && from === undefined)
        .map(({ op }) => op)
        .sort(),
      ['founded', 'start', 'stop'],
    );
    const text = readFileSync(file, 'utf8');
    const hidden = secrets.flatMap((secret) => [
      secret,
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
      Buffer.from(secret).toString('hex'),
    ]);
    for (const each of [...hidden, annsHash, digestOf(`root:${rootPassword}`), 'Basic ']) {
      assert.ok(!text.includes(each), each);
    }
  });

  it('makes way for a new file when it is full', async () => {
    peer.start();
    await peer.ready();
    const name = 'n'.repeat(200);
    await until('three files', async () => {
      await Promise.all(
        Array.from({ length: 50 }, () => put(peer, `/app/keys/${name}`, value, 'create')),
      );
      return ['', '.1', '.2'].every((ending) => existsSync(`${file}${ending}`));
    });
    const names = readdirSync(join(folder, 'logs'));
    assert.ok(
      names.every((each) => /^audit\.log(\.[12])?$/.test(each)),
      names.join(' '),
    );
  });

  it('is missed in the log and the metrics when it can’t be written, and the peer serves', async () => {
    takeAway(join(folder, 'logs'));
    await put(peer, '/app/keys', value, '');
    await until('it is said', () => peer.log.includes('auditFailed'));
    assert.equal((await put(peer, '/app/keys', value, '')).status, 200);
    const { body } = await peer.ask('/metrics');
    assert.match(body, /^quoll_audit_lost_total 0$/m);
    mkdirSync(join(folder, 'logs'));
    await until('it goes on', () => peer.log.includes('auditGoesOn'));
    assert.equal(recordsOf(file).filter(({ path }) => path === '/app/keys').length, 2);
  });

  it('ends the peer in plain words when it can’t be written, where that is wanted', async () => {
    await peer.end('SIGTERM');
    peer.start('--audit-on-failure', 'stop');
    await peer.ready();
    peer.output.length = 0;
    takeAway(join(folder, 'logs'));
    await put(peer, '/app/keys', value, '').catch(() => undefined);
    assert.equal(await peer.ended(), 70);
    assert.match(peer.log, /quoll: The audit log .*audit\.log can't be written: ENOENT.*\n.*stop/);
  });

  it('keeps a peer from starting that could not keep it', async () => {
    peer.output.length = 0;
    peer.start();
    assert.equal(await peer.ended(), 1);
    assert.match(peer.log, /audit\.file: .*audit\.log can't be written: ENOENT/);
    assert.ok(!existsSync(file));
  });
});

/** In one go, whatever is written there meanwhile. */
function takeAway(directory: string): void {
  const elsewhere = `${directory}-gone`;
  renameSync(directory, elsewhere);
  rmSync(elsewhere, { recursive: true, maxRetries: 10 });
}
