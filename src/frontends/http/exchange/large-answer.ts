import type { Connection } from './connection.ts';
import type { Debtor, Debtors } from './debtors.ts';
import { Room } from './room.ts';

/** Parts are gathered until they have so many characters: less than a millisecond's work, and worth a turn. */
export const partLengthMin = 32_768;

/** A body of which it is known, before it is made, about how many bytes it has. */
export interface SizedBody {
  readonly bytes: number;
  /** True when `bytes` is exact. */
  readonly isExact?: boolean;
  readonly whole: () => Uint8Array | string;
  /** Gives the same in parts, each of which is made within a millisecond. All are texts, or all are bytes. */
  readonly parts: () => Iterable<Uint8Array | string>;
}

/** A JSON document of which that is known. */
export interface SizedDocument {
  readonly bytes: number;
  readonly document: () => object;
  /** The text of the document. */
  readonly parts: () => Iterable<string>;
}

/** What a large answer is written to, once there is room for it. A `Part` is whatever of it is sent by itself. */
export interface AnswerSink<Part = Uint8Array | string> {
  begin(): void;
  /** False once the client takes no more for now: `LargeAnswer.drained` is called when it does. */
  write(part: Part): boolean;
  end(): void;
  /** Cuts the connection: its client takes nothing, or the answer can't be made. */
  cut(): void;
}

/** Where a large answer goes out, and the room for it where it was made before what it says was read. */
export interface AnswerPlace {
  readonly debtors: Debtors;
  readonly connection: Connection;
  readonly room?: Room | undefined;
}

/** What a large answer is made of; texts are put together. */
interface BodyInParts<Part> {
  readonly bytes: number;
  readonly parts: () => Iterable<Part>;
}

/**
 * A large answer on its way: it waits for room in the account of its connection, and is then made and written in slices,
 * no more of it than its client takes. What it counts for is given back when it is over.
 */
export class LargeAnswer<Part = Uint8Array | string> implements Debtor {
  readonly #debtors: Debtors;
  readonly #connection: Connection;
  readonly #body: BodyInParts<Part>;
  readonly #sink: AnswerSink<Part>;
  readonly #room: Room;
  #parts: Iterator<Part> | undefined;
  #state: 'waiting' | 'working' | 'blocked' | 'written' | 'over' = 'waiting';
  #takenAtMs = 0;

  constructor(
    { debtors, connection, room }: AnswerPlace,
    body: BodyInParts<Part>,
    sink: AnswerSink<Part>,
  ) {
    this.#debtors = debtors;
    this.#connection = connection;
    this.#body = body;
    this.#sink = sink;
    this.#room = room ?? new Room(connection.account, body.bytes);
  }

  start(): void {
    this.#room.ask(() => {
      this.#takenAtMs = this.#debtors.clock.now();
      this.#debtors.add(this);
      this.#work();
    });
  }

  /** Is to be called when the client takes more again. */
  drained(): void {
    this.#takenAtMs = this.#debtors.clock.now();
    if (this.#state === 'blocked') this.#work();
  }

  /** Is to be called, once, when all of it was taken or its client has gone. */
  over(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#parts = undefined;
    this.#debtors.delete(this);
    this.#room.giveBack();
  }

  isStuckSince(ms: number): boolean {
    return (this.#state === 'blocked' || this.#state === 'written') && this.#takenAtMs < ms;
  }

  cut(): void {
    this.#sink.cut();
  }

  get #isWorking(): boolean {
    return this.#state === 'working';
  }

  #work(): void {
    this.#state = 'working';
    this.#debtors.work.addLarge(this.#connection.address, () => this.#step());
  }

  #step(): boolean {
    if (!this.#isWorking) return true;
    try {
      if (this.#parts === undefined) {
        this.#parts = this.#body.parts()[Symbol.iterator]();
        this.#sink.begin();
      }
      this.#writeNext(this.#parts);
    } catch (error) {
      this.#debtors.logger.log('error', 'largeAnswerFailed', { cause: String(error) });
      this.#sink.cut();
      return true;
    }
    return !this.#isWorking;
  }

  #writeNext(parts: Iterator<Part>): void {
    let text = '';
    for (;;) {
      const next = parts.next();
      if (next.done === true) {
        this.#state = 'written';
        this.#takenAtMs = this.#debtors.clock.now();
        if (text !== '') this.#sink.write(text as Part);
        this.#sink.end();
        return;
      }
      const { value } = next;
      if (typeof value === 'string') text += value;
      if (typeof value === 'string' && text.length < partLengthMin) continue;
      // Ahead of the write, which may be taken at once.
      this.#state = 'blocked';
      this.#takenAtMs = this.#debtors.clock.now();
      // Texts come where parts are texts.
      const part = typeof value === 'string' ? (text as Part) : value;
      if (this.#sink.write(part)) this.#state = 'working';
      return;
    }
  }
}
