import type { ServerErrorResponse } from '#grpc';
import type { Writable } from 'node:stream';
import { Fifo } from '../../../base/fifo.ts';
import type { Work } from '../../../service/budget/work.ts';
import { smallAnswerBytes } from '../calls/large-answer.ts';
import type { IncomingCall } from '../connection/incoming-call.ts';
import { madeAtOnce, type SizedMessage } from '../messages/sized-message.ts';

/** Bytes that may wait for a slow reader in one stream before its source is told to stop. */
const waitingBytesMax = 262_144;

/** The writing half of a streaming call. Its `destroy` with an error is how the library is told of a status. */
export type StreamingCall = Writable;

export interface StreamWriterParts {
  readonly incoming: IncomingCall;
  readonly work: Work;
  /** The stream takes more. */
  readonly drained: () => void;
  /** A message could not be made: an error of ours. */
  readonly failed: (error: unknown) => void;
}

/** What comes behind a message in the making. */
type Behind = { readonly message: SizedMessage } | { readonly act: () => void };

/**
 * Hands messages to a stream and says when that takes no more. A source that goes on nevertheless (with what must still be
 * said) is not cut off. What is large is encoded in slices, and what is sent meanwhile waits behind it.
 */
export class StreamWriter {
  readonly #call: StreamingCall;
  readonly #parts: StreamWriterParts;
  readonly #behind = new Fifo<Behind>();
  #steps: Iterator<undefined, Buffer> | undefined;
  #isMaking = false;
  #waitingBytes = 0;
  #isFull = false;
  #isOver = false;

  constructor(call: StreamingCall, parts: StreamWriterParts) {
    this.#call = call;
    this.#parts = parts;
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
    this.#inTurn(() => {
      this.#write(bytes);
    });
    return !this.#isFull;
  }

  /** The same for what may be large. */
  sendSized(message: SizedMessage): boolean {
    if (this.#isOver) return false;
    if (message.bytes < smallAnswerBytes) {
      this.#inTurn(() => {
        this.#write(madeAtOnce(message));
      });
    } else {
      this.#behind.push({ message });
      this.#isFull = true;
      this.#make();
    }
    return !this.#isFull;
  }

  /** What was sent is still delivered. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#inTurn(() => {
      this.#call.end();
    });
  }

  /** Ends the call with this status, after what was sent. */
  fail(status: ServerErrorResponse): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#inTurn(() => {
      this.#call.emit('error', status);
    });
  }

  /** The client is gone: nothing more is sent. */
  gone(): void {
    this.#isOver = true;
  }

  #inTurn(act: () => void): void {
    if (this.#behind.length > 0) this.#behind.push({ act });
    else act();
  }

  #write(bytes: Buffer): void {
    this.#waitingBytes += bytes.length;
    const { incoming } = this.#parts;
    // What is little is not counted. What there is no room for is the last for now.
    const isLarge = this.#waitingBytes >= smallAnswerBytes;
    const isCounted = isLarge && incoming.owesMore(bytes.length);
    this.#call.write(bytes, () => {
      this.#waitingBytes -= bytes.length;
      if (isCounted) incoming.owesLess(bytes.length);
      if (this.#waitingBytes > waitingBytesMax / 2) return;
      if (this.#behind.length > 0) this.#make();
      else if (this.#isFull && !this.#isOver) {
        this.#isFull = false;
        this.#parts.drained();
      }
    });
    this.#isFull ||= this.#waitingBytes > waitingBytesMax || isLarge !== isCounted;
  }

  /** No more of it than its client takes. */
  #make(): void {
    if (this.#isMaking || this.#waitingBytes > waitingBytesMax) return;
    this.#isMaking = true;
    const { work, incoming } = this.#parts;
    work.addLarge(incoming.connection.account.holder, () => {
      try {
        this.#isMaking = !incoming.isOver && this.#step();
      } catch (error) {
        this.#isMaking = false;
        while (this.#behind.shift() !== undefined);
        this.#parts.failed(error);
      }
      return !this.#isMaking;
    });
  }

  /** False when nothing is to be made, or not now. */
  #step(): boolean {
    const next = this.#behind.first;
    if (next !== undefined && 'message' in next) {
      const step = (this.#steps ??= next.message.make()).next();
      if (step.done !== true) return true;
      this.#steps = undefined;
      this.#behind.shift();
      this.#write(step.value);
    } else if (next !== undefined) {
      this.#behind.shift();
      next.act();
    }
    return this.#behind.length > 0 && this.#waitingBytes <= waitingBytesMax;
  }
}
