import type { WebSocket } from 'ws';
import { Fifo } from '../../../base/fifo.ts';
import { smallAnswerBytesMax, type Connection } from '../exchange/connection.ts';
import type { Debtors } from '../exchange/debtors.ts';
import { LargeAnswer, type SizedBody } from '../exchange/large-answer.ts';
import type { Room } from '../exchange/room.ts';
import { blockedAboveBytes } from './limits.ts';

/** Shorter events are copied together with what precedes them; longer ones go out as they are, as a second fragment. */
const sharedFromBytes = 4_096;

/** Events that begin alike and are made when they are sent. */
export interface SizedEvents {
  readonly prefix: Buffer;
  /** About how many bytes follow, all together. */
  readonly bytes: number;
  readonly suffixes: () => readonly Buffer[];
  /** The same, as it is made where it is large. */
  readonly pieces: () => Iterable<EventPiece>;
}

/** Some of such messages, or a fragment of a long one. */
export type EventPiece =
  | { readonly suffixes: readonly Buffer[] }
  | { readonly fragment: Uint8Array; readonly isFirst: boolean; readonly isLast: boolean };

interface LargeMessage<Part> {
  readonly body: { readonly bytes: number; readonly parts: () => Iterable<Part> };
  readonly room?: Room | undefined;
}

/** One that waits for its turn behind what its client has not taken yet. */
interface WaitingMessage {
  readonly send: () => void;
}

/**
 * Sends what a socket has to say, in order, and knows how much of it its client has not taken yet. A large message waits
 * for room in the account of the connection and goes out in fragments, each made when the one before it was taken; what
 * comes after it waits too. Whoever makes messages is told by `isBlocked` to make no more for now.
 */
export class MessageWriter {
  readonly #ws: WebSocket;
  readonly #connection: Connection;
  readonly #debtors: Debtors;
  readonly #onTaken: () => void;
  readonly #waiting = new Fifo<WaitingMessage>();
  #large: Pick<LargeAnswer, 'drained' | 'over'> | undefined;
  #isLargeWritten = false;
  #blockedSinceMs: number | undefined;
  #isGathering = false;

  /** The socket of `connection` is the one below `ws`. `onTaken`: call `drained`, as for a drain. */
  constructor(
    ws: WebSocket,
    connection: Connection,
    { debtors, onTaken }: { readonly debtors: Debtors; readonly onTaken: () => void },
  ) {
    this.#ws = ws;
    this.#connection = connection;
    this.#debtors = debtors;
    this.#onTaken = onTaken;
  }

  get isBlocked(): boolean {
    return !this.#maySend || this.#waiting.length > 0;
  }

  /** Says for how long the client has taken nothing; 0 while it takes what it is sent. */
  get blockedMs(): number {
    return this.#blockedSinceMs === undefined
      ? 0
      : this.#debtors.clock.now() - this.#blockedSinceMs;
  }

