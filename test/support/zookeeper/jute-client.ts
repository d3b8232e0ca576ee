import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { framed, JuteIn, JuteOut } from './jute.ts';
import {
  decodeReply,
  encodeRequest,
  specialXid,
  type OpName,
  type ReplyBody,
  type Request,
} from './requests.ts';

/** Said by this client, as by ZooKeeper's: the connection ended before the answer. */
export const connectionLoss = -4;

export interface Reply {
  readonly kind: 'reply';
  readonly op: OpName | undefined;
  readonly xid: number;
  readonly zxid: bigint;
  readonly err: number;
  /** Without an error. Of a request sent as raw bytes it is not decoded. */
  readonly body: ReplyBody;
  readonly raw: Buffer;
}

export interface Event {
  readonly kind: 'event';
  readonly zxid: bigint;
  /** 1 created, 2 deleted, 3 data changed, 4 children changed. */
  readonly type: number;
  readonly state: number;
  readonly path: string;
}

export interface ConnectOptions {
  readonly timeoutMs?: number;
  /** 0: a new one. */
  readonly session?: bigint;
  readonly password?: Uint8Array;
  readonly lastZxidSeen?: bigint;
  /** `absent`: as clients before 3.4, which do not know of it. */
  readonly readOnly?: boolean | 'absent';
  readonly protocolVersion?: number;
}

export interface ConnectReply {
  readonly protocolVersion: number;
  readonly timeoutMs: number;
  readonly session: bigint;
  readonly password: Buffer;
  /** Undefined when the answer ends before it. */
  readonly readOnly: boolean | undefined;
}

interface Pending {
  readonly xid: number;
  readonly op: OpName | undefined;
  readonly answered: (reply: Reply) => void;
}

const nothing = Buffer.alloc(0);
/** Answers to these do not wait for their turn. */
const outOfTurn = new Set([-2, -4]);

/**
 * A raw client of ZooKeeper's protocol: knows the records and the order of what comes, and nothing else. It sends no ping
 * by itself and registers no watch.
 */
