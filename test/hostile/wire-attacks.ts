import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import {
  dial,
  endAll,
  first,
  flood,
  open,
  openMany,
  repeatedly,
  scaled,
  type Attack,
} from './attack.ts';
import { createBig, createChildren, create } from './requests.ts';

// The doors that speak in frames: gRPC, by hand on HTTP/2, and ZooKeeper's; and the port of the peers.

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Buffer = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

function literal(name: string, value: string): Buffer {
  const parts = [Buffer.from([0, name.length]), Buffer.from(name), Buffer.from([value.length])];
  return Buffer.concat([...parts, Buffer.from(value)]);
}

const headersOf = (method: string): Buffer =>
  Buffer.concat([
    Buffer.from([0x83, 0x86]),
    literal(':path', `/quoll.v1.ZnodeService/${method}`),
    literal(':authority', 'localhost'),
    literal('content-type', 'application/grpc'),
    literal('te', 'trailers'),
  ]);

function message(bytes: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

const pathMessage = (path: string): Buffer =>
  message(Buffer.concat([Buffer.from([0x0a, path.length]), Buffer.from(path)]));

async function http2(address: string, settings = {}): Promise<ClientHttp2Session> {
  const session = connectHttp2(`http://${address}`, {
    settings,
    createConnection: () => dial(address),
  });
  session.on('error', () => undefined);
  await once(session, 'remoteSettings');
  return session;
}

const grpcHeaders = (method: string): Record<string, string> => ({
  ':method': 'POST',
  ':path': `/quoll.v1.ZnodeService/${method}`,
  'content-type': 'application/grpc',
  te: 'trailers',
});

/** Small calls by hand, so that no client of HTTP/2 keeps to what the server allows. */
function burst(calls: number, body: Buffer): Buffer {
  const parts = [Buffer.from(preface), frame(4, 0, 0)];
  const headers = headersOf('Exists');
  for (let index = 0, id = 1; index < calls; index++, id += 2) {
    parts.push(frame(1, 4, id, headers), frame(0, 1, id, body));
  }
  return Buffer.concat(parts);
}

const grpcAttacks: readonly Attack[] = [
  {
    name: 'grpc-half',
    about: '300 calls on one connection, each with 4 MB of a message that never ends',
    async begin({ grpc }, scale) {
      const session = await http2(first(grpc));
      const chunk = Buffer.alloc(65_536, 65);
      const half = (): void => {
        const call = session.request(grpcHeaders('Get'), { endStream: false });
        call.on('error', () => undefined);
        call.resume();
        const head = Buffer.alloc(5);
        head.writeUInt32BE(4_000_000, 1);
        call.write(head);
        for (let left = 60; left > 0; left--) call.write(chunk);
      };
      for (let index = 0; index < scaled(300, scale); index++) half();
      return () => {
        session.destroy();
      };
    },
  },
  {
    name: 'grpc-closed-window',
    about: '1,000 answers of 1 MB asked for on one connection whose window is 0',
    prepare: ({ http }) => createBig(first(http)),
    async begin({ grpc }, scale) {
      const session = await http2(first(grpc), { initialWindowSize: 0 });
      const body = pathMessage('/big');
      for (let index = 0; index < scaled(1_000, scale); index++) {
        const call = session.request(grpcHeaders('Get'));
        call.on('error', () => undefined);
        call.end(body);
      }
      return () => {
        session.destroy();
      };
    },
  },
  {
    name: 'grpc-tiny',
    about: '2 connections with 20 messages in 20,000 frames of a byte',
    async begin({ grpc }, scale) {
      const sockets = await openMany(first(grpc), 2);
      const one = Buffer.from('a');
      for (const socket of sockets) {
        socket.resume();
        socket.write(Buffer.concat([Buffer.from(preface), frame(4, 0, 0)]));
        socket.write(frame(8, 0, 0, Buffer.from([0x3f, 0xff, 0, 0])));
        for (let stream = 0, id = 1; stream < 20; stream++, id += 2) {
          const parts = [frame(1, 4, id, headersOf('Get'))];
          parts.push(frame(0, 0, id, Buffer.from([0, 0, 0x10, 0, 0])));
          for (let index = 0; index < scaled(20_000, scale); index++) {
            parts.push(frame(0, 0, id, one));
          }
          socket.write(Buffer.concat(parts));
        }
      }
      return endAll(sockets);
    },
  },
  {
    name: 'grpc-burst',
    about: 'bursts of 20,000 small calls on each of 2 connections, no regard for limits',
    begin({ grpc }, scale) {
      const bytes = burst(scaled(20_000, scale), pathMessage('/'));
      return Promise.resolve(again(2, first(grpc), bytes));
    },
  },
  {
    name: 'grpc-malformed',
    about: 'the same with calls that say nothing that can be read',
    begin({ grpc }, scale) {
      const bytes = burst(scaled(20_000, scale), message(Buffer.from([0xff, 0xff, 0xff])));
      return Promise.resolve(again(2, first(grpc), bytes));
    },
  },
  {
    name: 'grpc-rapid-reset',
    about: 'calls that are reset as soon as they are made, on 4 connections',
    begin({ grpc }) {
      const stop = repeatedly(4, async () => {
        const socket = await open(first(grpc));
        socket.resume();
        socket.write(Buffer.concat([Buffer.from(preface), frame(4, 0, 0)]));
        const headers = headersOf('Exists');
        const parts = [];
        for (let index = 0, id = 1; index < 2_000; index++, id += 2) {
          parts.push(frame(1, 5, id, headers), frame(3, 0, id, Buffer.from([0, 0, 0, 8])));
        }
        socket.write(Buffer.concat(parts));
        await closedOrTired(socket);
      });
      return Promise.resolve(stop);
    },
  },
];

/** Sends the same on new connections, each until it is closed or has had its time. */
function again(workers: number, address: string, bytes: Buffer): () => void {
  return repeatedly(workers, async () => {
    const socket = await open(address);
    socket.resume();
    socket.write(bytes);
    await closedOrTired(socket);
  });
}

function closedOrTired(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const tired = setTimeout(() => socket.destroy(), 4_000);
    socket.once('close', () => {
      clearTimeout(tired);
      resolve();
    });
  });
}

