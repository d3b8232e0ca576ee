import { randomBytes } from 'node:crypto';
import { endAll, first, flood, open, openMany, repeatedly, scaled, type Attack } from './attack.ts';
import { ask, askJson, create, createBig, createChildren, download } from './requests.ts';

const get = (path: string, headers = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`;

const asJson = 'Accept: application/json\r\n';

/** A frame of a WebSocket client, masked by zeros. */
export function socketFrame(opcode: number, isFinal: boolean, data: Buffer): Buffer {
  const head = [(isFinal ? 0x80 : 0) | opcode];
  if (data.length < 126) head.push(0x80 | data.length);
  else if (data.length < 65_536) head.push(0x80 | 126, data.length >> 8, data.length & 255);
  else throw new Error('no attack needs a longer frame');
  return Buffer.concat([Buffer.from(head), Buffer.alloc(4), data]);
}

const upgrade = (): string =>
  get(
    '/v1/ws',
    `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n`,
  );

const bombs = {
  items: `{"ops":[${'{},'.repeat(99_999)}{}]}`,
  keys: `{${Array.from({ length: 150_000 }, (_, index) => `"k${String(index)}":1`).join(',')}}`,
  depth: '['.repeat(1_000_000),
};

export const httpAttacks: readonly Attack[] = [
  {
    name: 'http-pipeline',
    about: '800 pipelined GETs of 1 MB as JSON on one connection, never read',
    prepare: ({ http }) => createBig(first(http)),
    async begin({ http }, scale) {
      const socket = await open(first(http));
      socket.pause();
      socket.write(get('/v1/nodes/big', asJson).repeat(scaled(800, scale)));
      return endAll([socket]);
    },
  },
  {
    name: 'http-pipeline-read',
    about: 'the same on four connections to each peer, read as fast as they come, again and again',
    prepare: ({ http }) => createBig(first(http)),
    async begin({ http }, scale) {
      const each = await Promise.all(http.map((address) => openMany(address, 4)));
      const sockets = each.flat();
      const bytes = get('/v1/nodes/big', asJson).repeat(scaled(200, scale));
      for (const socket of sockets) {
        socket.resume();
        const more = (): void => {
          if (socket.write(bytes)) setTimeout(more, 1_000);
          else socket.once('drain', more);
        };
        more();
      }
      return endAll(sockets);
    },
  },
  {
    name: 'http-downloads',
    about: '1 MB as JSON, by four connections to each peer that ask for it again when they have it',
    prepare: ({ http }) => createBig(first(http)),
    begin({ http }, scale) {
      const workers = http.length * scaled(4, scale);
      return Promise.resolve(
        repeatedly(workers, (worker) =>
          download(http[worker % http.length] ?? '', '/v1/nodes/big'),
        ),
      );
    },
  },
  {
    name: 'http-slow-readers',
    about: '800 connections that ask for 1 MB and do not read',
    prepare: ({ http }) => createBig(first(http)),
    async begin({ http }, scale) {
      const sockets = await openMany(first(http), scaled(800, scale));
      for (const socket of sockets) {
        socket.pause();
        socket.write(get('/v1/nodes/big'));
      }
      return endAll(sockets);
    },
  },
  {
    name: 'http-long-polls',
    about: '11,000 long-polls by one address',
    prepare: ({ http }) => create(first(http), '/held'),
    async begin({ http }, scale) {
      const { text } = await ask(first(http), 'GET', '/v1/nodes/held?stat');
      const { stat } = JSON.parse(text) as { readonly stat: { readonly mzxid: string } };
      const sockets = await openMany(first(http), scaled(11_000, scale));
      for (const socket of sockets) {
        socket.resume();
        socket.write(get(`/v1/nodes/held?index=${stat.mzxid}&wait=60s`));
      }
      return endAll(sockets);
    },
  },
  {
    name: 'http-bombs',
    about: 'transactions of 100,000 {}, objects of 150,000 keys, a million open brackets',
    begin({ http }) {
      const bodies = Object.values(bombs);
      const headers = { 'Content-Type': 'application/json' };
      let next = 0;
      const stop = repeatedly(2, () =>
        ask(first(http), 'POST', '/v1/txn', { body: bodies[next++ % bodies.length], headers }),
      );
      return Promise.resolve(stop);
    },
  },
  {
    name: 'http-half-bodies',
    about: '1,000 connections that each send 900 kB of a body, and no more',
    async begin({ http }, scale) {
      const sockets = await openMany(first(http), scaled(1_000, scale));
      const head =
        'PUT /v1/nodes/x?create HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n';
      for (const socket of sockets) {
        socket.resume();
        socket.write(head);
        socket.write(Buffer.alloc(900_000, 65));
      }
      return endAll(sockets);
    },
  },
  {
    name: 'http-future-reads',
    about: '50,000 pipelined reads of a zxid that is yet to come',
    prepare: ({ http }) => create(first(http), '/held'),
    async begin({ http }, scale) {
      const sockets = await openMany(first(http), 50);
      const one = get(
        '/v1/nodes/held?consistency=local&timeout=5s',
        'X-Min-Zxid: 9000000000000\r\n',
      );
      for (const socket of sockets) {
        socket.resume();
        socket.write(one.repeat(scaled(1_000, scale)));
      }
      return endAll(sockets);
    },
  },
  {
    name: 'http-lists',
    about: 'recursive lists with data of 10,000 children whose names have 2,000 characters',
    async prepare({ http }) {
      const names = Array.from({ length: 10_000 }, (_, index) => String(index).padEnd(200, 'n'));
      await createChildren(first(http), '/names', names);
    },
    begin({ http }, scale) {
      const path = '/v1/nodes/names?children&recursive&withData&limit=1000';
      return Promise.resolve(repeatedly(scaled(16, scale), () => ask(first(http), 'GET', path)));
    },
  },
  {
    name: 'http-malformed',
    about: 'small requests that mean nothing, on 50 connections, without a pause',
    async begin({ http }, scale) {
      const stop = repeatedly(scaled(50, scale), async () => {
        const socket = await open(first(http));
        socket.resume();
        socket.write('GET /v1/nodes/%zz?x HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(20));
        socket.write('BAD\r\n\r\n');
        await new Promise((resolve) => socket.once('close', resolve));
      });
      return Promise.resolve(stop);
    },
  },
  {
    name: 'sse-slow-readers',
    about: '500 event streams with values that do not read, and 1 MB changes',
    prepare: ({ http }) => createBig(first(http)),
    async begin({ http }, scale) {
      const sockets = await openMany(first(http), scaled(500, scale));
      for (const socket of sockets) {
        socket.pause();
        socket.write(get('/v1/watch?path=/big&values', 'Accept: text/event-stream\r\n'));
      }
      const body = Buffer.alloc(990_000, 0xfe);
      const stop = repeatedly(1, async () => {
        await ask(first(http), 'PUT', '/v1/nodes/big', { body });
        await new Promise((resolve) => setTimeout(resolve, 100));
      });
      return () => {
        stop();
        endAll(sockets)();
      };
    },
  },
  {
    name: 'ws-slow-readers',
    about: '20 WebSockets that each ask 40 times for 1 MB and do not read',
    prepare: ({ http }) => createBig(first(http)),
    async begin({ http }, scale) {
      const sockets = await openMany(first(http), scaled(20, scale));
      for (const socket of sockets) {
        socket.write(upgrade());
        await new Promise((resolve) => socket.once('data', resolve));
        socket.pause();
        const asked = Array.from({ length: 40 }, (_, id) =>
          socketFrame(1, true, Buffer.from(JSON.stringify({ id, op: 'get', path: '/big' }))),
        );
        socket.write(Buffer.concat(asked));
      }
      return endAll(sockets);
    },
  },
  {
    name: 'ws-fragments',
    about: '20 WebSockets that send a message in 20,000 fragments of a byte',
    async begin({ http }, scale) {
      const sockets = await openMany(first(http), scaled(20, scale));
      const fragments = [socketFrame(1, false, Buffer.from('"'))];
      for (let index = 0; index < 20_000; index++) {
        fragments.push(socketFrame(0, false, Buffer.from('a')));
      }
      const bytes = Buffer.concat(fragments);
      for (const socket of sockets) {
        socket.write(upgrade());
        await new Promise((resolve) => socket.once('data', resolve));
        socket.resume();
        socket.write(bytes);
      }
      return endAll(sockets);
    },
  },
  {
    name: 'ws-flood',
    about: '10 WebSockets that send small requests without waiting for answers',
    prepare: ({ http }) => create(first(http), '/held'),
    async begin({ http }, scale) {
      const sockets = await openMany(first(http), scaled(10, scale));
      const asked = Array.from({ length: 1_000 }, (_, id) =>
        socketFrame(1, true, Buffer.from(JSON.stringify({ id, op: 'get', path: '/held' }))),
      );
      const bytes = Buffer.concat(asked);
      for (const socket of sockets) {
        socket.write(upgrade());
        await new Promise((resolve) => socket.once('data', resolve));
        socket.resume();
        flood(socket, bytes);
      }
      return endAll(sockets);
    },
  },
  {
    name: 'guesses',
    about: "guesses at the super user's password, as fast as 32 connections can",
    begin({ http }, scale) {
      const stop = repeatedly(scaled(32, scale), (worker) => {
        const pair = `root:guess${String(worker)}${String(Math.random())}`;
        const Authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
        return ask(first(http), 'GET', '/v1/nodes/?stat', { headers: { Authorization } });
      });
      return Promise.resolve(stop);
    },
  },
  {
    name: 'sessions',
    about: 'sessions of a minute, begun without end by one address',
    begin({ http }, scale) {
      const stop = repeatedly(scaled(32, scale), () =>
        askJson(first(http), '/v1/sessions', { timeoutMs: 60_000 }),
      );
      return Promise.resolve(stop);
    },
  },
  {
    name: 'queue-places',
    about: 'places of 24 hours in the queue of one lock, without end',
    begin({ http }, scale) {
      const stop = repeatedly(scaled(32, scale), () =>
        askJson(first(http), '/v1/locks/theirs', { ttlMs: 86_400_000 }),
      );
      return Promise.resolve(stop);
    },
  },
  {
    name: 'growth',
    about: 'znodes of 1 MB, created by 4 connections without end',
    begin({ http }, scale) {
      const body = Buffer.alloc(990_000, 7);
      let made = 0;
      const stop = repeatedly(4, async () => {
        if (made++ > scaled(300, scale)) await new Promise((resolve) => setTimeout(resolve, 1_000));
        else await ask(first(http), 'POST', '/v1/nodes/?name=growth-&sequential', { body });
      });
      return Promise.resolve(stop);
    },
  },
  {
    name: 'quota-statistics',
    about: 'transactions that create and delete the statistics of a quota over 100,000 znodes',
    async prepare({ http }) {
      const names = Array.from({ length: 100_000 }, (_, index) => `n${String(index)}`);
      await createChildren(first(http), '/app', names);
      await create(first(http), '/zookeeper/quota/app');
    },
    begin({ http }) {
      const path = '/zookeeper/quota/app/zookeeper_stats';
      const ops = Array.from({ length: 100 }, (_, index) =>
        index % 2 === 0 ? { op: 'create', path, data: '' } : { op: 'delete', path },
      );
      return Promise.resolve(repeatedly(1, () => askJson(first(http), '/v1/txn', { ops })));
    },
  },
  {
    name: 'idempotency-keys',
    about: 'transactions of 390 checks of a path of 2,300 bytes, each with a key of its own',
    prepare: ({ http }) => create(first(http), `/${'n'.repeat(240)}`.repeat(9)),
    begin({ http }, scale) {
      const path = `/${'n'.repeat(240)}`.repeat(9);
      const body = JSON.stringify({
        ops: Array.from({ length: 390 }, () => ({ op: 'check', path })),
      });
      const stop = repeatedly(scaled(4, scale), () =>
        ask(first(http), 'POST', '/v1/txn', {
          body,
          headers: {
            'Content-Type': 'application/json',
            'Idempotency-Key': randomBytes(8).toString('hex'),
          },
        }),
      );
      return Promise.resolve(stop);
    },
  },
];
