import type { ServerErrorResponse } from '#grpc';
import type { Writable } from 'node:stream';
import { smallAnswerBytes } from '../calls/large-answer.ts';
import type { IncomingCall } from '../connection/incoming-call.ts';

/** Bytes that may wait for a slow reader in one stream before its source is told to stop. */
const waitingBytesMax = 262_144;

/** The writing half of a streaming call. Its `destroy` with an error is how the library is told of a status. */
export type StreamingCall = Writable;

/**
 * Hands messages to a stream and says when that takes no more. A source that goes on nevertheless (with what must still be
 * said) is not cut off.
 */
export class StreamWriter {
  readonly #call: StreamingCall;
  readonly #incoming: IncomingCall;
  readonly #drained: () => void;
  #waitingBytes = 0;
  #isFull = false;
  #isOver = false;

  constructor(call: StreamingCall, incoming: IncomingCall, drained: () => void) {
    this.#call = call;
    this.#incoming = incoming;
    this.#drained = drained;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  /** False: send no more until `drained`. */
  send(bytes: Buffer): boolean {
    if (this.#isOver) return false;
    this.#waitingBytes += bytes.length;
    // What is little is not counted. What there is no room for is the last for now.
    const isLarge = this.#waitingBytes >= smallAnswerBytes;
    const isCounted = isLarge && this.#incoming.owesMore(bytes.length);
    this.#call.write(bytes, () => {
      this.#waitingBytes -= bytes.length;
      if (isCounted) this.#incoming.owesLess(bytes.length);
      if (!this.#isFull || this.#isOver || this.#waitingBytes > waitingBytesMax / 2) return;
      this.#isFull = false;
      this.#drained();
    });
    this.#isFull = this.#waitingBytes > waitingBytesMax || isLarge !== isCounted;
    return !this.#isFull;
  }

  /** What was sent is still delivered. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#call.end();
  }

  /** Ends the call with this status, after what was sent. */
  fail(status: ServerErrorResponse): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#call.emit('error', status);
  }

  /** The client is gone: nothing more is sent. */
  gone(): void {
    this.#isOver = true;
  }
}