const connectRecord = (lastZxid: bigint): Buffer => {
  const record = Buffer.alloc(4 + 45);
  record.writeInt32BE(45, 0);
  record.writeBigInt64BE(lastZxid, 8);
  record.writeInt32BE(30_000, 16);
  record.writeInt32BE(16, 28);
  return record;
};

const opCodes = { exists: 3, getData: 4, getChildren: 8, addWatch: 106 } as const;

function juteRequest(xid: number, op: keyof typeof opCodes, path: string, last: Buffer): Buffer {
  const text = Buffer.from(path);
  const head = Buffer.alloc(16);
  head.writeInt32BE(12 + text.length + last.length, 0);
  head.writeInt32BE(xid, 4);
  head.writeInt32BE(opCodes[op], 8);
  head.writeInt32BE(text.length, 12);
  return Buffer.concat([head, text, last]);
}

const flag = (isSet: boolean): Buffer => Buffer.from([isSet ? 1 : 0]);

async function sessions(address: string, count: number): Promise<Socket[]> {
  const sockets = await openMany(address, count);
  await Promise.all(
    sockets.map((socket) => {
      socket.write(connectRecord(0n));
      return Promise.race([once(socket, 'data'), once(socket, 'close')]);
    }),
  );
  return sockets;
}

const zookeeperAttacks: readonly Attack[] = [
  {
    name: 'zookeeper-pipeline',
    about: '10 sessions that each ask 500 times for 1 MB and do not read',
    prepare: ({ http }) => createBig(first(http)),
    async begin({ zookeeper }, scale) {
      const sockets = await sessions(first(zookeeper), 10);
      for (const socket of sockets) {
        socket.pause();
        const requests = [];
        for (let xid = 1; xid <= scaled(500, scale); xid++) {
          requests.push(juteRequest(xid, 'getData', '/big', flag(false)));
        }
        socket.write(Buffer.concat(requests));
      }
      return endAll(sockets);
    },
  },
  {
    name: 'zookeeper-children',
    about: 'getChildren of 10,000 children with names of 2,000 characters, by 4 sessions',
    async prepare({ http }) {
      const names = Array.from({ length: 10_000 }, (_, index) => String(index).padEnd(2_000, 'n'));
      await createChildren(first(http), '/long', names);
    },
    async begin({ zookeeper }, scale) {
      const sockets = await sessions(first(zookeeper), 4);
      for (const socket of sockets) {
        socket.resume();
        const requests = [];
        for (let xid = 1; xid <= scaled(100, scale); xid++) {
          requests.push(juteRequest(xid, 'getChildren', '/long', flag(false)));
        }
        socket.write(Buffer.concat(requests));
      }
      return endAll(sockets);
    },
  },
  {
    name: 'zookeeper-flood',
    about: '20 sessions that ask small things without waiting for answers',
    prepare: ({ http }) => create(first(http), '/held'),
    async begin({ zookeeper }, scale) {
      const sockets = await sessions(first(zookeeper), scaled(20, scale));
      const requests = [];
      for (let xid = 1; xid <= 2_000; xid++) {
        requests.push(juteRequest(xid, 'exists', '/held', flag(false)));
      }
      const bytes = Buffer.concat(requests);
      for (const socket of sockets) {
        socket.resume();
        flood(socket, bytes);
      }
      return endAll(sockets);
    },
  },
  {
    name: 'zookeeper-ahead',
    about: 'clients that say that they have seen a later zxid, on 20 connections',
    begin({ zookeeper }, scale) {
      return Promise.resolve(
        again(scaled(20, scale), first(zookeeper), connectRecord(0x7fffffffffffn)),
      );
    },
  },
  {
    name: 'zookeeper-watches',
    about: '250,000 watches by one session, and a recursive one of / by 1,000 others',
    async begin({ zookeeper }, scale) {
      const sockets = await sessions(first(zookeeper), scaled(1_000, scale) + 1);
      const [many, ...others] = sockets;
      for (const socket of sockets) socket.resume();
      const mode = Buffer.from([0, 0, 0, 1]);
      for (const socket of others) socket.write(juteRequest(1, 'addWatch', '/', mode));
      const requests = [];
      for (let xid = 1; xid <= scaled(250_000, scale); xid++) {
        requests.push(juteRequest(xid, 'exists', `/w/${String(xid)}`, flag(true)));
      }
      many?.write(Buffer.concat(requests));
      return endAll(sockets);
    },
  },
];

const peerAttacks: readonly Attack[] = [
  {
    name: 'peer-port',
    about: '1,000 connections to the port of the peers that send 1 MB of nothing known',
    async begin({ peer }, scale) {
      const sockets = await openMany(peer, scaled(1_000, scale));
      for (const socket of sockets) {
        socket.resume();
        socket.write(Buffer.alloc(1_000_000, 1));
      }
      return endAll(sockets);
    },
  },
];

export const wireAttacks = [...grpcAttacks, ...zookeeperAttacks, ...peerAttacks];
