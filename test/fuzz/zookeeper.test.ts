import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { startEnsemble, type Ensemble } from '../../src/index.ts';
import { Prng } from '../sim/prng.ts';
import { call, expectStatus } from '../support/contract.ts';
import { reachable } from '../support/garbage.ts';
import {
  Bystander,
  bytes,
  frame,
  int32,
  JuteSocket,
  pingXid,
  records,
  request,
  text,
} from '../support/zookeeper/jute-frames.ts';
import { until } from '../support/until.ts';
import { opCodes as op } from '../support/zookeeper/requests.ts';
import { authCode, authXid, JuteFuzz } from './jute-fuzz.ts';

// Random frames at the door for ZooKeeper's clients, 1,000,000 of them by `npm run test:zookeeper-fuzz`.

const seed = Number(process.env['QUOLL_FUZZ_SEED'] ?? Date.now() >>> 0);
const framesMin = Number(process.env['QUOLL_FUZZ_FRAMES'] ?? 4_000);
const connectionsAtATime = 8;
/** After so many, what they have made is removed: a tree without end would be no leak. */
const framesPerCleaning = 20_000;
/** Caches of the newest changes fill up meanwhile; a hundred bytes for each of a million frames would be more. */
const grownBytesMax = 64 * 1_048_576;
/** What frames ask for by chance is clamped to these: whatever was begun is over soon. */
const sessionTimeoutMs = { min: 500, max: 3_000 };
const superPassword = 'super:fuzz';
const eventXid = -1;
/** What clients know, old ones too; -121 and -123 answer operations that are younger. */
const knownErrors = new Set([
  ...[0, -1, -2, -3, -4, -5, -6, -7, -8, -13, -14, -100, -101, -102, -103, -108, -110, -111, -112],
  ...[-113, -114, -115, -118, -119, -121, -123],
]);

