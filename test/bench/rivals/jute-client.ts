import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { frame, int32, int64, text } from '../../support/zookeeper/jute-frames.ts';

const op = {
  create: 1,
  delete: 2,
  exists: 3,
  setData: 5,
  ping: 11,
  children: 8,
  addWatch: 106,
} as const;

const connectionLoss = -4;
const empty = Buffer.alloc(0);

interface Reply {
  readonly error: number;
  readonly body: Buffer;
}

/** A session with a ZooKeeper, of as few words as a benchmark needs. */
export class JuteClient {
  readonly #socket: Socket;
  readonly #waiting: ((reply: Reply) => void)[] = [];
  readonly #pinging: NodeJS.Timeout;
  onEvent: (path: string) => void = () => undefined;
  #rest: Buffer = Buffer.alloc(0);
  #xid = 1;
  #isConnected = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#pinging = setInterval(() => {
      socket.write(frame(int32(-2), int32(op.ping)));
    }, 10_000);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      for (const waiting of this.#waiting.splice(0)) {
        waiting({ error: connectionLoss, body: empty });
      }
    });
    socket.on('data', (chunk) => {
      this.#take(chunk);
    });
  }

  static async connect(address: string): Promise<JuteClient> {
    const [host = '', port = ''] = address.split(':');
    const socket = connect(Number(port), host);
    socket.setNoDelay(true);
    await once(socket, 'connect');
    const client = new JuteClient(socket);
    const connected = new Promise<Reply>((resolve) => client.#waiting.push(resolve));
    const password = Buffer.concat([int32(16), Buffer.alloc(16)]);
    socket.write(frame(int32(0), int64(0n), int32(30_000), int64(0n), password));
    // A server that is still starting takes the connection and says nothing.
    const giveUp = setTimeout(() => socket.destroy(), 2_000);
    const { error } = await connected;
    clearTimeout(giveUp);
    if (error === 0) return client;
    client.close();
    throw new Error(`${address} does not serve yet`);
  }

  /** Gives the path as it was made. Flags as in ZooKeeper: 3 is ephemeral and sequential. */
  async create(path: string, flags: number): Promise<string> {
    const acl = Buffer.concat([int32(1), int32(31), text('world'), text('anyone')]);
    const { error, body } = await this.#ask(op.create, text(path), int32(0), acl, int32(flags));
    if (error !== 0) throw new Error(`create ${path}: ${String(error)}`);
    return textAt(body, 0);
  }

  async delete(path: string): Promise<void> {
    await this.#ask(op.delete, text(path), int32(-1));
  }

  /** With a watch; true when it is there. */
  async exists(path: string): Promise<boolean> {
    return (await this.#ask(op.exists, text(path), Buffer.from([1]))).error === 0;
  }

  async children(path: string): Promise<string[]> {
    const { body } = await this.#ask(op.children, text(path), Buffer.from([0]));
    const names: string[] = [];
    let at = 4;
    for (let left = body.readInt32BE(0); left > 0; left--) {
      names.push(textAt(body, at));
      at += 4 + body.readInt32BE(at);
    }
    return names;
  }

  async setData(path: string, data: Buffer): Promise<void> {
    const { error } = await this.#ask(op.setData, text(path), int32(data.length), data, int32(-1));
    if (error !== 0) throw new Error(`setData ${path}: ${String(error)}`);
  }

  /** A persistent watch. */
  async addWatch(path: string): Promise<void> {
    const { error } = await this.#ask(op.addWatch, text(path), int32(0));
    if (error !== 0) throw new Error(`addWatch ${path}: ${String(error)}`);
  }

  close(): void {
    clearInterval(this.#pinging);
    this.#socket.destroy();
  }

  #ask(kind: number, ...parts: Buffer[]): Promise<Reply> {
    const reply = new Promise<Reply>((resolve) => this.#waiting.push(resolve));
    this.#socket.write(frame(int32(this.#xid++), int32(kind), ...parts));
    return reply;
  }

  #take(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= 4) {
      const end = 4 + this.#rest.readInt32BE(0);
      if (this.#rest.length < end) return;
      this.#dispatch(this.#rest.subarray(4, end));
      this.#rest = this.#rest.subarray(end);
    }
  }

  #dispatch(frame: Buffer): void {
    if (!this.#isConnected) {
      this.#isConnected = true;
      this.#waiting.shift()?.({ error: 0, body: frame });
      return;
    }
    const xid = frame.readInt32BE(0);
    if (xid === -2) return;
    // An event: type, state, path.
    if (xid === -1) this.onEvent(textAt(frame, 16 + 8));
    else this.#waiting.shift()?.({ error: frame.readInt32BE(12), body: frame.subarray(16) });
  }
}

function textAt(bytes: Buffer, at: number): string {
  return bytes.toString('utf8', at + 4, at + 4 + bytes.readInt32BE(at));
}
