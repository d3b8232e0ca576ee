import { Watchers } from '../watchers.ts';
import { Asking, askAll } from './asking.ts';
import type { Dimension } from './dimension.ts';
import { closeSession, create, exists, getData, http, ping, setData } from './requests.ts';
import { openAll } from './znodes.ts';

const data = Buffer.alloc(100, 'x');
const depth = 16;
const openAtOnce = 100;
const watchersSecondsMax = 600;

/** Watchers of one znode, each a call of gRPC's over 50 connections. */
export const watches: Dimension = {
  name: 'watches on a znode',
  unit: "watch, with its call of gRPC's",
  sizes: [1, 100, 10_000],
  quickSizes: [1, 100],
  lines: ['quoll.budget.heldRequestsEach=20000', 'quoll.budget.heldRequestsAll=20000'],
  async open(peer) {
    const askings = await openAll(() => Asking.zooKeeper(peer.process.zookeeper));
    const [first] = askings;
    for (const path of ['/watched', '/other']) await first?.ask(1, 1, () => create(path, data));
    const groups: Watchers[] = [];
    let count = 0;
    let round = 0;
    return {
      works: [
        {
          what: 'set of another znode',
          times: 8_000,
          run: (times) => askAll(askings, times, depth, () => setData('/other', data)),
        },
        {
          what: 'get of the watched',
          times: 20_000,
          run: (times) => askAll(askings, times, depth, () => getData('/watched')),
        },
        {
          what: 'set of the watched, and all are told',
          times: 20,
          growsWithSize: true,
          async run(times) {
            for (let left = times; left > 0; left--) {
              const marker = `round ${String(round++)};`;
              for (const group of groups) await group.arm(marker);
              const told = Promise.all(groups.map((group) => group.lastArrival()));
              await first?.ask(1, 1, () => setData('/watched', Buffer.from(marker.padEnd(100))));
              await told;
            }
          },
        },
      ],
      async grow(size) {
        groups.push(
          await Watchers.start({
            protocol: 'grpc',
            address: peer.process.grpc,
            watchers: size - count,
            path: '/watched',
            secondsMax: watchersSecondsMax,
          }),
        );
        count = size;
      },
      async close() {
        for (const asking of askings) asking.close();
        await Promise.all(groups.map((group) => group.stop()));
      },
    };
  },
};

/** Watches of one session of ZooKeeper's, each on a znode of its own that is not there. */
export const sessionWatches: Dimension = {
  name: 'watches of a session',
  unit: 'watch, on a path of its own',
  sizes: [10, 1_000, 100_000],
  quickSizes: [10, 1_000],
  async open(peer) {
    const askings = await openAll(() => Asking.zooKeeper(peer.process.zookeeper));
    const [watching] = askings;
    await watching?.ask(1, 1, () => create('/other', data));
    let count = 0;
    return {
      works: [
        {
          what: 'set of a znode that nobody watches',
          times: 8_000,
          run: (times) => askAll(askings, times, depth, () => setData('/other', data)),
        },
        {
          what: 'get by that session',
          times: 20_000,
          run: (times) => askAll(askings.slice(0, 1), times, depth, () => getData('/other')),
        },
      ],
      async grow(size) {
        await watching?.ask(size - count, depth, () => exists(`/none/w${String(count++)}`, true));
      },
      close() {
        for (const asking of askings) asking.close();
      },
    };
  },
};

/** Sessions of ZooKeeper's clients, each with its connection. */
export const sessions: Dimension = {
  name: 'sessions',
  unit: 'session, with its connection',
  sizes: [10, 1_000, 10_000],
  quickSizes: [10, 100],
  async open(peer) {
    const address = peer.process.zookeeper;
    const askings = await openAll(() => Asking.zooKeeper(address));
    await askings[0]?.ask(1, 1, () => create('/other', data));
    const held: Asking[] = [];
    const keepAlive = (): Promise<void> => askAll(held, held.length, 1, () => ping);
    return {
      works: [
        {
          what: 'set',
          times: 8_000,
          run: (times) => askAll(askings, times, depth, () => setData('/other', data)),
        },
        {
          what: 'get',
          times: 20_000,
          run: (times) => askAll(askings, times, depth, () => getData('/other')),
        },
        {
          what: 'a session begun and ended, with its connection',
          times: 320,
          async run(times) {
            for (let left = times; left > 0; left--) {
              const asking = await Asking.zooKeeper(address);
              await asking.ask(1, 1, () => closeSession);
              asking.close();
            }
          },
        },
        { what: 'a sign of life of each', times: 1, growsWithSize: true, run: keepAlive },
      ],
      async grow(size) {
        while (held.length < size) {
          const next = Math.min(openAtOnce, size - held.length);
          held.push(
            ...(await Promise.all(Array.from({ length: next }, () => Asking.zooKeeper(address)))),
          );
        }
        await keepAlive();
      },
      close() {
        for (const asking of [...held, ...askings]) asking.close();
      },
    };
  },
};

/** Idempotency keys that were used, and are remembered. */
export const keys: Dimension = {
  name: 'idempotency keys',
  unit: 'key, with its answer',
  sizes: [1, 1_000, 100_000],
  quickSizes: [1, 1_000],
  async open(peer) {
    // Of no one address more than half of all keys are kept young.
    const askings = await Promise.all(
      Array.from({ length: 16 }, (_, index) => {
        return Asking.http(peer.http, `127.0.0.${String(1 + (index % 4))}`);
      }),
    );
    let used = 0;
    const keyed = (key: number): Buffer =>
      http('PUT', '/v1/nodes/keyed', { key: `growth-${String(key)}`, body: data.toString() });
    const plain = http('PUT', '/v1/nodes/keyed', { body: data.toString() });
    const run = (times: number, request: () => Buffer): Promise<void> =>
      askAll(askings, times, 1, request);
    await askings[0]?.ask(1, 1, () => http('PUT', '/v1/nodes/keyed?create', { body: '' }));
    return {
      works: [
        { what: 'set without a key', times: 3_200, run: (times) => run(times, () => plain) },
        {
          what: 'set under a key that was used, answered again',
          times: 3_200,
          run: (times) => run(times, () => keyed(Math.floor(Math.random() * used))),
        },
        {
          what: 'set under a new key',
          times: 160,
          run: (times) => run(times, () => keyed(used++)),
        },
      ],
      async grow(size) {
        if (size > used) await run(size - used, () => keyed(used++));
      },
      close() {
        for (const asking of askings) asking.close();
      },
    };
  },
};
