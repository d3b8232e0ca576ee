import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Fifo } from '../../../base/fifo.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Work } from '../../../service/budget/work.ts';
import { changesState } from '../exchange/changes-state.ts';
import { connectionReceivedBytesMax, type Connection } from '../exchange/connection.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { Problem } from '../exchange/problem.ts';
import { rawAnswer } from '../exchange/raw-answer.ts';
import type { ConnectionLimit } from './connection-limit.ts';
import { problemOfParser, type ParserError } from './parser-problem.ts';

/**
 * So many reads of a connection are carried out at a time, or one change. The next is begun when an earlier answer was taken.
 * When some wait for a turn that has time for them, no more than this are taken in.
 */
export const pipelinedRequestsMax = 16;

/**
 * So many requests of a connection are taken in at a time. What a client pipelines beyond that waits unread until all of
 * their answers were taken.
 */
export const takenInMax = 64;

/** How long a client whose bytes could not be understood has for taking what it is told. */
const lingerMs = 1_000;

/** What a request that waits counts for as received: Node made its objects out of a few dozen bytes. */
const waitingRequestBytes = 4_096;

interface WaitingRequest {
  readonly exchange: Exchange;
  readonly run: () => void;
}

interface OwingConnection {
  /** Begun, with an answer that was not taken in full: more than one where a client pipelines. */
  readonly begun: Set<Exchange>;
  readonly waiting: Fifo<WaitingRequest>;
  /** The request that came last; its body may still be on the way when its answer is out. */
  latest: Exchange | undefined;
  /** Nothing more that comes on it is carried out. */
  isCondemned: boolean;
  /** The one that is begun is to be carried out yet: others would pass it. */
  isPutOff: boolean;
  isBeginning: boolean;
  isWatched: boolean;
  /** Waits for all of that to be over; nothing more comes meanwhile. */
  whenIdle: (() => void) | undefined;
}

/**
 * Knows which exchanges each connection still owes an answer, and begins no more of them at a time than
 * `pipelinedRequestsMax`. Once a client's bytes could not be understood, what follows them may be another's request in
 * disguise: it is not carried out, and the connection ends.
 */
export class OwedAnswers {
  readonly #work: Work;
  readonly #clock: Clock;
  readonly #limit: ConnectionLimit;
  readonly #isUrgent: (exchange: Exchange) => boolean;
  readonly #connections = new WeakMap<Duplex, OwingConnection>();

  /** What `isUrgent` says so of has no long wait behind what else its address asks for. */
  constructor(
    work: Work,
    clock: Clock,
    limit: ConnectionLimit,
    isUrgent: (exchange: Exchange) => boolean,
  ) {
    this.#work = work;
    this.#clock = clock;
    this.#limit = limit;
    this.#isUrgent = isUrgent;
  }

  /**
   * Notes that an answer is owed, and carries out the request with `run`: at once, or when it is its turn; never when the
   * connection is to be closed after an earlier one.
   */
  begin(exchange: Exchange, response: ServerResponse, run: () => void): void {
    const { connection } = exchange;
    const owing = this.#of(connection.socket);
    // As a rule there is none.
    if (owing.begun.size > 0) {
      for (const earlier of owing.begun) owing.isCondemned ||= earlier.closesConnection;
    }
    if (owing.isCondemned) return;
    this.#limit.busy(connection.socket);
    owing.latest = exchange;
    response.on('close', () => {
      this.#answered(exchange, owing);
    });
    // The first of all, as a rule: nothing is to be undone for it that Node does not tell of.
    if (owing.begun.size > 0) this.#watch(owing, connection);
    const hasTime = this.#work.mayBegin(connection.demand);
    if (owing.waiting.length === 0 && mayBegin(exchange, owing)) {
      const isAlone = owing.begun.size === 0;
      if (hasTime || isAlone) owing.begun.add(exchange);
      if (hasTime) {
        exchange.whileTaken(run);
        return;
      }
      if (isAlone) {
        this.#putOff({ exchange, run }, owing);
        return;
      }
    }
    if (!connection.account.take('receivedBytes', waitingRequestBytes)) {
      owing.isCondemned = true;
      this.cut(connection.socket);
      return;
    }
    this.#wait({ exchange, run }, owing);
    // Where there is no room, an answer that is owed makes it.
    if (mayBegin(owing.waiting.first?.exchange, owing)) this.#beginNext(connection, owing);
  }

