import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Frames } from '../../wire/jute/frames.ts';
import { JuteReader } from '../../wire/jute/jute-reader.ts';
import { JuteWriter } from '../../wire/jute/jute-writer.ts';
import { authXid, noPassword, notificationXid, opCode } from '../../wire/jute/protocol.ts';
import type { ClientTls } from '../client/client-tls.ts';
import { tlsFailure } from '../client/tls-failure.ts';

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
  /** Where TLS was to be spoken: it took the connection, and ended it before a word. */
  readonly isUnheard: boolean;

  constructor(address: string, why: string, isUnheard = false) {
    super(`the connection to ${address} is lost (${why})`);
    this.name = 'ConnectionLost';
    this.isUnheard = isUnheard;
  }
}

/** Thrown where TLS does not come about: to try again would be of no use. */
export class TlsRefused extends Error {
  readonly hint: string;

  constructor(
    address: string,
    { reason, hint }: { readonly reason: string; readonly hint: string },
  ) {
    super(`the server at ${address} is not spoken to: ${reason}`);
    this.name = 'TlsRefused';
    this.hint = hint;
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

/** How a connection is made. */
export interface Introduction {
  readonly proof: Proof | undefined;
  /** Undefined for plaintext. */
  readonly tls: ClientTls | undefined;
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
  #lost: ConnectionLost | TlsRefused | undefined;
  #isOver = false;
  #isTaken = false;
  #pinging: NodeJS.Timeout | undefined;
  #connected: (() => void) | undefined;
  /** Called with the path of each event, and with undefined once the connection has ended. */
  onEvent: (path: string | undefined) => void = () => undefined;

  private constructor(address: string, socket: Socket, tls: ClientTls | undefined) {
    this.#address = address;
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setTimeout(silenceMs, () => {
      this.#end('it says nothing');
    });
    socket.once('connect', () => {
      this.#isTaken = tls !== undefined;
    });
    socket.on('data', (chunk) => {
      const isWhole = this.#frames.feed(chunk, (bytes, from, to) => this.#take(bytes, from, to));
      if (!isWhole) this.#end('what it says is no ZooKeeper protocol');
    });
    socket.on('error', (error) => {
      const refused = tls === undefined ? undefined : refusalIn(error, address, tls);
      if (refused !== undefined) this.#lost ??= refused;
      this.#end(error.message);
    });
    socket.on('close', () => {
      this.#end('it was closed');
    });
  }

  /** `address`: `host:port`. Throws `ConnectionLost`, also where the proof is not taken, and `TlsRefused`. */
  static async connect(address: string, { proof, tls }: Introduction): Promise<ZooKeeperClient> {
    const client = new ZooKeeperClient(address, socketTo(address, tls), tls);
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
    if (this.#isOver) return;
    this.#isOver = true;
    const isUnheard = this.#isTaken && this.#connected !== undefined;
    this.#lost ??= new ConnectionLost(this.#address, why, isUnheard);
    clearInterval(this.#pinging);
    this.#socket.destroy();
    const connected = this.#connected;
    this.#connected = undefined;
    connected?.();
    for (const { reject } of this.#pending.splice(0)) reject(this.#lost);
    this.onEvent(undefined);
  }
}

function socketTo(address: string, tls: ClientTls | undefined): Socket {
  const at = address.lastIndexOf(':');
  const port = Number(address.slice(at + 1));
  const host = address.slice(0, at).replace(/^\[(.*)\]$/, '$1');
  if (tls === undefined) return connect(port, host);
  // An address is no server name to TLS; the certificate is held against it all the same.
  const servername = isIP(host) === 0 ? host : '';
  return connectTls({ host, port, servername, secureContext: tls.context });
}

/** What TLS itself has against it; undefined for a connection that is merely lost. */
function refusalIn(
  error: NodeJS.ErrnoException,
  address: string,
  { caFile }: ClientTls,
): TlsRefused | undefined {
  const { code = '' } = error;
  const host = address.slice(0, address.lastIndexOf(':'));
  const failure = tlsFailure(error, { host, caFile });
  if (failure !== undefined) return new TlsRefused(address, failure);
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'EPROTO') {
    const hint = 'Where its port speaks plaintext, write zookeeper:// for zookeeper+tls://.';
    return new TlsRefused(address, { reason: 'it does not speak TLS there', hint });
  }
  if (!code.startsWith('ERR_SSL_')) return undefined;
  const reason = `it breaks TLS off (${code.slice('ERR_SSL_'.length).toLowerCase().replaceAll('_', ' ')})`;
  const hint =
    'It may want a certificate of ours, from an authority that it knows: --cert FILE --key FILE.';
  return new TlsRefused(address, { reason, hint });
}
