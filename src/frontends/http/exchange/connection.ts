import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { addressOf } from '../../../model/acl.ts';
import type { Account, Budget } from '../../../service/budget/budget.ts';
import type { Caller } from '../../../service/call.ts';
import { Introductions } from '../../../service/introductions.ts';
import type { AddressDemands, ConnectionDemand } from '../../../service/budget/address-demands.ts';

/**
 * Answers of up to so many bytes, all together that a connection has not taken yet, count nowhere: whoever asks for
 * little never waits behind one who asks for much. What is beyond passes `Account.owe`.
 */
export const smallAnswerBytesMax = 16_384;

/**
 * While the bodies of a connection's requests in flight have so many bytes, the next pipelined request is not begun.
 */
export const connectionReceivedBytesMax = 2 * 1_048_576;

/** Of a door: counts how often all connections became outdated. */
interface Age {
  readonly now: number;
}

/** Where it is counted what connections keep and ask for. */
interface Weighed {
  readonly budget: Budget;
  readonly demands: AddressDemands;
}

/** One connection of a client: whose it is, and what is kept for it. It gives back all of it when it closes. */
export class Connection {
  readonly socket: Socket;
  /** Whose account it is, and whose turn in the long work. */
  readonly address: string;
  readonly account: Account;
  /** Who asks by a request that proves nothing: its address, and whom the certificate of the connection proves. */
  readonly stranger: Caller;
  readonly introductions = new Introductions();
  readonly demand: ConnectionDemand;
  /** There once the client has ended its side: ends what is owed where that may be minutes away. */
  letGo: (() => void) | undefined;
  /** Whom the last token that was shown here proved. */
  signedIn: { readonly bearer: string; readonly caller: Caller } | undefined;
  readonly #age: Age;
  readonly #began: number;
  #smallBytes = 0;
  #receivedBytes = 0;
  #outlasting = 0;
  #silenceMs = 0;
  readonly #whenClosed: (() => void)[] = [];

  constructor(
    socket: Socket,
    stranger: Caller,
    { budget, demands }: Weighed,
    age: Age = { now: 0 },
  ) {
    this.socket = socket;
    this.#age = age;
    this.#began = age.now;
    this.address = addressOf(stranger.identities);
    this.stranger = stranger;
    this.account = budget.open(this.address);
    this.demand = demands.open(this.address);
    socket.once('close', () => {
      for (const run of this.#whenClosed) run();
      this.account.giveBack('receivedBytes', this.#receivedBytes);
      this.#receivedBytes = 0;
      this.account.close();
      this.demand.close();
    });
  }

  /** Its next answer is the last: it came before what all later ones go by. */
  get isOutdated(): boolean {
    return this.#began !== this.#age.now;
  }

  /** Has `run` called when the connection closes, while its account is still open. */
  whenClosed(run: () => void): void {
    this.#whenClosed.push(run);
  }

  /** Has silence be no trouble until what this gives was called, by each who asked for it. */
  outlast(): () => void {
    const { socket } = this;
    if (this.#outlasting++ === 0) this.#silenceMs = socket.timeout ?? 0;
    socket.setTimeout(0);
    return () => {
      if (--this.#outlasting === 0 && !socket.destroyed) socket.setTimeout(this.#silenceMs);
    };
  }

  /** Says whether an answer of so many bytes is small, and counts it as not taken if so. */
  takeSmall(bytes: number): boolean {
    if (this.#smallBytes + bytes > smallAnswerBytesMax) return false;
    this.#smallBytes += bytes;
    return true;
  }

  giveBackSmall(bytes: number): void {
    this.#smallBytes -= bytes;
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** Takes room for bytes that came; false when this address, or all of them, have too many under way. */
  takeReceived(bytes: number): boolean {
    if (this.socket.destroyed || !this.account.take('receivedBytes', bytes)) return false;
    this.#receivedBytes += bytes;
    return true;
  }

  giveBackReceived(bytes: number): void {
    // What is left at the close goes back with the connection.
    const left = Math.min(bytes, this.#receivedBytes);
    this.#receivedBytes -= left;
    this.account.giveBack('receivedBytes', left);
  }
}

/** Finds the connection of a socket. */
export class Connections {
  readonly #weighed: Weighed;
  readonly #connections = new WeakMap<Duplex, Connection>();
  readonly #age = { now: 0 };

  constructor(weighed: Weighed) {
    this.#weighed = weighed;
  }

  opened(socket: Socket, stranger: Caller): void {
    this.#connections.set(socket, new Connection(socket, stranger, this.#weighed, this.#age));
  }

  /** Has every connection that there is end with its next answer. */
  outdate(): void {
    this.#age.now++;
  }

  of(socket: Duplex): Connection {
    const connection = this.#connections.get(socket);
    if (connection === undefined) throw new Error('a request came on a socket that was not opened');
    return connection;
  }
}
