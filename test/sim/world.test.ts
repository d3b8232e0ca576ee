import { strict as assert } from 'node:assert';
import { serverId, type ConnectionId } from '../../src/model/ids.ts';
import { zeroChain, type LogEntry } from '../../src/model/log-entry.ts';
import { zeroZxid, zxid } from '../../src/model/zxid.ts';
import type { PeerNetwork } from '../../src/ports/peer-network.ts';
import { SimulatedClock } from './clock.ts';
import { simulatedChain } from './core-chain.ts';
import { SimulatedDisk } from './disk.ts';
import { SimulatedNetwork } from './network.ts';
import { Prng } from './prng.ts';
import { SimulatedProcess } from './process.ts';
import { Scheduler } from './scheduler.ts';

// The simulator's own parts: a world that kept its promises too well, or not at all, would find nothing.

describe('Scheduler', () => {
  it('runs in order of time, and of asking within one time', () => {
    const scheduler = new Scheduler();
    const seen: string[] = [];
    for (const [timeMs, name] of [
      [5, 'c'],
      [1, 'a'],
      [5, 'd'],
      [3, 'b'],
    ] as const) {
      scheduler.at(timeMs, () => seen.push(name));
    }
    scheduler.at(4, () => seen.push('never')).cancel();
    scheduler.run(10);
    assert.deepEqual(seen, ['a', 'b', 'c', 'd']);
    assert.equal(scheduler.nowMs, 10);
  });

  it('sorts many events as a sort would', () => {
    const random = new Prng(1);
    const scheduler = new Scheduler();
    const times = Array.from({ length: 2_000 }, () => random.below(300));
    const seen: number[] = [];
    for (const timeMs of times) scheduler.at(timeMs, () => seen.push(timeMs));
    scheduler.run(1_000);
    assert.deepEqual(
      seen,
      times.toSorted((left, right) => left - right),
    );
  });
});

describe('Prng', () => {
  it('gives the same numbers for the same seed, others for another, evenly spread', () => {
    const numbers = (seed: number): number[] => {
      const random = new Prng(seed);
      return Array.from({ length: 1_000 }, () => random.fraction());
    };
    assert.deepEqual(numbers(1), numbers(1));
    assert.notDeepEqual(numbers(1), numbers(2));
    const mean = numbers(3).reduce((sum, next) => sum + next, 0) / 1_000;
    assert.ok(Math.abs(mean - 0.5) < 0.05, `mean ${String(mean)}`);
  });
});

describe('SimulatedProcess', () => {
  it('holds turns back while paused, in order, and drops them once dead', () => {
    const scheduler = new Scheduler();
    const process = new SimulatedProcess(scheduler);
    const seen: string[] = [];
    process.pause(100, () => seen.push('resumed'));
    for (const [timeMs, name] of [
      [10, 'first'],
      [99, 'second'],
      [100, 'third'],
    ] as const) {
      scheduler.at(timeMs, () => {
        process.deliver(() => seen.push(name));
      });
    }
    scheduler.run(99.5);
    assert.equal(seen.length, 0);
    scheduler.run(200);
    assert.deepEqual(seen, ['resumed', 'first', 'second', 'third']);
    process.kill();
    process.deliver(() => seen.push('late'));
    assert.ok(!seen.includes('late'));
  });

  it('comes to timers first after a pause, then to one socket after the other, then to the rest', () => {
    const orders = new Set<string>();
    for (let seed = 0; seed < 20; seed++) {
      const scheduler = new Scheduler();
      const process = new SimulatedProcess(scheduler, { random: new Prng(seed) });
      const seen: string[] = [];
      process.pause(100, () => undefined);
      for (const [name, kind, lane] of [
        ['soon', 'soon', undefined],
        ['a1', 'socket', 'a'],
        ['b1', 'socket', 'b'],
        ['timer', 'timer', undefined],
        ['a2', 'socket', 'a'],
      ] as const) {
        process.deliver(() => seen.push(name), kind, lane);
      }
      scheduler.run(200);
      orders.add(seen.join(' '));
    }
    assert.deepEqual([...orders].toSorted(), ['timer a1 a2 b1 soon', 'timer b1 a1 a2 soon']);
  });

  it('does nothing else while it works, and sees time pass', () => {
    const scheduler = new Scheduler();
    const process = new SimulatedProcess(scheduler);
    const clock = new SimulatedClock(scheduler, process, { rate: 1, wallOffsetMs: 0 });
    const seen: string[] = [];
    const see = (what: string): void => {
      seen.push(`${what} at ${String(clock.now())}, really ${String(scheduler.nowMs)}`);
    };
    clock.after(3, () => {
      see('late timer');
    });
    process.deliver(() => {
      process.work(5);
      see('work');
      clock.soon(() => {
        see('soon');
      });
    });
    scheduler.run(100);
    assert.deepEqual(seen, [
      'work at 5, really 0',
      'soon at 5, really 5',
      'late timer at 5, really 5',
    ]);
  });

  it('sees one late tick after a pause, not all that were missed', () => {
    const scheduler = new Scheduler();
    const process = new SimulatedProcess(scheduler);
    const clock = new SimulatedClock(scheduler, process, { rate: 1, wallOffsetMs: 0 });
    let ticks = 0;
    clock.every(10, () => ticks++);
    scheduler.run(35);
    process.pause(100, () => undefined);
    scheduler.run(136);
    assert.equal(ticks, 4);
  });
});