describe("fuzzed frames at the door for ZooKeeper's clients", () => {
  let ensemble: Ensemble;
  let address: string;
  let honest: JuteSocket;
  let bystander: Bystander;
  const log: string[] = [];
  const random = new Prng(seed);
  const fuzz = new JuteFuzz(random);

  before(async () => {
    const digest = createHash('sha1').update(superPassword).digest('base64');
    ensemble = await startEnsemble({
      peers: 1,
      grpc: { port: 'off' },
      limits: {
        sessionTimeoutMsMin: sessionTimeoutMs.min,
        sessionTimeoutMsMax: sessionTimeoutMs.max,
      },
      auth: { superDigest: `super:${digest}` },
      log: { level: 'info', format: 'json', write: (line) => log.push(line) },
    });
    address = ensemble.peer(1).zookeeper;
    honest = (await JuteSocket.connected(address)).keepAlive(sessionTimeoutMs.min / 2);
    bystander = await Bystander.begin(address, '/bystander');
    await protectTree();
    await clean();
  });

  after(async () => {
    await bystander.stop();
    honest.destroy();
    await ensemble.stop();
  });

  /** What is below /honest belongs to one client alone; and nobody changes the ACL of the root. */
  async function protectTree(): Promise<void> {
    const owner = await JuteSocket.connected(address);
    const proofs = ['honest:secret', superPassword];
    for (const proof of proofs) {
      assert.equal((await owner.ask(authXid, op.auth, records.auth('digest', proof))).error, 0);
    }
    const rootAcl = Buffer.concat([int32(1), int32(15), text('world'), text('anyone')]);
    const root = await owner.ask(1, op.setAcl, text('/'), rootAcl, int32(-1));
    assert.equal(root.error, 0);
    owner.destroy();
    assert.equal(
      (await honest.ask(authXid, op.auth, records.auth('digest', 'honest:secret'))).error,
      0,
    );
    const acl = Buffer.concat([int32(1), int32(31), text('auth'), text('')]);
    for (const [path, flags] of [
      ['/honest', 0],
      ['/honest/a', 0],
      ['/honest/a/b', 1],
      ['/honest/b', 1],
    ] as const) {
      const record = records.create(path, Buffer.from('mine'), flags, acl);
      assert.equal((await honest.ask(1, op.create, record)).error, 0);
    }
  }

  /** Data, ACL and stat of what is protected, as bytes. */
  async function protectedState(): Promise<string[]> {
    const state: string[] = [];
    for (const path of ['/honest', '/honest/a', '/honest/a/b', '/honest/b']) {
      const data = await honest.ask(1, op.getData, records.read(path));
      const acl = await honest.ask(2, op.getAcl, text(path));
      assert.deepEqual([data.error, acl.error], [0, 0]);
      state.push(data.body.toString('hex'), acl.body.toString('hex'));
    }
    return state;
  }

  /** What frames have made is removed, by whom nothing is forbidden. */
  async function clean(): Promise<void> {
    const base = ensemble.peer(1).url;
    const proof = Buffer.from(superPassword).toString('base64');
    const sent = { headers: { authorization: `Basic ${proof}` } };
    const own = {
      '': ['honest', 'bystander', 'zookeeper'],
      zookeeper: ['quota', 'config'],
      'zookeeper/quota': [],
    };
    for (const [parent, kept] of Object.entries<string[]>(own)) {
      const listed = await expectStatus(200, base, 'GET', `/v1/nodes/${parent}?children`, sent);
      for (const name of listed.json()['children'] as string[]) {
        if (kept.includes(name)) continue;
        const target = `/v1/nodes/${parent}/${encodeURIComponent(name)}?recursive`;
        const { status, text: said } = await call(base, 'DELETE', target.replace('//', '/'), sent);
        // An ephemeral may have gone with its session meanwhile.
        assert.ok(status === 204 || status === 404, said);
      }
    }
    await expectStatus(201, base, 'PUT', '/v1/nodes/fuzz?create', { ...sent, body: '' });
  }

  async function info(): Promise<{ sessions: number; znodes: number }> {
    const answer = await expectStatus(200, ensemble.peer(1).url, 'GET', '/v1/info');
    return answer.json() as unknown as { sessions: number; znodes: number };
  }

  async function whole(): Promise<string> {
    return (await expectStatus(200, ensemble.peer(1).url, 'GET', '/v1/nodes/?children&recursive'))
      .text;
  }

  /** Right lengths, anything in them: each is answered in its turn, or the connection ends. */
  async function structured(): Promise<number> {
    const socket = await JuteSocket.connected(address, { timeoutMs: sessionTimeoutMs.min });
    const bodies = Array.from({ length: 20 + random.below(200) }, () => fuzz.body());
    const stream = Buffer.concat([...bodies.map(bytes), request(pingXid, op.ping)]);
    for (const piece of fuzz.cut(stream)) socket.write(piece);
    const expected = bodies
      .filter((body) => body.length >= 8 && body.readInt32BE(4) !== authCode)
      .map((body) => body.readInt32BE(0));
    const answered: number[] = [];
    for (;;) {
      let reply;
      try {
        reply = await socket.reply();
      } catch {
        break;
      }
      assert.ok(knownErrors.has(reply.error), `error ${String(reply.error)}`);
      if (reply.xid === pingXid) break;
      if (reply.xid !== eventXid && reply.xid !== authXid) answered.push(reply.xid);
    }
    assert.deepEqual(answered, expected.slice(0, answered.length));
    if (!socket.isClosed) assert.equal(answered.length, expected.length);
    socket.destroy();
    return bodies.length;
  }

  /** No rules at all; what is not ended by the peer ends here, and the peer lets go of it. */
  async function raw(): Promise<number> {
    const socket = await JuteSocket.open(address);
    socket.read();
    if (random.chance(0.7)) socket.write(fuzz.connect());
    const pieces = Array.from({ length: 10 + random.below(100) }, () => {
      if (random.chance(0.3)) return fuzz.raw(1 + random.below(200));
      const body = fuzz.body();
      if (random.chance(0.8)) return frame(body);
      return Buffer.concat([int32(body.length + random.below(9) - 4), body]);
    });
    for (const piece of fuzz.cut(Buffer.concat(pieces))) socket.write(piece);
    if (random.chance(0.5)) socket.destroy();
    else socket.socket.end();
    await socket.closed();
    return pieces.length;
  }

  async function run(frames: number): Promise<void> {
    let begun = 0;
    let uncleaned = 0;
    while (begun < frames) {
      const counts = await Promise.all(
        Array.from({ length: connectionsAtATime }, () =>
          random.chance(0.75) ? structured() : raw(),
        ),
      );
      for (const count of counts) {
        begun += count;
        uncleaned += count;
      }
      if (uncleaned < framesPerCleaning) continue;
      uncleaned = 0;
      await bystander.isServed();
      await clean();
    }
  }

  /** Nothing is left of any fuzzer: connections, sessions, znodes. */
  async function settled(znodes: number | undefined): Promise<{ znodes: number }> {
    await clean();
    const state = await until('sessions of fuzzers to expire', async () => {
      const found = await info();
      return found.sessions === 2 && found;
    });
    if (znodes !== undefined) assert.equal(state.znodes, znodes, await whole());
    return state;
  }

  const openSockets = (): number =>
    process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;

  it(`harm nobody, and nothing is left of them (seed ${String(seed)})`, async () => {
    // What is made once and kept is made before the count.
    await run(framesMin / 20);
    const { znodes } = await settled(undefined);
    const state = await protectedState();
    const before = { memory: reachable(), sockets: openSockets() };

    await run(framesMin);

    await bystander.isServed();
    await settled(znodes);
    assert.deepEqual(await protectedState(), state);
    await until('sockets to be closed', () => openSockets() <= before.sockets + 2);
    const { heap, buffers } = reachable();
    const grown = heap - before.memory.heap + buffers - before.memory.buffers;
    assert.ok(grown < grownBytesMax, `${String(Math.round(grown / 1_048_576))} MiB more`);
    const levels = log.map((line) => (JSON.parse(line) as { level: string }).level);
    assert.ok(levels.includes('info'));
    assert.ok(!levels.some((level) => level === 'error' || level === 'fatal'), log.join(''));
  }).timeout(Math.max(60_000, framesMin * 5));
});
