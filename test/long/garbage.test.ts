import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { assertNothingLost, get, openSession, problemOf, put, Writers } from '../support/client.ts';
import { startEnsemble, type PeerProcess, type TestEnsemble } from '../support/ensemble.ts';
import { statusesIn } from '../support/raw-http.ts';
import { until } from '../support/until.ts';

const idleSockets = 200;
const rssGrowthBytesMax = 100 * 1_048_576;

interface Ports {
  readonly quorum: number;
  readonly election: number;
  readonly http: number;
}

function portsOf(peer: PeerProcess): Ports {
  const line = new RegExp(`^server\\.${String(peer.id)}=127\\.0\\.0\\.1:(\\d+):(\\d+)`, 'm');
  const [, quorum, election] = line.exec(readFileSync(peer.configFile, 'utf8')) ?? [];
  return {
    quorum: Number(quorum),
    election: Number(election),
    http: Number(new URL(peer.http).port),
  };
}

async function rssBytes(peer: PeerProcess): Promise<number> {
  const metrics = await (await fetch(`${peer.http}/metrics`)).text();
  const found = /^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1];
  assert.ok(found !== undefined, metrics.slice(0, 2_000));
  return Number(found);
}

/** A connection of somebody who means no good, or does not know better. */
class Stranger {
  readonly socket: Socket;
  readonly name: string;
  received = '';
  isClosed = false;

  constructor(port: number, bytes: Uint8Array | string = '', halfCloses = false) {
    const said = Buffer.from(bytes.slice(0, 20)).toString('latin1');
    this.name = `${JSON.stringify(said)} to port ${String(port)}${halfCloses ? ', half closed' : ''}`;
    this.socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    this.socket.on('data', (chunk: Buffer) => {
      this.received += chunk.toString('latin1');
    });
    // The other side has said its last: nothing is left to wait for.
    this.socket.on('end', () => this.socket.end());
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => {
      this.isClosed = true;
    });
    if (bytes.length > 0) this.socket.write(bytes);
    if (halfCloses) this.socket.end();
  }
}

function frame(length: number, body: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(length);
  return Buffer.concat([head, body]);
}

/** What may come in on any port of a machine that others can reach, and on purpose or by a mix-up of ports. */
function garbage(): readonly (Uint8Array | string)[] {
  const magic = Buffer.from('QUOL');
  return [
    randomBytes(1),
    randomBytes(3),
    randomBytes(1_000),
    randomBytes(1_048_576),
    Buffer.alloc(65_536),
    'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    'POST /v1/txn HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1e9\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'ruok',
    // TLS, and a ZooKeeper client that connects.
    Buffer.from('1603010200010001fc0303', 'hex'),
    frame(45, Buffer.alloc(45)),
    // Lengths that nobody should make room for.
    frame(0xffffffff, randomBytes(100)),
    frame(0x7fffffff, magic),
    frame(512, randomBytes(512)),
    frame(0, Buffer.alloc(0)),
    // A frame that never ends, and one that begins as ours do.
    frame(500, magic),
    frame(47, Buffer.concat([magic, Buffer.from([0, 0, 0, 1, 2, 1, 0, 2]), randomBytes(35)])),
    frame(12, Buffer.concat([magic, Buffer.from([0, 0, 0, 99, 1, 1, 0, 2])])),
  ];
}