export class JuteClient {
  /** Replies and events, in the order in which they came. */
  readonly received: (Reply | Event)[] = [];
  /** What the server did that no server may: an answer out of its turn, bytes that no record has. */
  readonly wrong: string[] = [];
  /** The greatest zxid of a header. */
  lastZxid = 0n;
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #pending: Pending[] = [];
  #connected: ((frame: Buffer | undefined) => void) | undefined;
  #reply: ConnectReply | undefined;
  #chunks: Buffer[] = [];
  #size = 0;
  #xid = 1;
  #isClosed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#end();
        resolve();
      });
    });
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      this.#take(chunk);
    });
  }

  /** The TCP connection alone. */
  static async open(address: string): Promise<JuteClient> {
    const at = address.lastIndexOf(':');
    const socket = connect(Number(address.slice(at + 1)), address.slice(0, at));
    socket.setNoDelay(true);
    await once(socket, 'connect');
    return new JuteClient(socket);
  }

  /** With a session. Throws when the server hangs up, or has none to give. */
  static async connect(address: string, options: ConnectOptions = {}): Promise<JuteClient> {
    const client = await JuteClient.open(address);
    const reply = await client.handshake(options);
    if (reply !== undefined && reply.timeoutMs > 0) return client;
    client.destroy();
    throw new Error(`${address} ${reply === undefined ? 'hung up' : 'knows no such session'}`);
  }

  /** Undefined when the server hangs up instead. */
  async handshake(options: ConnectOptions = {}): Promise<ConnectReply | undefined> {
    const frame = new Promise<Buffer | undefined>((resolve) => {
      this.#connected = resolve;
      if (this.#isClosed) resolve(undefined);
    });
    this.#socket.write(framed(connectRequest(options)));
    const bytes = await frame;
    if (bytes === undefined) return undefined;
    this.#reply = readConnectReply(bytes);
    return this.#reply;
  }

  /** What the server said of the session. */
  get connected(): ConnectReply {
    if (this.#reply === undefined) throw new Error('there is no session');
    return this.#reply;
  }

  get session(): bigint {
    return this.connected.session;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get events(): readonly Event[] {
    return this.received.filter((each) => each.kind === 'event');
  }

  /** The answer, or one with `connectionLoss`. Never rejects. */
  ask(request: Request): Promise<Reply> {
    const [reply] = this.askAll([request]);
    if (reply === undefined) throw new Error('no request');
    return reply;
  }

  /** All in one write. */
  askAll(requests: readonly Request[]): Promise<Reply>[] {
    const frames: Buffer[] = [];
    const replies = requests.map((request) => {
      const xid = specialXid(request.op) ?? this.#xid++;
      frames.push(framed(encodeRequest(xid, request)));
      return this.#expect(xid, request.op);
    });
    if (!this.#isClosed) this.#socket.write(Buffer.concat(frames));
    return replies;
  }

  /** A request of any kind, with any record. */
  askRaw(code: number, record: Buffer = nothing): Promise<Reply> {
    const xid = this.#xid++;
    const reply = this.#expect(xid, undefined);
    this.write(framed(new JuteOut().int(xid).int(code).raw(record).bytes()));
    return reply;
  }

  /** Bytes as they are. */
  write(bytes: Buffer): void {
    if (!this.#isClosed) this.#socket.write(bytes);
  }

  /** Reads nothing until `resume`: what comes waits in the buffers between here and the server. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Ends the session too. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    await this.ask({ op: 'closeSession' });
    this.destroy();
    await this.closed;
  }

  /** The connection alone, abruptly; the session lives on. */
  destroy(): void {
    this.#socket.destroy();
  }

  #expect(xid: number, op: OpName | undefined): Promise<Reply> {
    return new Promise((resolve) => {
      if (this.#isClosed) resolve(lost(xid, op));
      else this.#pending.push({ xid, op, answered: resolve });
    });
  }

  #end(): void {
    this.#isClosed = true;
    this.#connected?.(undefined);
    for (const { xid, op, answered } of this.#pending.splice(0)) answered(lost(xid, op));
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size < 4) return;
    if (this.#chunks.length > 1) {
      const [first = nothing] = this.#chunks;
      if (first.length >= 4 && this.#size < 4 + first.readInt32BE(0)) return;
      this.#chunks = [Buffer.concat(this.#chunks)];
    }
    const [bytes = nothing] = this.#chunks;
    let at = 0;
    while (bytes.length - at >= 4) {
      const end = at + 4 + bytes.readInt32BE(at);
      if (bytes.length < end) break;
      this.#takeFrame(bytes.subarray(at + 4, end));
      at = end;
    }
    this.#chunks = at === bytes.length ? [] : [bytes.subarray(at)];
    this.#size -= at;
  }

  #takeFrame(frame: Buffer): void {
    const connected = this.#connected;
    if (connected !== undefined) {
      this.#connected = undefined;
      connected(frame);
      return;
    }
    try {
      this.#takeMessage(new JuteIn(frame));
    } catch (error) {
      this.wrong.push(`${String(error)} in ${frame.toString('hex')}`);
    }
  }

  #takeMessage(from: JuteIn): void {
    const xid = from.int();
    const zxid = from.long();
    const err = from.int();
    if (xid === -1) {
      const [type, state, path] = [from.int(), from.int(), from.text()];
      this.received.push({ kind: 'event', zxid, type, state, path });
      return;
    }
    if (zxid > this.lastZxid) this.lastZxid = zxid;
    const index = this.#pending.findIndex((each) => each.xid === xid);
    const inTurn = this.#pending.findIndex((each) => !outOfTurn.has(each.xid));
    const [pending] = index < 0 ? [] : this.#pending.splice(index, 1);
    if (index < 0 || (index > inTurn && !outOfTurn.has(xid))) {
      this.wrong.push(`xid ${String(xid)} is not the one whose turn it is`);
    }
    const op = pending?.op;
    const raw = from.rest();
    const record = new JuteIn(raw);
    const body = err === 0 && op !== undefined ? decodeReply(op, record) : {};
    // What ZooKeeper leaves behind an error nobody reads.
    if (err === 0 && op !== undefined && record.left > 0) {
      this.wrong.push(`bytes after the answer to ${op}: ${raw.toString('hex')}`);
    }
    const reply: Reply = { kind: 'reply', op, xid, zxid, err, body, raw };
    this.received.push(reply);
    pending?.answered(reply);
  }
}

function lost(xid: number, op: OpName | undefined): Reply {
  return { kind: 'reply', op, xid, zxid: -1n, err: connectionLoss, body: {}, raw: nothing };
}

function connectRequest(options: ConnectOptions): Buffer {
  const out = new JuteOut()
    .int(options.protocolVersion ?? 0)
    .long(options.lastZxidSeen ?? 0n)
    .int(options.timeoutMs ?? 30_000)
    .long(options.session ?? 0n)
    .buffer(options.password ?? Buffer.alloc(16));
  const { readOnly = false } = options;
  if (readOnly !== 'absent') out.bool(readOnly);
  return out.bytes();
}

function readConnectReply(bytes: Buffer): ConnectReply {
  const from = new JuteIn(bytes);
  const [protocolVersion, timeoutMs, session] = [from.int(), from.int(), from.long()];
  const password = from.buffer() ?? nothing;
  const readOnly = from.left > 0 ? from.bool() : undefined;
  if (from.left > 0) throw new RangeError('bytes after the answer to the ConnectRequest');
  return { protocolVersion, timeoutMs, session, password, readOnly };
}
