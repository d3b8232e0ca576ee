// How calls come to the thread. It sleeps on a counter in memory that both threads share, which wakes it sooner than a
// message to its event loop does; and what a turn nearly always asks for, to append a little, lies in that memory too.
// Everything else is a message, and the counter says that there is one.

import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';

import { assert } from '../../base/assert.ts';
import type { ByteWriter } from '../../base/bytes.ts';
import type { Zxid } from '../../model/zxid.ts';
import type { CallsMessage } from './messages.ts';

/** Appends that may wait in shared memory; a power of two. */
const slots = 16;
/** Of the entries of an append that goes by shared memory: to copy more costs as much as a message does. */
export const slotBytesMax = 16_384;
const slotHeadBytes = 64;
const slotBytes = slotHeadBytes + slotBytesMax;
/** Of the counter, which has a cache line of its own. */
const headBytes = 64;

/** Where the counter is, and in its line a word that stays 0. */
const sentAt = 0;
const neverAt = 1;
/** Of a slot's head, in words of 32 bits. */
const isFullAt = 0;
const numberAt = 1;
const bytesAt = 2;
/** And in doubles. */
const idAt = 2;
const epochAt = 3;
const counterAt = 4;

/** To append entries, as one call of `write`. */
export interface SmallAppend {
  readonly id: number;
  readonly commit: Zxid;
  /** The entries, encoded; the receiver's own. */
  readonly bytes: Uint8Array;
}

export function newMailbox(): SharedArrayBuffer {
  return new SharedArrayBuffer(headBytes + slots * slotBytes);
}

/** Messages and slots are counted together; which of the two a number is, its slot says. */
class Mailbox {
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  readonly bytes: Uint8Array;

  constructor(memory: SharedArrayBuffer) {
    this.words = new Int32Array(memory);
    this.doubles = new Float64Array(memory);
    this.bytes = new Uint8Array(memory);
  }

  slotOf(number: number): number {
    return headBytes + (number & (slots - 1)) * slotBytes;
  }
}

interface Posting {
  postMessage(message: CallsMessage, transfer: ArrayBuffer[]): void;
}

/** The main thread's end. */
export class CallSender {
  readonly #thread: Posting;
  readonly #box: Mailbox;
  #sent = 0;

  constructor(thread: Posting, memory: SharedArrayBuffer) {
    this.#thread = thread;
    this.#box = new Mailbox(memory);
  }

  send(message: CallsMessage, transfer: ArrayBuffer[]): void {
    this.#thread.postMessage(message, transfer);
    this.#ring((this.#sent + 1) | 0);
  }

  /** False when there is no room for it: `entries`, at most `slotBytesMax`, must be sent as a message then. */
  sendAppend(id: number, commit: Zxid, entries: ByteWriter): boolean {
    const { words, doubles, bytes } = this.#box;
    const number = (this.#sent + 1) | 0;
    const slot = this.#box.slotOf(number);
    const word = slot >> 2;
    if (Atomics.load(words, word + isFullAt) !== 0) return false;
    const double = slot >> 3;
    words[word + numberAt] = number;
    words[word + bytesAt] = entries.length;
    doubles[double + idAt] = id;
    doubles[double + epochAt] = commit.epoch;
    doubles[double + counterAt] = commit.counter;
    entries.copyTo(bytes, slot + slotHeadBytes);
    Atomics.store(words, word + isFullAt, 1);
    this.#ring(number);
    return true;
  }

  #ring(number: number): void {
    this.#sent = number;
    Atomics.store(this.#box.words, sentAt, number);
    Atomics.notify(this.#box.words, sentAt);
  }
}

/** The thread's end. */
export class CallReceiver {
  readonly #port: MessagePort;
  readonly #box: Mailbox;
  #taken = 0;

  constructor(port: MessagePort, memory: SharedArrayBuffer) {
    this.#port = port;
    this.#box = new Mailbox(memory);
  }

  /** What was sent next; undefined when all was taken. */
  take(): CallsMessage | SmallAppend | undefined {
    const { words } = this.#box;
    if (Atomics.load(words, sentAt) === this.#taken) return undefined;
    const number = (this.#taken = (this.#taken + 1) | 0);
    const slot = this.#box.slotOf(number);
    const word = slot >> 2;
    // It may be full of a later one: messages are sent when it is full of an earlier one, which was taken by now.
    if (Atomics.load(words, word + isFullAt) !== 0 && words[word + numberAt] === number) {
      return this.#takeSlot(slot);
    }
    const received = receiveMessageOnPort(this.#port) as { message: CallsMessage } | undefined;
    assert(received !== undefined, 'what was counted was sent');
    return received.message;
  }

  #takeSlot(slot: number): SmallAppend {
    const { words, doubles, bytes } = this.#box;
    const [word, double, start] = [slot >> 2, slot >> 3, slot + slotHeadBytes];
    const append = {
      id: doubles[double + idAt] ?? 0,
      commit: { epoch: doubles[double + epochAt] ?? 0, counter: doubles[double + counterAt] ?? 0 },
      bytes: bytes.slice(start, start + (words[word + bytesAt] ?? 0)),
    };
    Atomics.store(words, word + isFullAt, 0);
    return append;
  }

  /** Until something is sent that was not taken, or for so long. */
  sleep(ms: number): void {
    Atomics.wait(this.#box.words, sentAt, this.#taken, ms);
  }

  /** For so long, whatever is sent and was not taken; says what ended it. */
  rest(ms = Number.POSITIVE_INFINITY): 'ok' | 'not-equal' | 'timed-out' {
    return Atomics.wait(this.#box.words, neverAt, 0, ms);
  }
}
