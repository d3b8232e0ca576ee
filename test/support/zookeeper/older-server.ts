import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { opCode, unimplemented } from '../../../src/wire/jute/protocol.ts';

const lengthBytes = 4;

/**
 * Stands in front of a server and knows no persistent watches, as a ZooKeeper before 3.6: what it does not know it answers
 * as unimplemented, and ends the session.
 */
export class OlderServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(target: string) {
    const [host = '', port = ''] = target.split(':');
    this.#server = createServer((client) => {
      const server = connect(Number(port), host);
      for (const socket of [client, server]) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          client.destroy();
          server.destroy();
        });
      }
      server.pipe(client);
      relay(client, server);
    });
  }

  static async before(target: string): Promise<OlderServer> {
    const older = new OlderServer(target);
    older.#server.listen(0, '127.0.0.1');
    await once(older.#server, 'listening');
    return older;
  }

  get address(): string {
    return `127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** Frame by frame; the first one asks for a session. */
function relay(client: Socket, server: Socket): void {
  let rest = Buffer.alloc(0);
  let isFirst = true;
  client.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= lengthBytes && rest.length >= lengthBytes + rest.readInt32BE(0)) {
      const frame = rest.subarray(0, lengthBytes + rest.readInt32BE(0));
      rest = rest.subarray(frame.length);
      if (!isFirst && frame.readInt32BE(lengthBytes + 4) === opCode.addWatch) {
        client.end(refusalOf(frame.readInt32BE(lengthBytes)));
        return;
      }
      isFirst = false;
      server.write(frame);
    }
  });
}

function refusalOf(xid: number): Buffer {
  const reply = Buffer.alloc(lengthBytes + 16);
  reply.writeInt32BE(16, 0);
  reply.writeInt32BE(xid, lengthBytes);
  reply.writeInt32BE(unimplemented, lengthBytes + 12);
  return reply;
}