describe('SimulatedNetwork', () => {
  const one = serverId(1);
  const two = serverId(2);

  function aPair() {
    const scheduler = new Scheduler();
    const network = new SimulatedNetwork(scheduler, new Prng(5), {
      delayMsMin: 1,
      delayMsMax: 30,
      notificationLoss: 0,
      notificationCopy: 0,
      crashCutsStreams: 0,
    });
    const peer = (id: typeof one) => {
      const process = new SimulatedProcess(scheduler);
      const port: PeerNetwork = network.attach(process, id);
      const heard: number[] = [];
      const closed: string[] = [];
      const connections: ConnectionId[] = [];
      port.start({
        onNotification: (notification) => heard.push(notification.round),
        onAccepted: (connection) => connections.push(connection),
        onTwin: () => undefined,
        onConnected: (connection) => connections.push(connection),
        onMessage: (_connection, message) => {
          if (message.kind === 'ping') heard.push(message.round);
        },
        onClosed: (_connection, why) => closed.push(why),
        onDrained: () => undefined,
      });
      return { process, port, heard, closed, connections };
    };
    return { scheduler, network, left: peer(one), right: peer(two) };
  }

  function pings(port: PeerNetwork, connection: ConnectionId, from: number, to: number): void {
    for (let round = from; round <= to; round++) {
      port.send(connection, { kind: 'ping', round, lastProposed: zeroZxid, commit: zeroZxid });
    }
  }

  function firstOf(connections: readonly ConnectionId[]): ConnectionId {
    const [connection] = connections;
    assert.ok(connection !== undefined, 'connected');
    return connection;
  }

  const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

  it('keeps a stream in order, also over a partition', () => {
    const { scheduler, network, left, right } = aPair();
    left.port.dial(two);
    scheduler.run(100);
    const connection = firstOf(left.connections);
    pings(left.port, connection, 1, 20);
    scheduler.run(115);
    network.block(one, two);
    pings(left.port, connection, 21, 40);
    scheduler.run(500);
    assert.ok(right.heard.length < 40, 'blocked');
    network.unblock(one, two);
    pings(left.port, connection, 41, 50);
    scheduler.run(1_000);
    assert.deepEqual(right.heard, upTo(50));
  });

  it('delivers nothing after a close, and tells the other side behind what was sent', () => {
    const { scheduler, left, right } = aPair();
    left.port.dial(two);
    scheduler.run(100);
    const connection = firstOf(left.connections);
    pings(left.port, connection, 1, 5);
    pings(right.port, firstOf(right.connections), 1, 5);
    left.port.close(connection, { code: 'shutdown', detail: '' });
    pings(left.port, connection, 6, 9);
    scheduler.run(500);
    assert.deepEqual(right.heard, upTo(5));
    assert.deepEqual(left.heard, []);
    assert.equal(right.closed.length, 1);
    assert.equal(left.closed.length, 0);
  });

  it('tells of a death, refuses dials to the dead, and times out dials into a partition', () => {
    const { scheduler, network, left, right } = aPair();
    left.port.dial(two);
    scheduler.run(100);
    right.process.kill();
    scheduler.run(200);
    assert.equal(left.closed.length, 1);
    left.port.dial(two);
    scheduler.run(300);
    assert.equal(left.closed.at(-1), 'refused');
    network.block(one, two);
    left.port.dial(two);
    scheduler.run(2_000);
    assert.equal(left.closed.at(-1), 'dial timed out');
  });

  it('keeps only the newest notification for a blocked link', () => {
    const { scheduler, network, left, right } = aPair();
    network.block(one, two);
    for (const round of [1, 2, 3]) {
      left.port.notify(two, {
        from: one,
        nonce: '' as never,
        clusterId: '',
        state: 'looking',
        round,
        vote: { leader: one, zxid: zeroZxid, peerEpoch: 0 },
        votes: true,
      });
      scheduler.run(scheduler.nowMs + 100);
    }
    network.unblock(one, two);
    scheduler.run(scheduler.nowMs + 100);
    assert.deepEqual(right.heard, [3]);
  });
});

