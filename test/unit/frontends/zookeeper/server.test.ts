import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { systemRandom } from '../../../../src/adapters/system/random.ts';
import {
  createZooKeeperDoor,
  type ZooKeeperDoorOptions,
} from '../../../../src/frontends/zookeeper/server.ts';
import { fourLetterWords } from '../../../../src/model/four-letter-word.ts';
import { defaultBudget } from '../../../../src/model/budget.ts';
import { serverId } from '../../../../src/model/ids.ts';
import {
  connectRequest,
  type ConnectAs,
  int32,
  JuteSocket,
  pingXid,
  records,
  request,
} from '../../../support/zookeeper/jute-frames.ts';
import { Budget } from '../../../../src/service/budget/budget.ts';
import { Work } from '../../../../src/service/budget/work.ts';
import type { Door } from '../../../../src/service/door.ts';
import { HandClock } from '../../../support/hand-clock.ts';
import { until } from '../../../support/until.ts';
import { opCodes } from '../../../support/zookeeper/requests.ts';
import { SimulatedClock } from '../../../sim/clock.ts';
import { create, requestOf } from '../../../support/model/requests.ts';
import { nobody, soon } from '../../../support/watch/watch-bed.ts';
import { SimulatedEnsemble } from '../../../support/simulated-ensemble.ts';

