import type { Server, ServerErrorResponse, ServerInterceptor } from '#grpc';
import type { Http2Server, Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { addressOf } from '../../../model/acl.ts';
import { refused, type Refusal } from '../../../model/error-code.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Budget } from '../../../service/budget/budget.ts';
import type { Work } from '../../../service/budget/work.ts';
import type { Caller } from '../../../service/call.ts';
import type { IdentityService } from '../../../service/identifying.ts';
import { ClientConnection } from './client-connection.ts';
import type { IncomingCall } from './incoming-call.ts';
import { Intake } from './intake.ts';
import { CountedCall } from './counted-call.ts';
import { DirectCall, isDirect, type DirectMethods } from './direct-call.ts';

/** A call's message that is not there after this ends the call: 1 MB takes a third of that on a line of a megabit. */
export const messageWithinMs = 30_000;

/**
 * A connection that takes less than so much of what is made for it, within so long, is cut while others wait for room.
 */
export const takesAtLeast = { bytes: 65_536, withinMs: 5_000 } as const;

const lookEveryMs = 1_000;

export interface ConnectionsOptions {
  readonly budget: Budget;
  readonly work: Work;
  readonly clock: Clock;
  readonly identities: Pick<IdentityService, 'bearer' | 'stands'>;
  readonly statusOf: (refusal: Refusal) => ServerErrorResponse;
}

/** All connections of the door, with what they may make it keep. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #intake: Intake;
  readonly #all = new Map<ClientConnection, { takenBytes: number; at: number }>();
  readonly #bySession = new WeakMap<Http2Session, ClientConnection>();
  readonly #sessions = new Set<Http2Session>();
  readonly #awaited = new Set<IncomingCall>();
  readonly #timer: { cancel(): void };
  /** The one that the library is being given. */
  #opening: ClientConnection | undefined;
  /** The one that the library is being told of. */
  #beginning: IncomingCall | undefined;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#intake = new Intake(options.clock);
    this.#timer = options.clock.every(lookEveryMs, () => {
      this.#endOverdue();
      this.#cutUnread();
    });
  }

  /** Has each call of the library's know its connection. */
  readonly interceptor: ServerInterceptor = (method, call) => {
    const incoming = this.#beginning;
    this.#beginning = undefined;
    if (incoming === undefined) throw new Error('the library began a call without its stream');
    incoming.isOpenEnded = method.requestStream;
    incoming.isUnary = !method.requestStream && !method.responseStream;
    return new CountedCall(call, incoming);
  };

  /**
   * Hears of sessions and streams in the place of the library, and passes them on. That has one HTTP/2 server for what is injected, and keeps it
   * to itself: this is the one place that looks behind its interface, and the version is pinned.
   */
  listenTo(server: Server, direct: DirectMethods): void {
    const { http2Servers } = server as unknown as {
      readonly http2Servers: ReadonlyMap<Http2Server, unknown> | undefined;
    };
    if (http2Servers === undefined || http2Servers.size === 0) {
      throw new Error('this version of grpc-js keeps its HTTP/2 servers elsewhere');
    }
    for (const http2 of http2Servers.keys()) {
      http2.on('session', (session) => {
        if (this.#opening !== undefined) this.#began(session, this.#opening);
        this.#sessions.add(session);
        session.once('close', () => this.#sessions.delete(session));
      });
      const listeners = http2.listeners('stream');
      if (listeners.length === 0) throw new Error('grpc-js hears of its streams elsewhere');
      http2.removeAllListeners('stream');
      http2.on('stream', (stream, headers, flags) => {
        const handler = direct.handlers.get(headers[':path'] ?? '');
        if (handler !== undefined && isDirect(headers)) {
          this.#opened(stream, headers, (call) => {
            new DirectCall(stream, headers, call, direct.messageBytesMax).begin(handler);
          });
          return;
        }
        this.#opened(stream, headers, (call) => {
          this.#beginning = call;
          for (const listener of listeners) listener.call(http2, stream, headers, flags);
        });
      });
    }
  }

  /** Takes a client's connection, and has the library take it over by `inject`. */
  add(socket: Socket, stranger: Caller, inject: () => void): void {
    const { budget, work, clock, identities, statusOf } = this.#options;
    const connection = new ClientConnection(socket, stranger, {
      account: budget.open(addressOf(stranger.identities)),
      work,
      clock,
      intake: this.#intake,
      awaited: this.#awaited,
      identities,
      statusOf,
    });
    this.#all.set(connection, { takenBytes: 0, at: clock.now() });
    socket.on('close', () => this.#all.delete(connection));
    this.#opening = connection;
    inject();
    this.#opening = undefined;
  }

  /** Has clients make new connections for their next calls. Those that are begun go on, for as long as they take. */
  leave(): void {
    for (const session of this.#sessions) session.close();
  }

  stop(): void {
    this.#timer.cancel();
  }

  #began(session: Http2Session, connection: ClientConnection): void {
    this.#bySession.set(session, connection);
    connection.allowsBy((maxConcurrentStreams) => {
      if (!session.closed && !session.destroyed) session.settings({ maxConcurrentStreams });
    });
  }

  /** A call is begun in its turn, and one that is over by then not at all. */
  #opened(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    begin: (call: IncomingCall) => void,
  ): void {
    const { session } = stream;
    const connection = session === undefined ? undefined : this.#bySession.get(session);
    connection?.opened(stream, headers, begin);
  }

  #endOverdue(): void {
    const { clock, statusOf } = this.#options;
    const before = clock.now() - messageWithinMs;
    for (const call of this.#awaited) {
      if (call.since > before) return;
      this.#awaited.delete(call);
      if (!call.isAwaited) continue;
      const detail =
        'the message of the call was not there in time: send it again, with less at a time beside it';
      const refusal = { ...refused('timeout', detail), applied: 'no', retryable: true } as const;
      call.connection.refuse(call, statusOf(refusal));
    }
  }

  #cutUnread(): void {
    const { budget, clock } = this.#options;
    const now = clock.now();
    for (const [connection, seen] of this.#all) {
      const { takenBytes } = connection;
      const isFine =
        !budget.isShort ||
        connection.owedBytes === 0 ||
        takenBytes - seen.takenBytes >= takesAtLeast.bytes;
      if (isFine) {
        seen.takenBytes = takenBytes;
        seen.at = now;
      } else if (now - seen.at >= takesAtLeast.withinMs) connection.destroy();
    }
  }
}
