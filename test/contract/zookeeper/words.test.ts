import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { fourLetterWords } from '../../../src/model/four-letter-word.ts';
import { startEnsemble, type PeerProcess, type TestEnsemble } from '../../support/ensemble.ts';
import { until } from '../../support/until.ts';

const portOf = (peer: PeerProcess): number => Number(peer.zookeeper.split(':')[1]);

function open(peer: PeerProcess): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(portOf(peer), '127.0.0.1', () => {
      resolve(socket);
    });
    socket.once('error', reject);
  });
}

/** All that comes until the peer closes the connection. */
async function ask(peer: PeerProcess, ...pieces: readonly (string | Buffer)[]): Promise<string> {
  const socket = await open(peer);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.setNoDelay(true);
  const closed = new Promise<void>((resolve, reject) => {
    socket.once('end', resolve);
    socket.once('error', reject);
  });
  for (const piece of pieces) {
    await new Promise<void>((resolve) => {
      socket.write(piece, () => {
        resolve();
      });
    });
  }
  await closed;
  return Buffer.concat(chunks).toString();
}

function frame(...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([int(body.length), body]);
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

const text = (value: string): Buffer => Buffer.concat([int(value.length), Buffer.from(value)]);

/** Whole answers, without their lengths, as they come. */
function framesOf(socket: Socket): { next: () => Promise<Buffer> } {
  let bytes = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
  });
  return {
    next: () =>
      until('an answer', () => {
        if (bytes.length < 4 || bytes.length < 4 + bytes.readInt32BE()) return undefined;
        const end = 4 + bytes.readInt32BE();
        const answer = bytes.subarray(4, end);
        bytes = bytes.subarray(end);
        return answer;
      }),
  };
}

const getData = 4;
const timeoutMs = 30_000;

/** A session with a watch on `/zookeeper`; its id as the words write it. */
async function startWatching(peer: PeerProcess): Promise<{ socket: Socket; id: string }> {
  const socket = await open(peer);
  const frames = framesOf(socket);
  const never = Buffer.alloc(8);
  socket.write(frame(int(0), never, int(timeoutMs), Buffer.alloc(8), int(16), Buffer.alloc(16)));
  const connected = await frames.next();
  assert.equal(connected.readInt32BE(4), timeoutMs);
  socket.write(frame(int(1), int(getData), text('/zookeeper'), Buffer.from([1])));
  assert.equal((await frames.next()).readInt32BE(12), 0, 'getData succeeded');
  return { socket, id: `0x${connected.readBigInt64BE(8).toString(16)}` };
}

const lineOf = (answer: string, start: string): string | undefined =>
  answer.split('\n').find((line) => line.startsWith(start));

