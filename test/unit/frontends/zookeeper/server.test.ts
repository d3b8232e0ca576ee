import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { systemRandom } from '../../../../src/adapters/system/random.ts';
import {
  createZooKeeperDoor,
  type ZooKeeperDoorOptions,
} from '../../../../src/frontends/zookeeper/server.ts';
import { fourLetterWords } from '../../../../src/model/four-letter-word.ts';
import { serverId } from '../../../../src/model/ids.ts';
import {
  connectRequest,
  int32,
  JuteSocket,
  pingXid,
  request,
} from '../../../support/zookeeper/jute-frames.ts';
import type { Door } from '../../../../src/service/door.ts';
import { until } from '../../../support/until.ts';
import { opCodes } from '../../../support/zookeeper/requests.ts';
import { SimulatedClock } from '../../../sim/clock.ts';
import { SimulatedEnsemble } from '../../../support/simulated-ensemble.ts';

const connectWithinMs = 10_000;
const lingerMs = 2_000;

// Real sockets, and a peer whose time the test lets pass.
describe("the door for ZooKeeper's clients", () => {
  let ensemble: SimulatedEnsemble;
  let door: Door;
  let address: string;

  async function open(options: Partial<ZooKeeperDoorOptions> = {}): Promise<void> {
    ensemble = new SimulatedEnsemble(1);
    await ensemble.until(() => ensemble.leader !== undefined);
    const { server, process } = ensemble.member(1);
    const clock = new SimulatedClock(ensemble.scheduler, process, { rate: 1, wallOffsetMs: 0 });
    door = createZooKeeperDoor({
      service: server.service,
      logger: { log: () => undefined },
      clock,
      random: systemRandom,
      requestTimeoutMs: 10_000,
      extendedTypes: true,
      reconfigEnabled: false,
      connectionsMax: 0,
      connectionsPerAddressMax: 0,
      configuration: {
        serverId: serverId(1),
        role: 'participant',
        dataDir: '',
        servers: [],
        peer: { tickMs: 20, initLimitTicks: 250, syncLimitTicks: 50 },
        zookeeperDoor: { words: fourLetterWords, connectionsPerAddressMax: 0 },
      },
      ...options,
    });
    const { host, port } = await door.listen('127.0.0.1', 0);
    address = `${host}:${String(port)}`;
  }

  afterEach(async () => {
    await door.abort();
  });

  /** What comes and goes over sockets takes real time, and little of the peer's. */
  async function happens(what: string, holds: () => boolean): Promise<void> {
    await until(what, async () => {
      await ensemble.pass(1);
      return holds();
    });
  }

  async function connected(): Promise<JuteSocket> {
    const socket = (await JuteSocket.open(address)).read().write(connectRequest());
    await happens('a session', () => socket.frames.length > 0);
    socket.frames.length = 0;
    return socket;
  }

  async function isServed(socket: JuteSocket): Promise<void> {
    socket.write(request(pingXid, opCodes.ping));
    await happens('a ping to be answered', () => socket.frames.length > 0);
    assert.equal(socket.frames.shift()?.readInt32BE(0), pingXid);
  }

  it('ends connections that do not say in time what they want', async () => {
    await open();
    const begun = await connected();
    const silent = await Promise.all(
      ['', 'r', 'ruo', connectRequest().subarray(0, 3), connectRequest().subarray(0, 40)].map(
        async (beginning) => (await JuteSocket.open(address)).read().write(Buffer.from(beginning)),
      ),
    );
    await ensemble.pass(connectWithinMs - 1_000);
    await isServed(begun);
    assert.deepEqual(
      silent.map(({ isClosed }) => isClosed),
      silent.map(() => false),
    );
    await ensemble.pass(1_000);
    await happens('them to be ended', () => silent.every(({ isClosed }) => isClosed));
    await isServed(begun);
  });

  it('does not wait for clients that are through and do not go', async () => {
    await open();
    const port = Number(address.split(':')[1]);
    const staying = [
      'ruok',
      Buffer.concat([connectRequest(), request(1, opCodes.closeSession)]),
    ].map((bytes) => {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      const client = { hasEnded: false, isReset: false, socket };
      socket.write(bytes);
      socket.resume();
      socket.on('end', () => (client.hasEnded = true));
      socket.on('error', () => (client.isReset = true));
      return client;
    });
    await happens('the end of their answers', () => staying.every(({ hasEnded }) => hasEnded));
    await ensemble.pass(lingerMs);
    await happens('their connections to be gone', () => {
      for (const { socket } of staying) socket.write('more');
      return staying.every(({ isReset }) => isReset);
    });
  });

  it('ends who holds most, when all together hold too much', async () => {
    await open({ heldBytesMax: 1_000_000 });
    const [most, some, few] = [await connected(), await connected(), await connected()];
    most.write(int32(900_000), Buffer.alloc(600_000));
    some.write(int32(900_000), Buffer.alloc(300_000));
    few.write(int32(50_000), Buffer.alloc(40_000));
    await ensemble.pass(100);
    assert.ok(!most.isClosed);
    const late = await connected();
    late.write(int32(900_000), Buffer.alloc(200_000));
    await happens('the first to be ended', () => most.isClosed);
    await ensemble.pass(100);
    assert.deepEqual([some.isClosed, few.isClosed, late.isClosed], [false, false, false]);
    // What it held is free again.
    const next = await connected();
    next.write(int32(900_000), Buffer.alloc(400_000));
    await ensemble.pass(100);
    few.write(Buffer.alloc(10_000), request(pingXid, opCodes.ping));
    await happens('the others to be served', () => few.frames.length === 2);
    assert.deepEqual([some.isClosed, late.isClosed, next.isClosed], [false, false, false]);
  });

  it('takes so many connections in all, and so many from one address', async () => {
    await open({ connectionsMax: 3, connectionsPerAddressMax: 2 });
    const from = async (localAddress: string): Promise<JuteSocket> =>
      (await JuteSocket.open(address, localAddress)).read().write(connectRequest());
    const first = await from('127.0.0.1');
    const second = await from('127.0.0.1');
    const third = await from('127.0.0.1');
    await happens('the third to be ended', () => third.isClosed);
    const other = await from('127.0.0.2');
    await happens('sessions', () =>
      [first, second, other].every(({ frames }) => frames.length === 1),
    );
    const another = await from('127.0.0.3');
    await happens('the fourth of all to be ended', () => another.isClosed);
    // Who goes makes room.
    first.destroy();
    await ensemble.pass(100);
    const again = await from('127.0.0.1');
    await happens('a session', () => again.frames.length === 1);
    assert.deepEqual([second.isClosed, other.isClosed], [false, false]);
  });
});
