import type { Socket } from 'node:net';
import type { Zxid } from '../../model/zxid.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Account } from '../../service/budget/budget.ts';
import type { Work } from '../../service/budget/work.ts';
import { JuteWriter } from '../../wire/jute/jute-writer.ts';
import { ok } from '../../wire/jute/protocol.ts';

/**
 * What waits to be sent: above the first, no more requests are taken, and none is answered; above the second, a client
 * that is to be sent even more, which can only be events, is given up.
 */
const outputPauseBytes = 1_048_576;
const outputBytesMax = 33_554_432;
/** With a large answer on its way to it and others waiting for room, a client may take nothing for so long. */
const stuckReaderMs = 10_000;

interface OutputParts {
  /** Of the connection's address. */
  readonly account: Account;
  readonly work: Work;
  readonly clock: Clock;
}

interface LargeAnswer {
  readonly xid: number;
  readonly zxid: Zxid;
  /** Of its record, or about so many. */
  readonly bytes: number;
  /** Writes a piece of the record; true with the last. */
  readonly write: (to: JuteWriter) => boolean;
  /** Is called when the socket is gone before that. */
  readonly close: () => void;
}

/**
 * What one connection is to be sent. A large answer is made once the connection's address may be owed that much more, a
 * piece at a time, and counts until the socket has taken it. While one is in the making the connection gives no other
 * answer that has to keep the order, and events stay behind it: the watch that a read leaves is known to the client with
 * the answer, no sooner.
 */
export class Output {
  /** Sent by the next `flush`. */
  readonly out = new JuteWriter();
  /** Events that come after the answer that is in the making. */
  readonly #behind = new JuteWriter();
  readonly #socket: Socket;
  readonly #parts: OutputParts;
  #making: LargeAnswer | undefined;
  #isClosed = false;
  /** Of large answers that the socket has not taken; of these, `#unsent` were not given to it either. */
  #owed = 0;
  #unsent = 0;
  /** When the socket last took all of some large answer, or was given one while it had none. */
  #sentAtMs = 0;
  #takeBack: (() => void) | undefined;

  constructor(socket: Socket, parts: OutputParts) {
    this.#socket = socket;
    this.#parts = parts;
  }

  /** A large answer waits for room or is not whole yet. */
  get isMaking(): boolean {
    return this.#making !== undefined;
  }

  /** There is room for more answers. */
  get hasRoom(): boolean {
    return this.out.length + this.#socket.writableLength <= outputPauseBytes;
  }

  /** So much waits that the client is to be given up. */
  get isBeyond(): boolean {
    return this.#socket.writableLength > outputBytesMax;
  }

  /** The client has large answers to take, and has not for long. */
  get isStuck(): boolean {
    return this.#owed > 0 && this.#parts.clock.now() - this.#sentAtMs >= stuckReaderMs;
  }

  flush(): void {
    const socket = this.#socket;
    const owed = this.#unsent;
    this.#unsent = 0;
    const chunks = this.out.take();
    const last = chunks.pop();
    if (last === undefined) return;
    if (chunks.length > 0) socket.cork();
    for (const chunk of chunks) socket.write(chunk);
    if (owed === 0) socket.write(last);
    else {
      socket.write(last, () => {
        this.#sent(owed);
      });
    }
    if (chunks.length > 0) socket.uncork();
  }

  /** False when the client is to be given up. */
  notify(event: Uint8Array): boolean {
    if (!this.isMaking) this.out.frames(event);
    else this.#behind.frames(event);
    return this.#behind.length <= outputBytesMax;
  }

  /**
   * Not while another is in the making. `done` is called when it is with what is to be sent: at once when there is room and
   * one piece is enough.
   */
  answerLarge(answer: LargeAnswer, done: () => void): void {
    const { account } = this.#parts;
    const made = new JuteWriter(answer.bytes);
    made.beginFrame();
    made.replyHeader(answer.xid, answer.zxid, ok);
    this.#making = answer;
    // It may be let in within the call, or later, amidst what others do.
    const call = { isOver: false, isLetIn: false };
    const takeBack = account.owe(answer.bytes, () => {
      call.isLetIn = true;
      this.#takeBack = undefined;
      if (this.#owed === 0) this.#sentAtMs = this.#parts.clock.now();
      this.#owed += answer.bytes;
      if (call.isOver) this.#makeOn(answer, made, done);
      else this.#make(answer, made, done);
    });
    call.isOver = true;
    if (!call.isLetIn) this.#takeBack = takeBack;
  }

  /** The socket is gone, and all that was written to it. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#making?.close();
    this.#takeBack?.();
    if (this.#owed > 0) this.#parts.account.giveBack('owedBytes', this.#owed);
  }

  /** In its turn among the long work of all doors. */
  #makeOn(answer: LargeAnswer, made: JuteWriter, done: () => void): void {
    const { work, account } = this.#parts;
    work.addLarge(account.holder, () => {
      this.#make(answer, made, done);
      return true;
    });
  }

  #make(answer: LargeAnswer, made: JuteWriter, done: () => void): void {
    if (this.#isClosed) return;
    if (!answer.write(made)) {
      this.#makeOn(answer, made, done);
      return;
    }
    made.endFrame();
    this.out.chunks(made.take());
    this.#unsent += answer.bytes;
    this.#making = undefined;
    if (this.#behind.length > 0) this.out.chunks(this.#behind.take());
    done();
  }

  #sent(bytes: number): void {
    if (this.#isClosed) return;
    this.#sentAtMs = this.#parts.clock.now();
    this.#owed -= bytes;
    this.#parts.account.giveBack('owedBytes', bytes);
  }
}
