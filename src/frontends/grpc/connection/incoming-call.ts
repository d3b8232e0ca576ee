import type { ServerErrorResponse } from '#grpc';
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Account } from '../../../service/budget/budget.ts';
import type { TraceContext } from '../../../model/trace-context.ts';
import { provesMore } from '../../../wire/credentials.ts';
import { parseTraceparent } from '../../../wire/trace-context.ts';
import type { Introductions } from '../../../service/introductions.ts';
import type { Caller } from '../../../service/call.ts';

/** What a call is counted as while it is there, whatever it says: what the library, and all around it, keep for it. */
export const callBytes = 8_192;

/** What the library keeps for a part of a message that is not whole, however small it is. */
export const partBytes = 128;

/**
 * A message may come in so many parts, and in more if they hold so much on the average: a frame of HTTP/2 costs the same
 * whether it holds 16 KiB or a byte.
 */
export const messageParts = { free: 64, bytesEach: 256 } as const;

/** A connection, as its calls see it. */
export interface CallsConnection {
  readonly account: Account;
  /** Who asks by a call that proves nothing: its address, and whom the certificate of the connection proves. */
  readonly stranger: Caller;
  readonly introductions: Introductions;
  receives(bytes: number): boolean;
  receivedLess(bytes: number): void;
  owes(bytes: number): void;
  holds(calls: number): void;
  waits(answers: number): void;
  /** A message of a call that sends many is a request as others are. */
  came(): void;
  readDone(): void;
  read(read: PendingRead): void;
  refuse(call: IncomingCall, status: ServerErrorResponse): void;
}

/** A read that is carried out when there is room for it. */
export interface PendingRead {
  readonly call: IncomingCall;
  run(): void;
}

/** One call, as its connection knows it: from its first frame until both sides are done with its stream. */
export class IncomingCall {
  readonly connection: CallsConnection;
  /** When that began which is waited for: its message. */
  since: number;
  /** Who asks, by its connection and by a token; a session not counted. */
  caller: Caller;
  /** May it prove more than the address that it came from? */
  readonly provesMore: boolean;
  /** Does it send messages as long as it likes? */
  isOpenEnded = false;
  /** Is it answered with one message? */
  isUnary = false;
  /** Of a call that is refused before the library has begun it. */
  refusal: ServerErrorResponse | undefined;
  /** Ends it; there once the library has begun it. */
  end: ((status: ServerErrorResponse) => void) | undefined;
  /** Takes what comes of its message, where that is not the library. */
  take: ((part: Buffer) => void) | undefined;
  readonly #stream: ServerHttp2Stream;
  readonly #trace: TraceContext | undefined;
  #receivedBytes = 0;
  #parts = 0;
  #partsBytes = 0;
  #owedBytes = 0;
  #isHeld = false;
  #isOver = false;
  /** Reads under way: of a call that is not open-ended, one at most. */
  #reads = 0;
  #isWaiting = false;
  #takeBack: () => void = () => undefined;

  constructor(
    connection: CallsConnection,
    stream: ServerHttp2Stream,
    { headers, since }: { readonly headers: IncomingHttpHeaders; readonly since: number },
  ) {
    this.connection = connection;
    this.#trace = parseTraceparent(headers['traceparent']);
    this.caller = connection.stranger;
    if (this.#trace !== undefined) this.isOf(connection.stranger);
    this.#stream = stream;
    this.since = since;
    this.provesMore = provesMore(headers);
  }

  /** It is known who asks. */
  isOf(caller: Caller): void {
    this.caller = this.#trace === undefined ? caller : { ...caller, trace: this.#trace };
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Is more of its message waited for? */
  get isAwaited(): boolean {
    if (this.#isOver || this.#stream.readableEnded) return false;
    return !this.isOpenEnded || this.isWithinMessage;
  }

  /** Of one that sends many messages: has it begun one? */
  get isWithinMessage(): boolean {
    return this.#receivedBytes > (this.#isHeld ? 0 : callBytes);
  }

  /** Counts what has come; false when that is more than there may be. */
  receive(bytes: number): boolean {
    if (this.#isOver || this.refusal !== undefined) return true;
    if (!this.connection.receives(bytes)) return false;
    this.#receivedBytes += bytes;
    return true;
  }

  /** Counts a part of a message; false when it comes in more of them than an honest client makes. */
  comesInParts(bytes: number): boolean {
    this.#parts++;
    this.#partsBytes += bytes;
    return (this.#parts - messageParts.free) * messageParts.bytesEach <= this.#partsBytes;
  }

  /** What has come so far is taken care of by whoever answers it. */
  handedOver(): void {
    this.#parts = 0;
    this.#partsBytes = 0;
    this.#receivedLess(this.#receivedBytes - (this.#isHeld ? 0 : callBytes));
  }

  /** For its connection alone: false when there is nobody left who would be answered. */
  beginsRead(): boolean {
    if (this.#isOver) return false;
    this.#reads++;
    return true;
  }

  /** The answer of a read is made. */
  readDone(): void {
    if (this.#reads === 0) return;
    this.#reads--;
    this.connection.readDone();
  }

  /** Counts bytes of an answer once there is room for them, and then calls `run`, unless the call is over by then. */
  owe(bytes: number, run: () => void): void {
    if (this.#isOver) return;
    this.#isWaiting = true;
    this.connection.waits(1);
    this.#takeBack = this.connection.account.owe(bytes, () => {
      this.#isWaiting = false;
      this.connection.waits(-1);
      this.#owes(bytes);
      run();
    });
  }

  /** Counts bytes that are there already; false when there is no room for them, and they are not counted. */
  owesMore(bytes: number): boolean {
    if (this.#isOver) return true;
    if (!this.connection.account.take('owedBytes', bytes)) return false;
    this.#owes(bytes);
    return true;
  }

  /** They were taken. */
  owesLess(bytes: number): void {
    const back = Math.min(bytes, this.#owedBytes);
    if (back <= 0) return;
    this.#owes(-back);
    this.connection.account.giveBack('owedBytes', back);
  }

  /** Counts it as one that stays open until something happens, and as nothing else; false when there are too many. */
  hold(): boolean {
    if (this.#isHeld || this.#isOver) return true;
    if (!this.connection.account.take('heldRequests')) return false;
    this.#isHeld = true;
    this.connection.holds(1);
    this.#receivedLess(Math.min(this.#receivedBytes, callBytes));
    return true;
  }

  /** It is over: what it was counted for is given back. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    while (this.#reads > 0) this.readDone();
    if (this.#isWaiting) {
      this.connection.waits(-1);
      this.#takeBack();
    }
    this.owesLess(this.#owedBytes);
    this.#receivedLess(this.#receivedBytes);
    if (!this.#isHeld) return;
    this.connection.holds(-1);
    this.connection.account.giveBack('heldRequests');
  }

  /** Ends it with this status, and lets go of what its client has sent. */
  refuse(status: ServerErrorResponse): void {
    this.refusal = status;
    this.end?.(status);
    this.#receivedLess(this.#receivedBytes);
  }

  /** Its client is told to send no more on it. */
  reset(): void {
    if (!this.#stream.destroyed) this.#stream.close(constants.NGHTTP2_NO_ERROR);
  }

  #owes(bytes: number): void {
    this.#owedBytes += bytes;
    this.connection.owes(bytes);
  }

  #receivedLess(bytes: number): void {
    if (bytes <= 0) return;
    this.#receivedBytes -= bytes;
    this.connection.receivedLess(bytes);
  }
}