  /** Ends a connection when Node's parser gave up on what the client sends, or it came too slowly. */
  broken(connection: Connection, error: ParserError): void {
    const problem = problemOfParser(error);
    // Those that are late Node finds once a second, thousands in one turn.
    this.#work.take(connection.address, () => {
      this.#end(connection.socket, problem);
    });
  }

  /** Ends a connection, with what is answered already. */
  cut(socket: Duplex): void {
    const owing = this.#connections.get(socket);
    if (owing !== undefined) {
      for (const exchange of owing.begun) exchange.flush();
      owing.latest?.flush();
    }
    socket.destroy();
  }

  /**
   * The client has ended its side: it says no more, or has gone, and nobody can tell. What is owed is answered, and Node ends
   * the connection with the last answer; but for one that may be minutes away nobody is waited for, nor for those behind it.
   */
  clientEnded(connection: Connection): void {
    connection.letGo = () => {
      const owing = this.#connections.get(connection.socket);
      if (owing !== undefined) letGoOf(owing, connection);
    };
    connection.letGo();
  }

  #end(socket: Duplex, problem: Problem | undefined): void {
    const owing = this.#of(socket);
    const { latest } = owing;
    // What broke off may have had its answer already: a second one would be taken for another request's.
    const isAnswered = latest !== undefined && !latest.request.complete && latest.isOver;
    const isDone = owing.isCondemned && isPaid(owing);
    if (!socket.writable || problem === undefined || isAnswered || isDone) {
      this.cut(socket);
      return;
    }
    owing.isCondemned = true;
    if (isPaid(owing)) {
      this.#lastWords(socket, rawAnswer(problem));
      return;
    }
    // Requests that came whole before the trouble keep their answers; the one that broke off gets this.
    if (latest?.request.complete === false) latest.fail(problem);
  }

  /** What still comes is dropped, for a while: bytes left unread would turn our last words into a reset. */
  #lastWords(socket: Duplex, words: Uint8Array | string): void {
    socket.removeAllListeners('data');
    socket.on('data', () => undefined);
    const linger = this.#clock.after(lingerMs, () => socket.destroy());
    socket.once('close', () => {
      linger.cancel();
    });
    socket.once('end', () => socket.destroy());
    socket.end(words);
    socket.resume();
  }

  /** Says whether what comes next on a connection has to wait for the answers ahead of it. */
  isFull(socket: Duplex): boolean {
    if (socket.destroyed) return true;
    const owing = this.#connections.get(socket);
    if (owing === undefined) return false;
    const owed = owing.begun.size + owing.waiting.length;
    const isHeldUp = owing.isPutOff || owing.isBeginning;
    return owed >= (isHeldUp ? pipelinedRequestsMax : takenInMax);
  }

  /** Says whether no answer is owed on a connection, and what comes on it may be trusted. */
  isIdle(socket: Duplex): boolean {
    const owing = this.#of(socket);
    return isPaid(owing) && !owing.isCondemned;
  }

  /**
   * Calls `run` when no answer is owed any more on a connection that nothing more is read of: at once, later, or never, when
   * it is to be closed.
   */
  whenIdle({ socket }: Connection, run: () => void): void {
    const owing = this.#of(socket);
    if (isPaid(owing)) {
      if (owing.isCondemned) socket.destroy();
      else run();
      return;
    }
    owing.whenIdle = run;
  }

  #answered(exchange: Exchange, owing: OwingConnection): void {
    const { socket } = exchange.connection;
    this.#limit.answered(socket);
    exchange.over();
    owing.begun.delete(exchange);
    // An idle connection must not keep what it was answered with.
    if (owing.latest === exchange && exchange.request.complete) owing.latest = undefined;
    if (exchange.closesConnection) {
      owing.isCondemned = true;
      forgo(owing, exchange.connection);
    }
    // Node closes those that are idle when this door stops, and this one was not.
    const isLast = exchange.door.isStopping() && owing.whenIdle === undefined;
    if ((owing.isCondemned || isLast) && isPaid(owing)) socket.end();
    else this.#beginNext(exchange.connection, owing);
    const { whenIdle } = owing;
    if (whenIdle === undefined || !isPaid(owing)) return;
    owing.whenIdle = undefined;
    if (!owing.isCondemned && !socket.destroyed) whenIdle();
  }

  /** Carries the only request of its connection out in a later turn. */
  #putOff({ exchange, run }: WaitingRequest, owing: OwingConnection): void {
    const { connection } = exchange;
    owing.isPutOff = true;
    const begin = (): boolean => {
      owing.isPutOff = false;
      if (!exchange.isOver) run();
      if (mayBegin(owing.waiting.first?.exchange, owing)) this.#beginNext(connection, owing);
      return true;
    };
    const urgency = this.#isUrgent(exchange) ? 'urgent' : 'none';
    this.#work.putOff(connection.demand, connection.address, begin, urgency);
  }

  #wait(request: WaitingRequest, owing: OwingConnection): void {
    const { connection } = request.exchange;
    this.#watch(owing, connection);
    owing.waiting.push(request);
    this.#work.waiting(connection.demand, owing.waiting.length);
    connection.socket.pause();
  }

  #watch(owing: OwingConnection, connection: Connection): void {
    if (owing.isWatched) return;
    owing.isWatched = true;
    const { socket } = connection;
    // Node resumes a socket whose request was read to its end.
    socket.on('resume', () => {
      if (owing.waiting.length > 0) socket.pause();
    });
    connection.whenClosed(() => {
      // Node tells those answers alone that were being written.
      for (const exchange of owing.begun) exchange.over();
      owing.begun.clear();
      forgo(owing, connection);
    });
  }

  /** In turns with the long work of others: each of these may be answered at once, and a thousand may wait. */
  #beginNext(connection: Connection, owing: OwingConnection): void {
    if (owing.isBeginning || owing.waiting.length === 0) return;
    owing.isBeginning = true;
    this.#work.putOff(connection.demand, connection.address, () => {
      if (mayBegin(owing.waiting.first?.exchange, owing)) {
        this.#beginFirst(connection, owing);
        if (mayBegin(owing.waiting.first?.exchange, owing)) return false;
      }
      owing.isBeginning = false;
      return true;
    });
  }

  #beginFirst(connection: Connection, owing: OwingConnection): void {
    const first = owing.waiting.shift();
    const { socket, account } = connection;
    account.giveBack('receivedBytes', waitingRequestBytes);
    if (owing.waiting.length === 0) socket.resume();
    if (first === undefined || first.exchange.isOver) {
      if (owing.isCondemned && isPaid(owing)) socket.end();
      return;
    }
    owing.begun.add(first.exchange);
    first.run();
  }

  #of(socket: Duplex): OwingConnection {
    let owing = this.#connections.get(socket);
    if (owing === undefined) {
      owing = {
        begun: new Set(),
        waiting: new Fifo(),
        latest: undefined,
        isCondemned: false,
        isPutOff: false,
        isBeginning: false,
        isWatched: false,
        whenIdle: undefined,
      };
      this.#connections.set(socket, owing);
    }
    return owing;
  }
}

