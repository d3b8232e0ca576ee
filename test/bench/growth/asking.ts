import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connectRequest } from './requests.ts';

/** Makes the next request of a connection. */
export type Requests = (connection: number) => Buffer;

interface Answer {
  /** Where the next one begins; undefined as long as this one is not there as a whole. */
  readonly end: number;
  /** Of what answers nothing that was asked: an event. */
  readonly isUnasked: boolean;
  readonly failure: string | undefined;
}

type Splitting = (bytes: Buffer, at: number) => Answer | undefined;

const lengthBytes = 4;
const eventXid = -1;
const okErrors = [0, -101];
const headEnd = Buffer.from('\r\n\r\n');

/** A raw connection that keeps so many requests under way, and fails at the first that is refused. */
export class Asking {
  readonly socket: Socket;
  readonly #split: Splitting;
  #rest: Buffer = Buffer.alloc(0);
  #heard: (failure?: Error) => void = () => undefined;

  private constructor(socket: Socket, split: Splitting) {
    this.socket = socket;
    this.#split = split;
    socket.on('data', (chunk) => {
      this.#take(chunk);
    });
    socket.on('error', (error) => {
      this.#heard(error);
    });
    socket.on('close', () => {
      this.#heard(new Error('the server closed the connection'));
    });
  }

  /** `from`: the loopback address to come from. */
  static async http(address: string, from = '127.0.0.1'): Promise<Asking> {
    return new Asking(await connected(address, from), splitHttp);
  }

  /** With a session. */
  static async zooKeeper(address: string, sessionTimeoutMs = 40_000): Promise<Asking> {
    const socket = await connected(address, '127.0.0.1');
    socket.write(connectRequest(sessionTimeoutMs));
    const [greeting] = (await once(socket, 'data')) as [Buffer];
    if (greeting.length !== lengthBytes + greeting.readInt32BE(0)) {
      throw new Error('the answer to the session came in pieces');
    }
    return new Asking(socket, splitJute);
  }

  /** Resolves when all are answered; `depth` are under way. */
  ask(count: number, depth: number, request: () => Buffer): Promise<void> {
    if (count === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      let unsent = count;
      let unanswered = count;
      const send = (most: number): void => {
        const next = Math.min(most, unsent);
        unsent -= next;
        if (next > 0) this.socket.write(Buffer.concat(Array.from({ length: next }, request)));
      };
      this.#heard = (failure) => {
        if (failure !== undefined) {
          reject(failure);
          return;
        }
        if (--unanswered === 0) resolve();
        else send(1);
      };
      send(depth);
    });
  }

  close(): void {
    this.#heard = () => undefined;
    this.socket.destroy();
  }

  #take(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    this.socket.cork();
    for (;;) {
      const answer = this.#split(bytes, at);
      if (answer === undefined || answer.end > bytes.length) break;
      at = answer.end;
      if (answer.failure !== undefined) this.#heard(new Error(answer.failure));
      else if (!answer.isUnasked) this.#heard();
    }
    this.socket.uncork();
    this.#rest = bytes.subarray(at);
  }
}

/** Spreads requests over connections, each of which keeps `depth` under way. */
export async function askAll(
  askings: readonly Asking[],
  count: number,
  depth: number,
  requests: Requests,
): Promise<void> {
  const each = Math.ceil(count / askings.length);
  await Promise.all(askings.map((asking, index) => asking.ask(each, depth, () => requests(index))));
}

async function connected(address: string, localAddress: string): Promise<Socket> {
  const [host = '', port = ''] = address.split(':');
  const socket = connect({ host, port: Number(port), localAddress, noDelay: true });
  await once(socket, 'connect');
  return socket;
}

function splitJute(bytes: Buffer, at: number): Answer | undefined {
  if (bytes.length - at < lengthBytes) return undefined;
  const end = at + lengthBytes + bytes.readInt32BE(at);
  if (end > bytes.length) return undefined;
  const error = bytes.readInt32BE(at + lengthBytes + 12);
  return {
    end,
    isUnasked: bytes.readInt32BE(at + lengthBytes) === eventXid,
    // Who watches what is not there is told so, and watches.
    failure: okErrors.includes(error) ? undefined : `ZooKeeper's error ${String(error)}`,
  };
}

function splitHttp(bytes: Buffer, at: number): Answer | undefined {
  const bodyAt = bytes.indexOf(headEnd, at);
  if (bodyAt < 0) return undefined;
  const head = bytes.toString('latin1', at, bodyAt);
  const length = Number(/\r\nContent-Length: (\d+)/i.exec(head)?.[1] ?? 0);
  const isOk = /^HTTP\/1\.1 2/.test(head);
  const end = bodyAt + headEnd.length + length;
  const failure = isOk ? undefined : bytes.toString('latin1', at, Math.min(end, at + 500));
  return { end, isUnasked: false, failure };
}
