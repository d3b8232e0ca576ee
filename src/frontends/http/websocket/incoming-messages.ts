import type { WebSocket } from 'ws';
import { Fifo } from '../../../base/fifo.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Work } from '../../../service/budget/work.ts';
import type { Connection } from '../exchange/connection.ts';
import { uncountedBytesMax, waitingMessageBytes } from './limits.ts';
import { urgencyOf } from './urgent.ts';

export interface IncomingOptions {
  readonly clock: Clock;
  readonly work: Work;
  /** The other end gave a sign of life. */
  readonly heard: () => void;
  readonly take: (data: Buffer, isBinary: boolean) => void;
  /** Says whether more may be read, as far as others are concerned. */
  readonly mayRead: () => boolean;
  /** More has come than there is room for: the socket is to be given up. */
  readonly crowded: () => void;
}

interface IncomingMessage {
  readonly data: Buffer;
  readonly isBinary: boolean;
}

/**
 * Takes in what comes on a socket. A thousand small messages may come in one packet: they are understood as long as the
 * turn has time, the others in turns with the long work of others, and nothing is read meanwhile. What has come of a message
 * that is not whole yet counts as received.
 */
export class IncomingMessages {
  readonly #ws: WebSocket;
  readonly #connection: Connection;
  readonly #options: IncomingOptions;
  readonly #waiting = new Fifo<IncomingMessage>();
  #partialBytes = 0;
  #countedBytes = 0;
  #owesPong: Buffer | undefined;
  #isTaking = false;
  #isClosed = false;

  constructor(ws: WebSocket, connection: Connection, options: IncomingOptions) {
    this.#ws = ws;
    this.#connection = connection;
    this.#options = options;
    // Ahead of what makes messages of it.
    connection.socket.prependListener('data', (chunk: Buffer) => {
      this.#received(chunk.length);
    });
    ws.on('message', (data, isBinary) => {
      this.#whole();
      options.heard();
      this.#message({ data: data as Buffer, isBinary });
    });
    ws.on('ping', (data: Buffer) => {
      options.heard();
      this.#pong(data);
    });
    ws.on('pong', options.heard);
  }

  /** Reads on, unless something is in the way. */
  readOn(): void {
    if (!this.#options.mayRead()) return;
    if (this.#waiting.length === 0) this.#ws.resume();
    else this.#takeWaiting();
  }

  close(): void {
    this.#isClosed = true;
    while (this.#waiting.length > 0) this.#shift();
    this.#whole();
  }

  #message(message: IncomingMessage): void {
    if (this.#isClosed) return;
    const hasTime = this.#options.work.mayBegin(this.#connection.demand);
    if (this.#waiting.length === 0 && hasTime) {
      this.#options.take(message.data, message.isBinary);
      return;
    }
    if (!this.#connection.takeReceived(costOf(message))) {
      this.#options.crowded();
      return;
    }
    this.#waiting.push(message);
    this.#options.work.waiting(this.#connection.demand, this.#waiting.length);
    this.#ws.pause();
    this.#takeWaiting();
  }

  #takeWaiting(): void {
    if (this.#isTaking) return;
    this.#isTaking = true;
    const { address, demand } = this.#connection;
    const take = (): boolean => {
      if (this.#takeNext()) return false;
      this.#isTaking = false;
      return true;
    };
    const first = this.#waiting.first;
    const urgency = first === undefined ? 'none' : urgencyOf(first.data);
    this.#options.work.putOff(demand, address, take, urgency);
  }

  /** False when there is none that may be taken now. */
  #takeNext(): boolean {
    if (!this.#options.mayRead()) return false;
    const next = this.#shift();
    if (next !== undefined) this.#options.take(next.data, next.isBinary);
    if (this.#waiting.length > 0) return true;
    if (this.#options.mayRead()) this.#ws.resume();
    return false;
  }

  #shift(): IncomingMessage | undefined {
    const next = this.#waiting.shift();
    if (next !== undefined) this.#connection.giveBackReceived(costOf(next));
    return next;
  }

  #received(bytes: number): void {
    this.#partialBytes += bytes;
    if (this.#isClosed || this.#partialBytes <= uncountedBytesMax) return;
    if (this.#connection.takeReceived(bytes)) this.#countedBytes += bytes;
    else this.#options.crowded();
  }

  #whole(): void {
    this.#partialBytes = 0;
    this.#connection.giveBackReceived(this.#countedBytes);
    this.#countedBytes = 0;
  }

  /** Answers the last ping of a turn: it stands for those before it (RFC 6455, section 5.5.3). */
  #pong(data: Buffer): void {
    const isDue = this.#owesPong !== undefined;
    this.#owesPong = data;
    if (isDue) return;
    this.#options.clock.soon(() => {
      const last = this.#owesPong;
      this.#owesPong = undefined;
      if (this.#ws.readyState === this.#ws.OPEN) this.#ws.pong(last);
    });
  }
}

function costOf({ data }: IncomingMessage): number {
  return data.length + waitingMessageBytes;
}
