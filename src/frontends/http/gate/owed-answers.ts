import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Exchange } from '../exchange/exchange.ts';
import { Problem } from '../exchange/problem.ts';
import { rawAnswer } from '../exchange/raw-answer.ts';

interface OwingConnection {
  /** Begun and not yet answered in full: more than one where a client pipelines. */
  readonly pending: Set<Exchange>;
  /** The request begun last; its body may still be on the way when its answer is out. */
  latest: Exchange | undefined;
  /** Nothing more that comes on it is carried out. */
  isCondemned: boolean;
}

/**
 * Knows which exchanges each connection still owes an answer. Once a client's bytes could not be understood, what
 * follows them may be another's request in disguise: it is not carried out, and the connection ends.
 */
export class OwedAnswers {
  readonly #connections = new WeakMap<Duplex, OwingConnection>();

  /**
   * Notes that an answer is owed. False when the connection is to be closed after an earlier one: the exchange must
   * not be carried out.
   */
  begin(exchange: Exchange, socket: Duplex, response: ServerResponse): boolean {
    const connection = this.#of(socket);
    for (const earlier of connection.pending) connection.isCondemned ||= earlier.closesConnection;
    if (connection.isCondemned) return false;
    connection.pending.add(exchange);
    connection.latest = exchange;
    response.on('close', () => {
      exchange.over();
      connection.pending.delete(exchange);
      connection.isCondemned ||= exchange.closesConnection;
      if (connection.isCondemned && connection.pending.size === 0) socket.end();
    });
    return true;
  }

  /** Ends a connection when Node's parser gave up on what the client sends, or it came too slowly. */
  broken(socket: Duplex, code: string): void {
    const connection = this.#of(socket);
    const problem = problemOfParser(code);
    const { pending, latest } = connection;
    // What broke off may have had its answer already: a second one would be taken for another request's.
    const isAnswered = latest !== undefined && !latest.request.complete && latest.isOver;
    const isDone = connection.isCondemned && pending.size === 0;
    if (!socket.writable || problem === undefined || isAnswered || isDone) {
      socket.destroy();
      return;
    }
    connection.isCondemned = true;
    if (pending.size === 0) {
      socket.end(rawAnswer(problem), () => {
        socket.destroy();
      });
      return;
    }
    // Requests that came whole before the trouble keep their answers; the one that broke off gets this.
    for (const exchange of pending) if (!exchange.request.complete) exchange.fail(problem);
  }

  /** Says whether no answer is owed on a connection, and what comes on it may be trusted. */
  isIdle(socket: Duplex): boolean {
    const { pending, isCondemned } = this.#of(socket);
    return pending.size === 0 && !isCondemned;
  }

  #of(socket: Duplex): OwingConnection {
    let connection = this.#connections.get(socket);
    if (connection === undefined) {
      connection = { pending: new Set(), latest: undefined, isCondemned: false };
      this.#connections.set(socket, connection);
    }
    return connection;
  }
}

/** Undefined when there is nobody left to tell. */
function problemOfParser(code: string): Problem | undefined {
  if (code === 'ECONNRESET' || code === 'EPIPE') return undefined;
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new Problem(
      'headersTooLarge',
      'the request line and headers may have 16384 bytes together',
      { closes: true },
    );
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new Problem(
      'requestTimeout',
      'headers must arrive within 5 s and the whole request within 15 s',
      {
        closes: true,
      },
    );
  }
  return new Problem('malformedHttp', `the bytes are not a valid HTTP/1.1 request (${code})`, {
    closes: true,
  });
}