describe('SimulatedDisk', () => {
  function entries(count: number): LogEntry[] {
    let chain = zeroChain;
    return Array.from({ length: count }, (_, index) => {
      const at = zxid(1, index + 1);
      chain = simulatedChain(chain, at, 'txn', new Uint8Array());
      return { zxid: at, kind: 'txn', payload: new Uint8Array(), chain };
    });
  }

  function aDisk(crashKeepsBatch: number) {
    const scheduler = new Scheduler();
    const durableAt: number[] = [];
    const disk = new SimulatedDisk(
      scheduler,
      new Prng(1),
      { fsyncMsMin: 10, fsyncMsMax: 10, crashKeepsBatch },
      { beforeDurable: () => undefined, afterDurable: () => durableAt.push(scheduler.nowMs) },
    );
    const process = new SimulatedProcess(scheduler);
    disk.open(process);
    return { scheduler, disk, process, durableAt };
  }

  it('makes writes durable in order, one fsync at a time, those that wait together', () => {
    const { scheduler, disk, durableAt } = aDisk(0);
    const done: number[] = [];
    for (const entry of entries(3)) {
      disk.write([{ kind: 'append', entries: [entry], commit: zeroZxid }], () => {
        done.push(entry.zxid.counter);
      });
    }
    assert.equal(disk.written.log.length, 3, 'a read sees every write asked for');
    scheduler.run(15);
    assert.deepEqual(done, [1]);
    assert.equal(disk.durable.log.length, 1);
    scheduler.run(30);
    assert.deepEqual(done, [1, 2, 3]);
    assert.deepEqual(durableAt, [10, 20]);
  });

  for (const [keeps, expected] of [
    [0, 1],
    [1, 2],
  ] as const) {
    it(`loses what waits in a crash, and ${keeps === 0 ? 'none' : 'all'} of the batch being written`, () => {
      const { scheduler, disk, process } = aDisk(keeps);
      let told = 0;
      for (const entry of entries(2)) {
        disk.write([{ kind: 'append', entries: [entry], commit: zeroZxid }], () => told++);
      }
      scheduler.run(12);
      const [, , third] = entries(3);
      assert.ok(third !== undefined);
      disk.write([{ kind: 'append', entries: [third], commit: zeroZxid }], () => told++);
      process.kill();
      scheduler.run(100);
      assert.equal(disk.durable.log.length, expected);
      assert.equal(told, 1);
      assert.equal(disk.open(new SimulatedProcess(scheduler)).log.length, expected);
    });
  }
});
