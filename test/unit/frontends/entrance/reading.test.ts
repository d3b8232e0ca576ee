import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Reading, readTogetherMax } from '../../../../src/frontends/entrance/reading.ts';
import { overrunAfter, Turn, turnMs } from '../../../../src/service/budget/turn.ts';

const crowd = 4 * readTogetherMax;

/** Time passes only where something is read. */
class ReadingClock {
  ms = 0;
  now(): number {
    return this.ms;
  }
  soon(run: () => void): void {
    setImmediate(run);
  }
  after(): never {
    throw new Error('a turn and what is read in it need no timers');
  }
}

describe('what is read in one turn', function () {
  this.timeout(20_000);

  let server: Server;
  let served: Socket[];
  let clients: Socket[];
  /** How many came in each turn. */
  let turns: number[];
  let came: () => void;
  let addressOf: (index: number) => string;

  beforeEach(async () => {
    const clock = new ReadingClock();
    const turn = new Turn(clock as unknown as ConstructorParameters<typeof Turn>[0]);
    const reading = new Reading(turn, clock);
    served = [];
    turns = [];
    addressOf = () => 'one';
    let isCounting = false;
    came = () => {
      clock.ms += turnMs;
      turn.hasTime();
      if (!isCounting) {
        isCounting = true;
        turns.push(0);
        setImmediate(() => (isCounting = false));
      }
      turns.push((turns.pop() ?? 0) + 1);
    };
    server = createServer((socket) => {
      reading.add(socket, addressOf(served.length));
      served.push(socket);
    });
    server.listen(0, '127.0.0.1', 511);
    await once(server, 'listening');
    clients = [];
  });

  afterEach(() => {
    for (const socket of [...clients, ...served]) socket.destroy();
    server.close();
  });

  const open = async (count: number): Promise<void> => {
    const { port } = server.address() as AddressInfo;
    while (clients.length < count) {
      const client = connect(port, '127.0.0.1');
      clients.push(client);
      client.resume().on('error', () => undefined);
      const accepted = once(server, 'connection');
      await Promise.all([once(client, 'connect'), accepted]);
    }
  };

  const spoken = (indices: readonly number[]): Promise<number[]> =>
    new Promise((resolve) => {
      const order: number[] = [];
      served.forEach((socket, index) => {
        socket.removeAllListeners('data');
        socket.on('data', () => {
          came();
          order.push(index);
          if (order.length === indices.length) resolve(order);
        });
      });
      for (const index of indices) clients[index]?.write('.');
    });

  it('is bounded, however many connections speak at once, and all are read in the end', async () => {
    await open(crowd);
    const order = await spoken(clients.map((_, index) => index));
    assert.equal(new Set(order).size, crowd);
    assert.ok(Math.max(...turns) <= overrunAfter + readTogetherMax, turns.join(' '));
    assert.ok(turns.length > 4, turns.join(' '));
  });

  it('is that of whoever has few connections before that of a crowd', async () => {
    addressOf = (index) => (index === crowd - 1 ? 'other' : 'one');
    await open(crowd);
    const order = await spoken(clients.map((_, index) => index));
    assert.ok(order.indexOf(crowd - 1) < crowd / 2, String(order.indexOf(crowd - 1)));
  });

  it('comes to everybody, however busy those are that are read already', async () => {
    await open(crowd);
    const heard = new Set<number>();
    await new Promise<void>((resolve) => {
      served.forEach((socket, index) => {
        socket.on('data', () => {
          came();
          heard.add(index);
        });
      });
      const speak = (): void => {
        if (heard.size === crowd) {
          resolve();
          return;
        }
        for (const index of heard) clients[index]?.write('.');
        setImmediate(speak);
      };
      for (const client of clients) client.write('.');
      speak();
    });
    assert.ok(Math.max(...turns) <= crowd / 2 + overrunAfter, String(Math.max(...turns)));
  });

  it('counts ends too, of which a crowd may make as many at once', async () => {
    await open(crowd);
    let ended = 0;
    const all = new Promise<void>((resolve) => {
      for (const socket of served) {
        socket.resume().on('end', () => {
          came();
          if (++ended === crowd) resolve();
        });
      }
    });
    for (const client of clients) client.end();
    await all;
    assert.ok(Math.max(...turns) <= overrunAfter + readTogetherMax, turns.join(' '));
  });
});
