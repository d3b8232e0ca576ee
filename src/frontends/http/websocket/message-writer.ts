import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Clock } from '../../../ports/clock.ts';
import { blockedAboveBytes, bufferedBytesMax } from './limits.ts';

/** Shorter events are copied together with what precedes them; longer ones go out as they are, as a second fragment. */
const sharedFromBytes = 4_096;

/** Sends what a socket has to say, and knows how much of it its client has not taken yet. */
export class MessageWriter {
  readonly #ws: WebSocket;
  readonly #socket: Duplex;
  readonly #clock: Clock;
  #blockedSinceMs: number | undefined;

  /** `socket` is the one below `ws`. */
  constructor(ws: WebSocket, socket: Duplex, clock: Clock) {
    this.#ws = ws;
    this.#socket = socket;
    this.#clock = clock;
  }

  get isBlocked(): boolean {
    return this.#blockedSinceMs !== undefined;
  }

  /** Says for how long the client has taken nothing; 0 while it takes what it is sent. */
  get blockedMs(): number {
    return this.#blockedSinceMs === undefined ? 0 : this.#clock.now() - this.#blockedSinceMs;
  }

  message(text: string): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return;
    this.#ws.send(text);
    this.#measure();
  }

  /** Sends messages that begin alike, in one go. False once the client takes no more for now. */
  events(prefix: Buffer, suffixes: readonly Buffer[]): boolean {
    if (this.#ws.readyState !== this.#ws.OPEN) return false;
    this.#socket.cork();
    for (const suffix of suffixes) {
      if (suffix.length < sharedFromBytes) {
        this.#ws.send(Buffer.concat([prefix, suffix]), { binary: false });
      } else {
        this.#ws.send(prefix, { binary: false, fin: false });
        this.#ws.send(suffix, { binary: false, fin: true });
      }
    }
    this.#socket.uncork();
    this.#measure();
    return !this.isBlocked;
  }

  /** Notes that everything was taken. True when that ends a blockade. */
  drained(): boolean {
    const wasBlocked = this.isBlocked;
    this.#blockedSinceMs = undefined;
    return wasBlocked;
  }

  #measure(): void {
    const { bufferedAmount } = this.#ws;
    if (bufferedAmount > bufferedBytesMax) this.#ws.terminate();
    else if (bufferedAmount > blockedAboveBytes) this.#blockedSinceMs ??= this.#clock.now();
  }
}
