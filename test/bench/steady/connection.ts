import { connect, type Socket } from 'node:net';
import type { AnswerSink, Conversation } from './conversation.ts';

/** Requests whose time of sending is kept: a power of two, far above what is ever under way. */
const rememberedRequests = 8_192;
/** One for all: what a socket brings is looked at within its callback, and what is left over is copied. */
const readBuffer = Buffer.allocUnsafe(262_144);

export interface ConnectionListener {
  /** The opening is over. */
  opened(): void;
  answered(ms: number): void;
  failed(why: string): void;
}

/** Holds one conversation, with so many requests under way. The clock is read once for all that came together. */
export class SteadyConnection implements AnswerSink {
  readonly #conversation: Conversation;
  readonly #listener: ConnectionListener;
  readonly #socket: Socket;
  readonly #sentAtMs = new Float64Array(rememberedRequests);
  readonly #closed: Promise<void>;
  #rest: Buffer | undefined;
  #sent = 0;
  #owed = 0;
  #nowMs = 0;
  #isRunning = false;
  #isOver = false;

  constructor(address: string, conversation: Conversation, listener: ConnectionListener) {
    this.#conversation = conversation;
    this.#listener = listener;
    const [host = '', port = ''] = address.split(':');
    const callback = (length: number): boolean => {
      this.#take(readBuffer.subarray(0, length));
      return true;
    };
    const onread = { buffer: readBuffer, callback };
    const socket = connect({ host, port: Number(port), noDelay: true, onread });
    this.#socket = socket;
    socket.on('connect', () => {
      this.#open();
    });
    socket.on('error', (error) => {
      if (!this.#isOver) listener.failed(error.message);
    });
    this.#closed = new Promise((resolve) => {
      socket.on('close', () => {
        if (!this.#isOver) listener.failed('the server closed the connection');
        resolve();
      });
    });
  }

  start(depth: number): void {
    this.#isRunning = true;
    this.#nowMs = performance.now();
    this.#send(depth);
  }

  /** Sends no more requests, says what is to be said last, and resolves when the connection is closed. */
  async end(waitMs: number): Promise<void> {
    this.#isRunning = false;
    this.#isOver = true;
    const { closing } = this.#conversation;
    if (closing === undefined) this.#socket.destroy();
    else this.#socket.write(closing);
    const giveUp = setTimeout(() => this.#socket.destroy(), waitMs);
    await this.#closed;
    clearTimeout(giveUp);
  }

  answered(request: number): void {
    if (request < this.#conversation.opening.length) {
      this.#open();
      return;
    }
    this.#owed++;
    this.#listener.answered(this.#nowMs - (this.#sentAtMs[request % rememberedRequests] ?? 0));
  }

  failed(why: string): void {
    if (!this.#isOver) this.#listener.failed(why);
  }

  say(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  #open(): void {
    const next = this.#conversation.opening[this.#sent];
    if (next === undefined) {
      this.#listener.opened();
      return;
    }
    this.#sent++;
    this.#socket.write(next);
  }

  #take(chunk: Buffer): void {
    if (this.#isOver) return;
    this.#nowMs = performance.now();
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    const used = this.#conversation.take(bytes, this);
    this.#rest = used === bytes.length ? undefined : Buffer.from(bytes.subarray(used));
    if (this.#owed === 0 || !this.#isRunning) return;
    const count = this.#owed;
    this.#owed = 0;
    this.#send(count);
  }

  #send(count: number): void {
    for (let left = count; left > 0; left--) {
      this.#sentAtMs[this.#sent++ % rememberedRequests] = this.#nowMs;
    }
    this.#socket.write(this.#conversation.requests(count));
  }
}