const connectWithinMs = 10_000;
const lingerMs = 2_000;
/** Of addWatch. */
const recursive = 1;

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
      budget: new Budget(),
      work: new Work(clock),
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
  async function happens(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    await until(what, async () => {
      await ensemble.pass(1);
      return holds();
    });
  }

  async function connected(as: ConnectAs = {}): Promise<JuteSocket> {
    const socket = (await JuteSocket.open(address)).read().write(connectRequest(as));
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

  describe('where an address asks for much and another for little', () => {
    const crowdsAddress = '127.0.0.2';
    /** Of slices: it stands still, so that one is as long as its number of requests allows. */
    let slices: HandClock;
    let work: Work;

    async function openCrowded(): Promise<void> {
      slices = new HandClock();
      work = new Work(slices);
      await open({ work });
      askFor(crowdsAddress, 1_000);
      askFor('127.0.0.1', 1);
    }

    function askFor(from: string, requests: number): void {
      const demand = work.demands.open(from);
      for (let asked = 0; asked < requests; asked++) work.came(demand);
    }

    const fromCrowd = async (...bytes: Buffer[]): Promise<JuteSocket> =>
      (await JuteSocket.open(address, crowdsAddress)).read().write(...bytes);

    const waits = (): Promise<void> => happens('it waits', () => work.demands.takeStoodBack() > 0);

    it('does not take for silent who waits for his turn, but who has not said all by then', async () => {
      await openCrowded();
      const whole = await fromCrowd(connectRequest());
      await waits();
      const half = await fromCrowd(connectRequest().subarray(0, 40));
      await waits();
      await ensemble.pass(2 * connectWithinMs);
      assert.deepEqual([whole.isClosed, half.isClosed], [false, false]);
      slices.turn();
      await happens('a session', () => whole.frames.length === 1);
      await ensemble.pass(connectWithinMs);
      await happens('the other to be ended', () => half.isClosed);
      assert.ok(!whole.isClosed);
    });

    it('weighs the beginning of a session as much as several requests', async () => {
      slices = new HandClock();
      work = new Work(slices);
      await open({ work });
      for (let begun = 0; begun < 20; begun++) await fromCrowd(connectRequest());
      await happens('their address to be known', () => {
        slices.turn();
        return work.demands.large === 1;
      });
    });

    it('begins sessions ahead of what else the address asks for', async () => {
      await openCrowded();
      const demand = work.demands.open(crowdsAddress);
      let begun = 0;
      for (let asked = 0; asked < 1_000; asked++) {
        work.putOff(demand, crowdsAddress, () => ++begun > 0);
      }
      work.demands.takeStoodBack();
      const client = await fromCrowd(connectRequest());
      await waits();
      slices.turn();
      await happens('a session', () => client.frames.length === 1);
      assert.ok(begun < 1_000, 'in one slice');
    });

    it('keeps the sessions of those that wait alive', async () => {
      await openCrowded();
      const client = await fromCrowd(connectRequest({ timeoutMs: 4_000 }));
      await waits();
      slices.turn();
      await happens('a session', () => client.frames.length === 1);
      client.frames.length = 0;
      client.write(request(1, opCodes.exists, records.read('/')));
      await waits();
      await ensemble.pass(60_000);
      assert.ok(!client.isClosed);
      await happens('an answer', () => {
        slices.pass(1);
        slices.turn();
        return client.frames.length === 1;
      });
    });
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
    const receivedBytes = { each: 1_000_000, all: 1_000_000 };
    await open({ budget: new Budget({ ...defaultBudget, receivedBytes }) });
    const [most, some, few] = [await connected(), await connected(), await connected()];
    most.write(int32(900_000), Buffer.alloc(600_000));
    some.write(int32(900_000), Buffer.alloc(300_000));
    few.write(int32(50_000), int32(pingXid), int32(opCodes.ping), Buffer.alloc(39_992));
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

  it('tells many by turns what they watch, and each before an answer that shows it', async () => {
    await open();
    const { service } = ensemble.member(1).server;
    const watchers = await Promise.all(Array.from({ length: 100 }, () => connected()));
    for (const watcher of watchers) {
      watcher.write(request(1, opCodes.addWatch, records.watch('/', recursive)));
    }
    await happens('their watches', () => watchers.every(({ frames }) => frames.length === 1));
    const paths = ['/a', '/b', '/c'];
    let changed = 0;
    for (const path of paths) {
      void service.write(requestOf(create(path)), nobody, soon).then(() => changed++);
    }
    await happens('changes', () => changed === paths.length);
    // Some of them are told already, and others wait for their turn.
    for (const watcher of watchers) watcher.write(request(2, opCodes.exists, records.read('/c')));
    await happens('events and answers', () => watchers.every(({ frames }) => frames.length === 5));
    for (const { frames } of watchers) {
      const [, ...told] = frames;
      const events = told.filter((frame) => frame.readInt32BE(0) === -1);
      assert.deepEqual(
        events.map((frame) => frame.subarray(28).toString()),
        paths,
      );
      const answer = told.findIndex((frame) => frame.readInt32BE(0) === 2);
      assert.equal(told[answer]?.readInt32BE(12), 0, 'it is there');
      assert.equal(answer, 3, 'the znode is shown after the event that it is there');
    }
  });

  describe('a list too large for one piece', () => {
    const children = 400;
    const name = (index: number): string => `${'n'.repeat(2_500)}${String(index)}`;
    const answerBytes = children * 2_500;

    async function opened(owedBytes: number): Promise<Budget> {
      const limit = { each: owedBytes, all: owedBytes };
      const budget = new Budget({ ...defaultBudget, owedBytes: limit });
      await open({ budget });
      const { service } = ensemble.member(1).server;
      await ensemble.settle(service.write(requestOf(create('/list')), nobody, soon));
      for (let from = 0; from < children; from += 200) {
        const ops = Array.from({ length: 200 }, (_, index) =>
          create(`/list/${name(from + index)}`),
        );
        await ensemble.settle(service.write(requestOf(...ops), nobody, soon));
      }
      return budget;
    }

    const list = (xid: number, watch = false): Buffer =>
      request(xid, opCodes.getChildren, records.read('/list', watch));

    it('comes before what follows it, and before the event of the watch that it leaves', async () => {
      await opened(2 * answerBytes);
      const client = await connected();
      const { service } = ensemble.member(1).server;
      client.write(list(1, true), request(2, opCodes.exists, records.read('/')), list(3));
      await happens('the first to be read', () => service.monitoring.figures().watches > 0);
      const change = service.write(requestOf(create('/list/new')), nobody, soon);
      await happens('all answers', () => client.frames.length === 4);
      await change;
      const xids = client.frames.map((frame) => frame.readInt32BE(0));
      assert.ok(xids.indexOf(-1) > 0, 'the event comes after the answer that leaves the watch');
      assert.deepEqual(
        xids.filter((xid) => xid > 0),
        [1, 2, 3],
      );
      assert.equal(client.frames[0]?.readInt32BE(16), children);
      assert.equal(client.frames[0].length, 20 + children * 4 + names().length);
    });

    function names(): string {
      return Array.from({ length: children }, (_, index) => name(index)).join('');
    }

    it('is made for no client that has not taken those before it', async () => {
      const budget = await opened(64 * answerBytes);
      const client = await connected();
      client.socket.pause();
      // The lists wait behind a write: they are due all at once when it is done.
      const write = request(1, opCodes.create, records.create('/other', Buffer.alloc(0)));
      client.write(write, ...Array.from({ length: 20 }, (_, index) => list(index + 2)));
      await happens('the first lists', () => budget.inUse('owedBytes') > 0);
      await ensemble.pass(1_000);
      assert.ok(budget.inUse('owedBytes') < 4 * answerBytes);
      client.socket.resume();
      await happens('all of them', () => client.frames.length === 21);
      await happens('nothing to be owed', () => budget.inUse('owedBytes') === 0);
    });

    it('waits until there is room; whoever takes nothing of his makes room for it', async () => {
      const budget = await opened(answerBytes * 4);
      const patient = { timeoutMs: 60_000 };
      const other = await connected(patient);
      // More than what lies between the two takes.
      const stuck = await Promise.all(Array.from({ length: 8 }, () => connected(patient)));
      for (const each of stuck) {
        each.socket.pause();
        for (let xid = 1; xid <= 8; xid++) each.write(list(xid));
      }
      await happens('the room to be used up', () => budget.isShort);
      other.write(list(7));
      await happens('those in the way to be dropped, and the list', async () => {
        await ensemble.pass(100);
        return other.frames.length === 1;
      });
    });
  });
});
