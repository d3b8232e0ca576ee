import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { until } from '../until.ts';

// ZooKeeper's protocol byte by byte, for tests that say what no client library would.

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

export function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

export function bool(value: boolean): Buffer {
  return Buffer.from([value ? 1 : 0]);
}

export function bytes(value: Uint8Array | null): Buffer {
  return value === null ? int32(-1) : Buffer.concat([int32(value.length), value]);
}

export function text(value: string): Buffer {
  return bytes(Buffer.from(value));
}

export function texts(values: readonly string[]): Buffer {
  return Buffer.concat([int32(values.length), ...values.map(text)]);
}

/** With its length ahead. */
export function frame(...parts: readonly Uint8Array[]): Buffer {
  return bytes(Buffer.concat(parts));
}

export function request(xid: number, code: number, ...parts: readonly Uint8Array[]): Buffer {
  return frame(int32(xid), int32(code), ...parts);
}

export const pingXid = -2;

export const worldAcl = Buffer.concat([int32(1), int32(31), text('world'), text('anyone')]);

/** Records of requests, without their headers. */
export const records = {
  create: (path: string, data: Uint8Array, flags = 0, acl: Uint8Array = worldAcl): Buffer =>
    Buffer.concat([text(path), bytes(data), acl, int32(flags)]),
  set: (path: string, data: Uint8Array, version = -1): Buffer =>
    Buffer.concat([text(path), bytes(data), int32(version)]),
  /** delete, check */
  versioned: (path: string, version = -1): Buffer => Buffer.concat([text(path), int32(version)]),
  /** exists, getData, getChildren */
  read: (path: string, watch = false): Buffer => Buffer.concat([text(path), bool(watch)]),
  /** addWatch, removeWatches, checkWatches */
  watch: (path: string, kind: number): Buffer => Buffer.concat([text(path), int32(kind)]),
  auth: (scheme: string, proof: string): Buffer =>
    Buffer.concat([int32(0), text(scheme), bytes(Buffer.from(proof))]),
};

export interface ConnectAs {
  readonly timeoutMs?: number;
  readonly session?: bigint;
  readonly password?: Uint8Array;
  readonly lastZxidSeen?: bigint;
}

export function connectRequest({
  timeoutMs = 30_000,
  session = 0n,
  password = Buffer.alloc(16),
  lastZxidSeen = 0n,
}: ConnectAs = {}): Buffer {
  return frame(
    ...[int32(0), int64(lastZxidSeen), int32(timeoutMs), int64(session), bytes(password)],
    bool(false),
  );
}

export interface Reply {
  readonly xid: number;
  readonly zxid: bigint;
  readonly error: number;
  readonly body: Buffer;
}

export interface Connected {
  readonly timeoutMs: number;
  readonly session: bigint;
  readonly password: Buffer;
}

