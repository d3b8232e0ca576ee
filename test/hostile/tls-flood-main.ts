// What strangers do to a port where TLS is spoken, in a process of its own:
//   node dist/test/hostile/tls-flood-main.js KIND FROM HOST:PORT…      KIND: begin | finish

import { connect, createServer, type AddressInfo } from 'node:net';
import { connect as connectTls } from 'node:tls';

const [kind = '', from = '', ...targets] = process.argv.slice(2);

/** At each port so many at a time. */
const loops = 64;

/** What a client says first. */
function hello(): Promise<Buffer> {
  return new Promise((resolve) => {
    const sink = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (first) => {
        socket.destroy();
        sink.close();
        resolve(first);
      });
    });
    sink.listen(0, '127.0.0.1', () => {
      const { port } = sink.address() as AddressInfo;
      connectTls({ port, host: '127.0.0.1' }).on('error', () => undefined);
    });
  });
}

const first = await hello();

/** Has the peer sign, and never goes on: until it is closed. */
function begin(host: string, port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, localAddress: from });
    socket.on('connect', () => socket.write(first));
    socket.on('error', () => undefined);
    // It is read, or nobody would hear of the end.
    socket.resume();
    socket.on('close', () => {
      resolve();
    });
  });
}

/** A whole handshake, and no question. */
function finish(host: string, port: number): Promise<void> {
  return new Promise((resolve) => {
    const raw = connect({ host, port, localAddress: from });
    raw.on('error', () => undefined);
    const socket = connectTls({ socket: raw, rejectUnauthorized: false });
    socket.on('secureConnect', () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve();
    });
  });
}

async function loop(target: string): Promise<void> {
  const at = target.lastIndexOf(':');
  const [host, port] = [target.slice(0, at), Number(target.slice(at + 1))];
  for (;;) await (kind === 'begin' ? begin(host, port) : finish(host, port));
}

const many = kind === 'begin' ? 4 * loops : loops;
for (const target of targets) for (let each = 0; each < many; each++) void loop(target);
process.stdout.write('attacking\n');
