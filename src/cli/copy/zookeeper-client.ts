import { connect, type Socket } from 'node:net';
import { Frames } from '../../wire/jute/frames.ts';
import { JuteReader } from '../../wire/jute/jute-reader.ts';
import { JuteWriter } from '../../wire/jute/jute-writer.ts';
import { authXid, noPassword, notificationXid, opCode } from '../../wire/jute/protocol.ts';

const connectMs = 5_000;
const sessionMs = 30_000;
const pingMs = 8_000;
/** A server that says nothing for so long, pings included, is left. */
const silenceMs = 20_000;
/** Of a list of children, which is one frame however long it is. */
const frameBytesMax = 512 * 1_048_576;
const pingXid = -2;
const recursiveMode = 1;

/** Thrown for whatever was asked on a connection that has ended: nobody knows what became of it. */
export class ConnectionLost extends Error {
  constructor(address: string, why: string) {
    super(`the connection to ${address} is lost (${why})`);
    this.name = 'ConnectionLost';
  }
}

/** ZooKeeper's number for why not; `record` follows where it is 0. */
export interface ZooKeeperReply {
  readonly error: number;
  readonly record: JuteReader;
}

/** Who to be: `digest` and `user:password`, as zkCli's addauth has it. */
export interface Proof {
  readonly scheme: string;
  readonly auth: string;
}

interface Pending {
  readonly xid: number;
  readonly resolve: (reply: ZooKeeperReply) => void;
  readonly reject: (error: Error) => void;
}

/** One connection to one ZooKeeper, with a session of its own. What is asked is answered in order. */
export class ZooKeeperClient {
  readonly #address: string;
  readonly #socket: Socket;
  readonly #frames = new Frames(frameBytesMax);
  readonly #writer = new JuteWriter();
  #pending: Pending[] = [];
  #xid = 1;
  #lost: ConnectionLost | undefined;
  #pinging: NodeJS.Timeout | undefined;
  #connected: (() => void) | undefined;
  /** Called with the path of each event, and with undefined once the connection has ended. */
  onEvent: (path: string | undefined) => void = () => undefined;

  private constructor(address: string, socket: Socket) {
    this.#address = address;
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setTimeout(silenceMs, () => {
      this.#end('it says nothing');
    });
    socket.on('data', (chunk) => {
      const isWhole = this.#frames.feed(chunk, (bytes, from, to) => this.#take(bytes, from, to));
      if (!isWhole) this.#end('what it says is no ZooKeeper protocol');
    });
    socket.on('error', ({ message }) => {
      this.#end(message);
    });
    socket.on('close', () => {
      this.#end('it was closed');
    });
  }

  /** `address`: `host:port`. Throws `ConnectionLost`, also where the proof is not taken. */
  static async connect(address: string, proof: Proof | undefined): Promise<ZooKeeperClient> {
    const at = address.lastIndexOf(':');
    const socket = connect(Number(address.slice(at + 1)), address.slice(0, at));
    const client = new ZooKeeperClient(address, socket);
    await client.#handshake();
    if (proof !== undefined) await client.#prove(proof);
    return client;
  }

  /** `write`: the record behind the header. Rejects with `ConnectionLost`. */
  ask(code: number, write: (to: JuteWriter) => void = () => undefined): Promise<ZooKeeperReply> {
    return this.#send(this.#xid++, code, write);
  }

  /** A watch on a path and all below it, which stays; of ZooKeeper 3.6 and later. Gives the error. */
  async watchAll(path: string): Promise<number> {
    const reply = await this.ask(opCode.addWatch, (to) => {
      to.text(path);
      to.int(recursiveMode);
    });
    return reply.error;
  }

  /** Ends the session, too. */
  async close(): Promise<void> {
    if (this.#lost !== undefined) return;
    await this.ask(opCode.closeSession).catch(() => undefined);
    this.#end('it was closed');
  }

  #handshake(): Promise<void> {
    const writer = this.#writer;
    writer.beginFrame();
    writer.int(0);
    writer.words(0, 0);
    writer.int(sessionMs);
    writer.words(0, 0);
    writer.buffer(noPassword);
    writer.bool(false);
    writer.endFrame();
    this.#flush();
    return new Promise((resolve, reject) => {
      const giveUp = setTimeout(() => {
        this.#end('no session in time');
      }, connectMs);
      this.#connected = () => {
        clearTimeout(giveUp);
        if (this.#lost !== undefined) reject(this.#lost);
        else resolve();
      };
    });
  }

  async #prove({ scheme, auth }: Proof): Promise<void> {
    const reply = await this.#send(authXid, opCode.auth, (to) => {
      to.int(0);
      to.text(scheme);
      to.buffer(Buffer.from(auth));
    });
    if (reply.error !== 0) this.#end('it does not take the proof of who we are');
    if (this.#lost !== undefined) throw this.#lost;
  }

  #send(xid: number, code: number, write: (to: JuteWriter) => void): Promise<ZooKeeperReply> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    const writer = this.#writer;
    writer.beginFrame();
    writer.int(xid);
    writer.int(code);
    write(writer);
    writer.endFrame();
    this.#flush();
    return new Promise((resolve, reject) => {
      this.#pending.push({ xid, resolve, reject });
    });
  }

  #flush(): void {
    for (const chunk of this.#writer.take()) this.#socket.write(chunk);
  }

  #take(bytes: Buffer, from: number, to: number): boolean {
    const reader = new JuteReader().open(bytes, from, to);
    if (this.#connected !== undefined) {
      this.#begin(reader);
      return true;
    }
    const xid = reader.int();
    reader.words();
    const error = reader.int();
    if (xid === notificationXid) {
      reader.int();
      reader.int();
      this.onEvent(reader.text());
      return true;
    }
    if (xid === pingXid) return true;
    const index = this.#pending.findIndex((each) => each.xid === xid);
    const [pending] = index < 0 ? [] : this.#pending.splice(index, 1);
    pending?.resolve({ error, record: reader });
    return true;
  }

  #begin(reader: JuteReader): void {
    reader.int();
    const timeoutMs = reader.int();
    const connected = this.#connected;
    this.#connected = undefined;
    if (timeoutMs <= 0) this.#end('it gives no session');
    else {
      this.#pinging = setInterval(() => {
        this.#ping();
      }, pingMs);
    }
    connected?.();
  }

  #ping(): void {
    const writer = this.#writer;
    writer.beginFrame();
    writer.int(pingXid);
    writer.int(opCode.ping);
    writer.endFrame();
    this.#flush();
  }

  #end(why: string): void {
    if (this.#lost !== undefined) return;
    this.#lost = new ConnectionLost(this.#address, why);
    clearInterval(this.#pinging);
    this.#socket.destroy();
    const connected = this.#connected;
    this.#connected = undefined;
    connected?.();
    for (const { reject } of this.#pending.splice(0)) reject(this.#lost);
    this.onEvent(undefined);
  }
}