describe('an ensemble among strangers', function () {
  this.timeout(120_000);
  let ensemble: TestEnsemble;
  const strangers: Stranger[] = [];
  let writers: Writers | undefined;

  const load = async (count: number, parent: string): Promise<Writers> => {
    assert.equal((await put(ensemble.peer(1), parent, '')).status, 201);
    writers = new Writers(ensemble.peers, count, parent);
    return writers;
  };

  afterEach(async () => {
    await writers?.stop();
  });

  before(async () => {
    ensemble = await startEnsemble({ peers: 3 });
  });

  after(async () => {
    for (const { socket } of strangers) socket.destroy();
    await ensemble.stop();
  });

  it('acknowledges every write while garbage comes in on every port', async () => {
    const leader = await ensemble.leader();
    const { epoch } = await leader.cluster();
    const pids = ensemble.peers.map(({ pid }) => pid);
    const writing = await load(4, '/garbage');
    await until('a running load', () => writing.acknowledged > 100);
    const rssBefore = await Promise.all(ensemble.peers.map(rssBytes));

    const left: Stranger[] = [];
    const comes = (stranger: Stranger): void => {
      strangers.push(stranger);
      left.push(stranger);
    };
    for (const peer of ensemble.peers) {
      const { quorum, election, http } = portsOf(peer);
      for (const port of [quorum, election, http]) {
        for (let count = 0; count < idleSockets; count++) comes(new Stranger(port));
        for (const bytes of garbage()) {
          comes(new Stranger(port, bytes));
          comes(new Stranger(port, bytes, true));
        }
      }
      // One that comes and goes, as a port scanner does.
      for (let count = 0; count < 50; count++) {
        new Stranger(quorum, randomBytes(8)).socket.destroySoon();
      }
    }
    const during = writing.acknowledged;
    await until('writes among strangers', () => writing.acknowledged > during + 100);
    // Nobody stays who does not say who he is, on the HTTP port nobody who does not ask for anything.
    const staying = (): readonly string[] =>
      left.filter(({ isClosed }) => !isClosed).map(({ name }) => name);
    await until('every stranger to be gone', () => staying().length === 0).catch(() => {
      assert.deepEqual(staying(), []);
    });
    const after = writing.acknowledged;
    await until('writes afterwards', () => writing.acknowledged > after + 100);
    await writing.stop();

    for (const [name, told] of writing.told) assert.equal(told, 'acknowledged', name);
    await assertNothingLost(ensemble.peers, writing, '/garbage');
    for (const [index, peer] of ensemble.peers.entries()) {
      assert.ok(peer.isRunning);
      assert.equal(peer.pid, pids[index]);
      const grown = (await rssBytes(peer)) - (rssBefore[index] ?? 0);
      assert.ok(
        grown < rssGrowthBytesMax,
        `peer ${String(peer.id)} grew by ${String(grown)} bytes`,
      );
      // A scanner fills no disk.
      assert.ok((peer.log.match(/peerRefused/g) ?? []).length <= 40);
    }
    assert.equal((await leader.cluster()).epoch, epoch, 'nobody elected anew');
  });

  it('answers HTTP that is none, and says why', async () => {
    const { http } = portsOf(ensemble.peer(1));
    const stranger = new Stranger(http, randomBytes(64).fill(0xff, 0, 1));
    strangers.push(stranger);
    await until('the end of it', () => stranger.isClosed);
    assert.deepEqual(statusesIn(stranger.received), [400]);
    assert.match(stranger.received, /"code":"MALFORMEDHTTP"/);
  });

  it('minds no client that leaves in the middle of a request', async () => {
    const peer = ensemble.peer(1);
    const { http } = portsOf(peer);
    const head =
      'PUT /v1/nodes/half?create HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n';
    for (const request of [
      'PUT /v1/no',
      head,
      `${head}${'x'.repeat(999)}`,
      'GET /v1/nodes/garbage?children&withData&limit=1000 HTTP/1.1\r\nHost: localhost\r\n\r\n',
    ]) {
      for (let count = 0; count < 20; count++) {
        const socket = connect({ host: '127.0.0.1', port: http });
        socket.on('error', () => undefined);
        await new Promise((resolve) => socket.write(request, resolve));
        socket.resetAndDestroy();
      }
    }
    assert.equal((await get(peer, '/half')).status, 404);
    assert.equal((await put(peer, '/whole', 'x'.repeat(1_000))).status, 201);
    assert.equal((await problemOf(await get(peer, '/half'))).code, 'NONODE');
  });

  it('outlives a leader that stands still for three seconds', async () => {
    const old = await ensemble.leader();
    const others = ensemble.peers.filter((peer) => peer !== old);
    const [other] = others;
    assert.ok(other !== undefined);
    const { epoch } = await other.cluster();
    const { id, headers } = await openSession(other, 10_000);
    const ephemeral = await fetch(`${other.http}/v1/nodes/?name=e&kind=ephemeral`, {
      method: 'POST',
      headers,
    });
    assert.equal(ephemeral.status, 201);
    const writing = await load(6, '/pause');
    const started = writing.acknowledged;
    await until('a running load', () => writing.acknowledged > started + 50);

    const stoppedAt = performance.now();
    old.signal('SIGSTOP');
    try {
      const next = await until('another leader', async () => {
        for (const peer of others) {
          const { self, epoch: now } = await peer.cluster();
          if (self.role === 'leader' && now > epoch) return peer;
        }
        return undefined;
      });
      assert.ok((await put(next, '/by-the-next', '')).ok);
      const beat = await fetch(`${other.http}/v1/sessions/${id}`, {
        method: 'PUT',
        headers,
      });
      assert.equal(beat.status, 204);
      await until('three seconds', () => performance.now() - stoppedAt > 3_000);
    } finally {
      old.signal('SIGCONT');
    }
    await until('the old leader to follow', async () => {
      const { self } = await old.cluster();
      return self.role === 'follower' && (await fetch(`${old.http}/readyz`)).status === 200;
    });
    const since = writing.acknowledged;
    await until('writes afterwards', () => writing.acknowledged > since + 50);
    await writing.stop();
    await assertNothingLost(ensemble.peers, writing, '/pause');
    for (const peer of ensemble.peers) assert.equal((await get(peer, '/e')).status, 200);
  });
});