describe('four-letter words over TCP', () => {
  let ensemble: TestEnsemble;
  let leader: PeerProcess;
  let follower: PeerProcess;

  before(async function () {
    this.timeout(60_000);
    ensemble = await startEnsemble({
      peers: 3,
      zookeeper: true,
      lines: ['4lw.commands.whitelist=*', 'maxSessionTimeout=40000'],
    });
    leader = await ensemble.leader();
    const [other] = ensemble.peers.filter((peer) => peer !== leader);
    assert(other);
    follower = other;
  });
  after(() => ensemble.stop());

  it('are all answered by a leader and by a follower, and the connection ends', async () => {
    for (const peer of [leader, follower]) {
      for (const word of fourLetterWords) {
        const answer = await ask(peer, word === 'stmk' ? `stmk${'\0'.repeat(8)}` : word);
        // A young ensemble has no digests yet.
        if (word !== 'hash') assert.notEqual(answer, '', word);
        assert.doesNotMatch(answer, /whitelist|not currently serving/, word);
      }
    }
    assert.equal(await ask(leader, 'ruok'), 'imok');
    assert.equal(await ask(follower, 'isro'), 'rw');
    assert.equal(await ask(leader, Buffer.from([0xff, 0xf4, 0xff, 0xfd])), '');
  });

  it('say who leads, whom it leads, and how old its data is', async () => {
    assert.equal(lineOf(await ask(leader, 'srvr'), 'Mode: '), 'Mode: leader');
    assert.equal(lineOf(await ask(follower, 'srvr'), 'Mode: '), 'Mode: follower');
    await until('both followers in sync', async () =>
      (await ask(leader, 'mntr')).includes('zk_synced_followers\t2\n'),
    );
    const zxidOf = async (peer: PeerProcess): Promise<string | undefined> =>
      lineOf(await ask(peer, 'srvr'), 'Zxid: ');
    await until('equal zxids', async () => (await zxidOf(leader)) === (await zxidOf(follower)));
    const conf = await ask(follower, 'conf');
    assert.equal(lineOf(conf, 'clientPort='), `clientPort=${String(portOf(follower))}`);
    assert.equal(lineOf(conf, 'maxSessionTimeout='), 'maxSessionTimeout=40000');
    assert.equal(lineOf(conf, 'dataDir='), `dataDir=${follower.dataDir}`);
    assert.match(lineOf(conf, 'dataDirSize=') ?? '', /=[1-9]\d+$/);
    assert.equal(conf.match(/^server\.\d=.*:participant$/gm)?.length, 3);
  });

  it('show a connection, its session and its watches', async () => {
    const { socket, id } = await startWatching(follower);
    const cons = lineOf(await ask(follower, 'cons'), ` /127.0.0.1:${String(socket.localPort)}`);
    assert.match(
      cons ?? '',
      new RegExp(
        String.raw`^ /127\.0\.0\.1:\d+\[1\]\(queued=0,recved=2,sent=2,sid=${id},lop=GETD,est=\d+,to=30000,` +
          String.raw`lcxid=0x1,lzxid=0x[0-9a-f]+,lresp=\d+,llat=\d+,minlat=\d+,avglat=\d+,maxlat=\d+\)$`,
      ),
    );
    assert.equal(await ask(follower, 'wchs'), '1 connections watching 1 paths\nTotal watches:1\n');
    assert.equal(await ask(follower, 'wchp'), `/zookeeper\n\t${id}\n\n`);
    assert.equal(await ask(leader, 'wchc'), '\n');
    assert.match(await ask(follower, 'mntr'), /^zk_watch_count\t1$/m);
    assert.match(await ask(follower, 'dump'), new RegExp(`^${id}\\t30000ms$`, 'm'));
    await until('the leader to know of the session', async () =>
      new RegExp(
        String.raw`^1 expire at \w{3} \w{3} \d\d \d\d:\d\d:\d\d UTC \d{4}:\n\t${id}$`,
        'm',
      ).test(await ask(leader, 'dump')),
    );
    socket.destroy();
    await until('no watch any more', async () =>
      (await ask(follower, 'wchs')).startsWith('0 connections'),
    );
  });

  it('are answered in full to who has ended its own side, as netcat does', async () => {
    const socket = await open(follower);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    const ended = new Promise((resolve) => socket.once('end', resolve));
    socket.end('mntr\n');
    await ended;
    assert.match(Buffer.concat(chunks).toString(), /^zk_version\t[^]*\n$/);
  });

  it('may come in pieces, and are no words inside of a frame', async () => {
    assert.equal(await ask(leader, 'r', 'uo', 'k'), 'imok');
    const socket = await open(leader);
    const frames = framesOf(socket);
    const password = Buffer.from('ruokruokruokruok');
    const request = frame(
      int(0),
      Buffer.alloc(8),
      int(timeoutMs),
      Buffer.alloc(8),
      text(password.toString()),
    );
    const cut = request.length - password.length;
    socket.write(request.subarray(0, cut));
    await until('the first piece to be there', async () =>
      (await ask(leader, 'cons')).includes(`:${String(socket.localPort)}[1]`),
    );
    socket.write(request.subarray(cut));
    assert.equal((await frames.next()).readInt32BE(4), timeoutMs);
    socket.destroy();
  });

  it('are refused but for four of them, where nothing is said', async () => {
    const [peer] = ensemble.peers.filter((one) => one !== leader && one !== follower);
    assert(peer);
    await peer.end('SIGTERM');
    peer.rewriteConfig((config) => config.replace(/^4lw.*\n/m, 'maxClientCnxns=10\n'));
    peer.start();
    await peer.ready();
    const answered = ['isro', 'mntr', 'ruok', 'srvr'];
    for (const word of fourLetterWords) {
      const answer = await ask(peer, word);
      const refusal = `${word} is not executed because it is not in the whitelist.\n`;
      assert.equal(answer === refusal, !answered.includes(word), `${word}: ${answer}`);
    }
  });

  it('count the connections that a limit kept out', async () => {
    const [peer] = ensemble.peers.filter((one) => one !== leader && one !== follower);
    assert(peer);
    const sockets = await Promise.all(Array.from({ length: 11 }, () => open(peer)));
    await Promise.race(
      sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve).resume())),
    );
    for (const socket of sockets) socket.destroy();
    const rejected = await until('room for a word', async () =>
      lineOf(await ask(peer, 'mntr'), 'zk_connection_rejected'),
    );
    assert.match(rejected, /\t[1-9]\d*$/);
  });

  it('send a short answer in one go: there are clients that look only once', async () => {
    const socket = await open(leader);
    socket.write('stat');
    const [first] = (await once(socket, 'data')) as [Buffer];
    assert.match(first.toString(), /^Zookeeper version.*\nClients:[\s\S]*\nNode count: \d+\n/);
    socket.destroy();
  });

  it('say without a quorum that nothing is served', async () => {
    for (const peer of ensemble.peers) if (peer !== follower) await peer.end('SIGKILL');
    await until('the loss of the quorum', async () => (await ask(follower, 'isro')) === 'null');
    const notServing = 'This ZooKeeper instance is not currently serving requests\n';
    for (const word of ['srvr', 'mntr', 'stat', 'cons', 'dump']) {
      assert.equal(await ask(follower, word), notServing, word);
    }
    assert.equal(await ask(follower, 'ruok'), 'imok');
  });
});