/** A socket at a peer's door for ZooKeeper's clients. Reads only when told so, or when something is waited for. */
export class JuteSocket {
  readonly socket: Socket;
  /** Whole frames that came and nobody has taken yet, without their lengths. */
  readonly frames: Buffer[] = [];
  receivedBytes = 0;
  isClosed = false;
  framesSeen = 0;
  /** Of a frame that is not whole yet. */
  #parts: Buffer[] = [];
  #partBytes = 0;
  #wantedBytes = 4;
  #isReading = false;
  #pinging: NodeJS.Timeout | undefined;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.isClosed = true;
      this.#wake();
    });
  }

  static async open(address: string, localAddress?: string): Promise<JuteSocket> {
    const [host = '', port = ''] = address.split(':');
    const from = localAddress === undefined ? {} : { localAddress };
    const socket = connect({ host, port: Number(port), noDelay: true, ...from });
    return JuteSocket.#opened(socket, 'connect');
  }

  static openTls(address: string, options: ConnectionOptions): Promise<JuteSocket> {
    const [host = '', port = ''] = address.split(':');
    return JuteSocket.#opened(
      connectTls({ host, port: Number(port), ...options }),
      'secureConnect',
    );
  }

  static async #opened(socket: Socket, event: string): Promise<JuteSocket> {
    const opened = new JuteSocket(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once(event, resolve);
      socket.once('error', reject);
    });
    return opened;
  }

  /** With a session of its own. */
  static async connected(address: string, as: ConnectAs = {}): Promise<JuteSocket> {
    const socket = await JuteSocket.open(address);
    const { timeoutMs } = await socket.connect(as);
    assert.ok(timeoutMs > 0, 'the peer refused the session');
    return socket;
  }

  /** Pings from now on, as a client does; the answers are nobody's business. */
  keepAlive(everyMs: number): this {
    this.#pinging = setInterval(() => this.write(request(pingXid, 11)), everyMs);
    this.socket.once('close', () => {
      clearInterval(this.#pinging);
    });
    return this;
  }

  read(): this {
    if (this.#isReading) return this;
    this.#isReading = true;
    this.socket.on('data', (chunk: Buffer) => {
      this.#take(chunk);
    });
    return this;
  }

  write(...parts: readonly Uint8Array[]): this {
    for (const part of parts) this.socket.write(part);
    return this;
  }

  async frame(): Promise<Buffer> {
    this.read();
    while (this.frames.length === 0) {
      if (this.isClosed) throw new Error('the peer closed the connection');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.frames.shift() ?? Buffer.alloc(0);
  }

  async reply(): Promise<Reply> {
    const bytes = await this.frame();
    return {
      xid: bytes.readInt32BE(0),
      zxid: bytes.readBigInt64BE(4),
      error: bytes.readInt32BE(12),
      body: bytes.subarray(16),
    };
  }

  async ask(xid: number, code: number, ...parts: readonly Uint8Array[]): Promise<Reply> {
    this.write(request(xid, code, ...parts));
    return this.reply();
  }

  async connect(as: ConnectAs = {}): Promise<Connected> {
    this.write(connectRequest(as));
    const answer = await this.frame();
    return {
      timeoutMs: answer.readInt32BE(4),
      session: answer.readBigInt64BE(8),
      password: Buffer.from(answer.subarray(20, 20 + answer.readInt32BE(16))),
    };
  }

  /** By the peer. What it sent before is read: without that nobody hears of the end. */
  async closed(): Promise<void> {
    this.read().socket.resume();
    await until('the peer to close the connection', () => this.isClosed);
  }

  destroy(): void {
    this.socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.receivedBytes += chunk.length;
    this.#parts.push(chunk);
    this.#partBytes += chunk.length;
    if (this.#partBytes < this.#wantedBytes) return;
    let rest = Buffer.concat(this.#parts);
    this.#wantedBytes = 4;
    while (rest.length >= 4) {
      const end = 4 + rest.readInt32BE(0);
      this.#wantedBytes = end;
      if (rest.length < end) break;
      this.#wantedBytes = 4;
      this.framesSeen++;
      const isPong = this.#pinging !== undefined && rest.readInt32BE(4) === pingXid;
      if (!isPong) this.frames.push(rest.subarray(4, end));
      rest = rest.subarray(end);
    }
    this.#parts = [rest];
    this.#partBytes = rest.length;
    this.#wake();
  }
}

/** A client that does everything right, for as long as others do not: each answer must be the right one. */
export class Bystander {
  readonly #socket: JuteSocket;
  readonly #path: string;
  #rounds = 0;
  #isStopping = false;
  #running: Promise<void> = Promise.resolve();

  private constructor(socket: JuteSocket, path: string) {
    this.#socket = socket;
    this.#path = path;
  }

  static async begin(address: string, path: string): Promise<Bystander> {
    const bystander = new Bystander(await JuteSocket.connected(address), path);
    const { error } = await bystander.#socket.ask(0, 1, records.create(path, Buffer.from('0')));
    assert.equal(error, 0);
    bystander.#running = bystander.#run();
    // A failure is told by whoever asks next.
    bystander.#running.catch(() => undefined);
    return bystander;
  }

  get path(): string {
    return this.#path;
  }

  /** One more write and read, begun from now on, were answered rightly. */
  async isServed(): Promise<void> {
    const enough = this.#rounds + 2;
    await Promise.race([
      this.#running,
      until('the bystander to be served', () => this.#rounds >= enough),
    ]);
    if (!this.#isStopping) assert.ok(this.#rounds >= enough, 'the bystander has stopped');
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#running;
    this.#socket.destroy();
  }

  async #run(): Promise<void> {
    for (let xid = 1; !this.#isStopping; xid += 2) {
      const data = Buffer.from(String(xid));
      const written = await this.#socket.ask(xid, 5, records.set(this.#path, data));
      assert.deepEqual([written.xid, written.error], [xid, 0]);
      const read = await this.#socket.ask(xid + 1, 4, records.read(this.#path));
      assert.deepEqual([read.xid, read.error], [xid + 1, 0]);
      assert.deepEqual(read.body.subarray(4, 4 + read.body.readInt32BE(0)), data);
      this.#rounds++;
    }
  }
}
