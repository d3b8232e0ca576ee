import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  OptionsRefused,
  PeerFailed,
  startEnsemble,
  startPeer,
  type EmbeddedPeer,
  type Ensemble,
  type PeerOptions,
} from '../../src/index.ts';
import { HandshakeRefused, readGreeting } from '../../src/adapters/peer-tcp/handshake.ts';
import { freePorts } from '../../src/config/free-ports.ts';
import { until } from '../support/until.ts';

const put = async (url: string, path: string, body: string): Promise<number> =>
  (await fetch(`${url}/v1/nodes${path}?create`, { method: 'PUT', body })).status;
const get = async (url: string, path: string): Promise<string> =>
  (await fetch(`${url}/v1/nodes${path}`)).text();

/** A peer looks at its directory when it writes, every second. */
async function untilItFails(url: string): Promise<void> {
  await until('a write that fails', () =>
    put(url, '/more', '').then(
      (status) => status >= 500,
      () => true,
    ),
  );
}

describe('an embedded peer', function () {
  this.timeout(60_000);
  let folder: string;
  let peers: EmbeddedPeer[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-embedded-'));
    peers = [];
  });
  afterEach(async () => {
    for (const peer of peers) await peer.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (options: Partial<PeerOptions> = {}): Promise<EmbeddedPeer> => {
    const peer = await startPeer({
      dataDir: join(folder, 'data'),
      http: { port: 0 },
      zookeeper: { port: 'off' },
      grpc: { port: 'off' },
      ...options,
    });
    peers.push(peer);
    return peer;
  };

  it('serves, stops, and goes on with its data at the next start', async () => {
    const first = await start();
    await first.ready();
    assert.equal(first.url, `http://${first.addresses.http}`);
    assert.deepEqual([first.isRunning, first.role], [true, 'leader']);
    assert.equal(await put(first.url, '/a', 'kept'), 201);
    await first.stop();
    await first.stop();
    assert.deepEqual([first.isRunning, first.role], [false, 'looking']);
    await assert.rejects(fetch(first.url));
    await assert.rejects(first.ready(), /was stopped/);
    const second = await start();
    await second.ready();
    assert.equal(await get(second.url, '/a'), 'kept');
  });

  it('killed, breaks its connections, and frees its directory', async () => {
    const first = await start();
    await first.ready();
    assert.equal(await put(first.url, '/a', 'kept'), 201);
    const { hostname, port } = new URL(first.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await once(socket, 'connect');
    await first.kill();
    await closed;
    await first.kill();
    const second = await start();
    await second.ready();
    assert.equal(await get(second.url, '/a'), 'kept');
  });

  it('stands beside others, and leaves the process as it was', async () => {
    const events = ['exit', 'SIGTERM', 'SIGINT', 'uncaughtException', 'unhandledRejection'];
    const listeners = (): number[] => events.map((event) => process.listenerCount(event));
    const before = listeners();
    const lines: string[] = [];
    const log = { level: 'debug', write: (line: string) => lines.push(line) } as const;
    const one = await start({ dataDir: join(folder, 'one'), log });
    const two = await start({ dataDir: join(folder, 'two') });
    await Promise.all([one.ready(), two.ready()]);
    assert.equal(await put(one.url, '/a', 'one'), 201);
    assert.equal(await put(two.url, '/a', 'two'), 201);
    assert.equal(await get(one.url, '/a'), 'one');
    assert.deepEqual(listeners(), before);
    const events_ = lines.map((line) => (JSON.parse(line) as { event: string }).event);
    assert.ok(events_.includes('listening'), lines.join(''));
  });

  it('leaves nothing open, however often it was started', async () => {
    // Sockets, threads, ports of threads; the timers here are those of the test.
    const open = (): string[] =>
      process.getActiveResourcesInfo().filter((name) => name !== 'Timeout');
    const before = open();
    const servers = async (): Promise<Record<number, string>> => {
      const [own, ...others] = (await freePorts(4)).map(String);
      const host = '127.0.0.1:';
      return {
        1: `${host}${own ?? ''}:${others[0] ?? ''}`,
        2: `${host}${others.slice(1).join(':')}`,
      };
    };
    for (let round = 0; round < 6; round++) {
      const peer = await start({ serverId: 1, servers: await servers() });
      if (round % 2 === 0) await peer.stop();
      else await peer.kill();
      rmSync(join(folder, 'data'), { recursive: true });
    }
    await until('nothing to be left open', () => {
      const left = open();
      for (const one of before) if (left.includes(one)) left.splice(left.indexOf(one), 1);
      if (left.length > 0) throw new Error(left.join(', '));
      return true;
    });
  });

  it('does not mind a log that throws', async () => {
    const write = (): never => {
      throw new Error('full');
    };
    const peer = await start({ log: { level: 'debug', write } });
    await peer.ready();
  });

  it('is refused with all mistakes of its options', async () => {
    const options = { http: { port: 99_999 }, limits: { dataBytesMax: 0 } };
    await assert.rejects(start(options), (error) => {
      assert.ok(error instanceof OptionsRefused);
      assert.deepEqual(
        error.complaints.map(({ where }) => where),
        ['options.http.port', 'options.limits.dataBytesMax'],
      );
      assert.match(error.message, /2 mistakes:\n {2}options\.http\.port.*\n {6}Write a port/);
      return true;
    });
    assert.equal(existsSync(join(folder, 'data')), false);
  });

  it('does not start on the data of another, which goes on unharmed', async () => {
    const first = await start();
    await first.ready();
    await assert.rejects(start(), (error) => {
      assert.ok(error instanceof PeerFailed);
      assert.equal(error.code, 'locked');
      return true;
    });
    assert.equal(await put(first.url, '/a', 'well'), 201);
  });

  it('names the setting of a port that is taken, and leaves nothing open', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await assert.rejects(start({ http: { port } }), /http\.port/);
    await new Promise((resolve) => other.close(resolve));
    const peer = await start({ http: { port } });
    await peer.ready();
  });

  it('tells of its failure, is gone then, and starts again once the cause is', async () => {
    const data = join(folder, 'data');
    const peer = await start();
    await peer.ready();
    assert.equal(await put(peer.url, '/a', 'kept'), 201);
    renameSync(data, join(folder, 'moved'));
    await untilItFails(peer.url);
    const failure = await peer.failed;
    assert.ok(failure instanceof PeerFailed);
    assert.equal(failure.code, 'io');
    assert.match(failure.message, /start the peer again/);
    assert.equal(peer.isRunning, false);
    await assert.rejects(peer.ready(), failure);
    await assert.rejects(fetch(peer.url));
    await peer.stop();
    renameSync(join(folder, 'moved'), data);
    const again = await start();
    await again.ready();
    assert.equal(await get(again.url, '/a'), 'kept');
  });

  it('says what it waits for when it is not ready in time', async () => {
    const [own, ...others] = await freePorts(4);
    const servers = {
      1: `127.0.0.1:${String(own)}:${String(others[0])}`,
      2: `127.0.0.1:${String(others[1])}:${String(others[2])}`,
    };
    const peer = await start({ serverId: 1, servers });
    const late = /peer 1 to be ready: not within 20 ms \(no leader known/;
    await assert.rejects(peer.ready({ timeoutMs: 20 }), late);
  });
});

describe('an embedded ensemble', function () {
  this.timeout(60_000);
  let ensemble: Ensemble;
  afterEach(async () => {
    await ensemble.stop();
  });

  it('survives the death of its leader, and takes it back', async () => {
    ensemble = await startEnsemble({ peers: 3, observers: 1 });
    assert.equal(ensemble.urls.length, 4);
    assert.equal(ensemble.peer(4).role, 'observer');
    assert.throws(() => ensemble.peer(5), /no peer 5/);
    const leader = await ensemble.leader();
    assert.equal(await put(leader.url, '/a', 'before'), 201);
    await leader.kill();
    assert.equal(leader.isRunning, false);
    const next = await ensemble.leader();
    assert.notEqual(next, leader);
    await until('a write', async () => (await put(next.url, '/a', 'after')) === 200);
    await leader.start();
    await assert.rejects(leader.start(), /runs already/);
    await leader.ready();
    assert.equal(await get(leader.url, '/a'), 'after');
  });

  it('has peers that stop and start, and no quorum without two of three', async () => {
    ensemble = await startEnsemble({ start: false });
    const [one, two, three] = ensemble.peers;
    assert.ok(one !== undefined && two !== undefined && three !== undefined);
    await assert.rejects(one.ready(), /was not started/);
    await Promise.all([one.start(), two.start(), three.start()]);
    await ensemble.ready();
    await Promise.all([two.stop(), three.stop()]);
    await until('no leader', () => one.role === 'looking');
    await assert.rejects(ensemble.leader({ timeoutMs: 1 }), /a leader: not within 1 ms/);
    await two.start();
    await ensemble.ready();
  });

  it('tells which peer has failed, and why', async () => {
    ensemble = await startEnsemble({ peers: 1 });
    const peer = ensemble.peer(1);
    renameSync(peer.dataDir, `${peer.dataDir}-moved`);
    await untilItFails(peer.url);
    await until('the failure', () => peer.failure !== undefined);
    await assert.rejects(ensemble.ready(), peer.failure);
    renameSync(`${peer.dataDir}-moved`, peer.dataDir);
    await peer.start();
    await ensemble.ready();
    assert.equal(peer.failure, undefined);
  });

  it('has a secret of its own: nobody else on the machine can speak as one of its peers', async () => {
    ensemble = await startEnsemble({ peers: 2 });
    const [url = ''] = ensemble.urls;
    let port: string | undefined;
    await until('the line of peer 1', async () => {
      port = /^server\.1=127\.0\.0\.1:(\d+):/m.exec(await get(url, '/zookeeper/config'))?.[1];
      return port !== undefined;
    });
    const socket = connect(Number(port), '127.0.0.1');
    const [frame] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    const stranger = {
      plane: 'broadcast',
      self: 2,
      isKnown: () => true,
      secret: undefined,
    } as const;
    const read = (): unknown => readGreeting(frame.subarray(4), stranger as never, 1 as never);
    assert.throws(
      read,
      (error) => error instanceof HandshakeRefused && /shared secret/.test(error.message),
    );
  });

  it('keeps the data of a named directory, and removes that of none', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'quoll-kept-'));
    try {
      ensemble = await startEnsemble({ peers: 1, dataDir });
      assert.equal(await put(ensemble.urls[0] ?? '', '/a', 'kept'), 201);
      await ensemble.stop();
      assert.deepEqual(readdirSync(dataDir), ['peer-1']);
      ensemble = await startEnsemble({ peers: 1, dataDir });
      assert.equal(await get(ensemble.urls[0] ?? '', '/a'), 'kept');
    } finally {
      await ensemble.stop();
      rmSync(dataDir, { recursive: true });
    }
    ensemble = await startEnsemble({ peers: 1 });
    const { dataDir: temporary } = ensemble.peer(1);
    assert.ok(existsSync(temporary));
    await ensemble.stop();
    assert.equal(existsSync(temporary), false);
  });

  it('passes limits on, and is refused with wrong ones', async () => {
    ensemble = await startEnsemble({ peers: 1, limits: { dataBytesMax: 3 } });
    assert.equal(await put(ensemble.urls[0] ?? '', '/a', 'four'), 413);
    await assert.rejects(startEnsemble({ peers: 10, observers: -1 }), /2 mistakes/);
    await assert.rejects(startEnsemble({ limits: { dataBytesMax: -1 } }), OptionsRefused);
  });
});