/**
 * Reads are carried out at the same time, a change by itself: what comes behind it finds it made (RFC 9112, section 9.3.2).
 */
function mayBegin(exchange: Exchange | undefined, owing: OwingConnection): boolean {
  if (exchange === undefined || !hasRoom(owing, exchange.connection)) return false;
  if (owing.begun.size === 0) return true;
  const [begun] = owing.begun;
  return begun === undefined || !(changesState(begun.method) || changesState(exchange.method));
}

function hasRoom(owing: OwingConnection, { receivedBytes, socket }: Connection): boolean {
  const { begun, isPutOff } = owing;
  return (
    !isPutOff &&
    begun.size < pipelinedRequestsMax &&
    (begun.size === 0 || receivedBytes < connectionReceivedBytesMax) &&
    !socket.destroyed
  );
}

function isPaid({ begun, waiting }: OwingConnection): boolean {
  return begun.size === 0 && waiting.length === 0;
}

/** Gives up the first answer that may be minutes away and what is behind it. What is ahead of it ends the connection. */
function letGoOf(owing: OwingConnection, connection: Connection): void {
  let isLetGo = false;
  for (const exchange of owing.begun) {
    isLetGo ||= exchange.isHeldOpen;
    if (!isLetGo) continue;
    owing.begun.delete(exchange);
    exchange.over();
  }
  if (!isLetGo) return;
  owing.isCondemned = true;
  forgo(owing, connection);
  if (isPaid(owing)) connection.socket.end();
}

/** Carries out none of those that wait. */
function forgo({ waiting }: OwingConnection, connection: Connection): void {
  connection.account.giveBack('receivedBytes', waiting.length * waitingRequestBytes);
  while (waiting.shift() !== undefined);
}