  get #maySend(): boolean {
    return this.#large === undefined && this.#blockedSinceMs === undefined;
  }

  message(text: string): void {
    this.#inTurn(() => {
      this.#gather();
      this.#ws.send(text);
      this.#measure();
    });
  }

  /** Sends a message that may be large. It is made when it is sent. */
  sized(body: SizedBody, room?: Room): void {
    this.#inTurn(() => {
      if (body.bytes <= smallAnswerBytesMax && room === undefined) {
        this.#gather();
        this.#ws.send(body.whole(), { binary: false });
        this.#measure();
        return;
      }
      const write = (part: string | Uint8Array): void => {
        this.#ws.send(part, { binary: false, fin: false });
      };
      const end = (): void => {
        this.#ws.send('', { binary: false, fin: true });
      };
      this.#sendLarge({ body, room }, write, end);
    });
  }

  /** Sends messages that begin alike. False once the client takes no more for now. */
  events({ prefix, bytes, suffixes, pieces }: SizedEvents): boolean {
    if (this.#ws.readyState !== this.#ws.OPEN) return false;
    this.#inTurn(() => {
      if (bytes <= smallAnswerBytesMax) {
        this.#sendEvents(prefix, suffixes());
        this.#measure();
        return;
      }
      const write = (piece: EventPiece): void => {
        if ('suffixes' in piece) this.#sendEvents(prefix, piece.suffixes);
        else this.#sendFragment(prefix, piece);
      };
      this.#sendLarge({ body: { bytes, parts: pieces } }, write, () => undefined);
    });
    return !this.isBlocked;
  }

  /** Is to be called when the client has taken all that was written. True when that ends a blockade. */
  drained(): boolean {
    const wasBlocked = this.isBlocked;
    this.#blockedSinceMs = undefined;
    if (this.#isLargeWritten) this.#largeTaken();
    else this.#large?.drained();
    this.#sendWaiting();
    return wasBlocked && !this.isBlocked;
  }

  /** Nothing is sent any more. */
  close(): void {
    this.#large?.over();
    while (this.#waiting.shift() !== undefined);
  }

  /** Of many requests that came together the answers leave together: each write would be a call to the system. */
  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    const { socket } = this.#connection;
    socket.cork();
    process.nextTick(() => {
      this.#isGathering = false;
      socket.uncork();
    });
  }

  #inTurn(send: () => void): void {
    if (this.isBlocked) this.#waiting.push({ send });
    else if (this.#ws.readyState === this.#ws.OPEN) send();
  }

  #sendWaiting(): void {
    while (this.#maySend) {
      const next = this.#waiting.shift();
      if (next === undefined || this.#ws.readyState !== this.#ws.OPEN) return;
      next.send();
    }
  }

  #sendLarge<Part>(
    { body, room }: LargeMessage<Part>,
    write: (part: Part) => void,
    end: () => void,
  ): void {
    this.#isLargeWritten = false;
    const place = { debtors: this.#debtors, connection: this.#connection, room };
    const large = new LargeAnswer<Part>(place, body, {
      begin: () => undefined,
      write: (part) => {
        if (this.#ws.readyState !== this.#ws.OPEN) return false;
        write(part);
        return !this.#measureLarge();
      },
      end: () => {
        if (this.#ws.readyState !== this.#ws.OPEN) return;
        end();
        this.#isLargeWritten = true;
        if (!this.#measureLarge()) this.#onTaken();
      },
      cut: () => {
        this.#ws.terminate();
      },
    });
    this.#large = large;
    large.start();
  }

  #largeTaken(): void {
    this.#isLargeWritten = false;
    this.#large?.over();
    this.#large = undefined;
  }

  #sendEvents(prefix: Buffer, suffixes: readonly Buffer[]): void {
    const { socket } = this.#connection;
    socket.cork();
    for (const suffix of suffixes) {
      if (suffix.length < sharedFromBytes) {
        this.#ws.send(Buffer.concat([prefix, suffix]), { binary: false });
      } else {
        this.#ws.send(prefix, { binary: false, fin: false });
        this.#ws.send(suffix, { binary: false, fin: true });
      }
    }
    socket.uncork();
  }

  #sendFragment(
    prefix: Buffer,
    { fragment, isFirst, isLast }: Extract<EventPiece, { fragment: Uint8Array }>,
  ): void {
    if (isFirst) this.#ws.send(prefix, { binary: false, fin: false });
    this.#ws.send(fragment, { binary: false, fin: isLast });
  }

  #measure(): void {
    if (this.#ws.bufferedAmount <= blockedAboveBytes) return;
    this.#blockedSinceMs ??= this.#debtors.clock.now();
  }

  /** Of a large message the next part is made when the one before it was taken. */
  #measureLarge(): boolean {
    if (!this.#connection.socket.writableNeedDrain) return false;
    this.#blockedSinceMs ??= this.#debtors.clock.now();
    return true;
  }
}
