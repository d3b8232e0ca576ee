import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Caller } from '../../../service/call.ts';
import { callerOf } from '../exchange/caller.ts';
import type { Connection, Connections } from '../exchange/connection.ts';
import type { HttpDoor } from '../exchange/door.ts';
import { mayHaveBody } from '../exchange/empty-body.ts';
import { jsonBodyBytesMax } from '../exchange/json-body.ts';
import { Problem, badRequest, problemOf, stackOf } from '../exchange/problem.ts';
import { rawAnswer } from '../exchange/raw-answer.ts';
import { bearerOf, signIn } from '../exchange/sign-in.ts';
import { tooManyConnections, type ConnectionLimit } from '../gate/connection-limit.ts';
import type { Gate } from '../gate/gate.ts';
import { headWithoutUpgrade } from '../gate/ignored-upgrade.ts';
import type { OwedAnswers } from '../gate/owed-answers.ts';
import { unread, whenPaid, type Reparse } from '../gate/reparse.ts';
import { pathOfTarget } from '../gate/request-target.ts';
import { socketPath } from './event-streams.ts';
import { socketHeaders } from './explain-socket.ts';
import { fragmentsPerMessageMax, piecesPerFrameMax } from './limits.ts';
import { SocketConnection } from './socket-connection.ts';

export interface UpgradeParts {
  readonly door: HttpDoor;
  readonly gate: Gate;
  readonly owed: OwedAnswers;
  readonly limit: ConnectionLimit;
  readonly connections: Connections;
  readonly reparse: Reparse;
}

/** Says how `ws` takes a handshake that passed ours. */
function createSocketServer(door: HttpDoor): WebSocketServer {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // Compression holds a megabyte per socket, and lets secrets leak by length.
    perMessageDeflate: false,
    maxPayload: jsonBodyBytesMax(door.service.limits),
    maxFragments: fragmentsPerMessageMax,
    maxBufferedChunks: piecesPerFrameMax,
    // A pong for each of ten thousand pings in one packet is answered by nobody.
    autoPong: false,
  });
  server.on('wsClientError', (error, socket) => {
    refuse(socket, new Problem('malformedHttp', `no WebSocket handshake: ${error.message}`));
  });
  return server;
}

/**
 * Gives what takes in whoever asks to become a WebSocket, past the same gate as every request. Any other upgrade is ignored:
 * its request is one like others.
 */
export function createUpgrades(
  parts: UpgradeParts,
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  const { door, gate, owed, limit, connections, reparse } = parts;
  const server = createSocketServer(door);
  const open = (request: IncomingMessage, connection: Connection): void => {
    whoAsks(door, request, connection, (principal) => {
      openAs(principal, request, connection);
    });
  };
  const openAs = (
    principal: Caller | Problem,
    request: IncomingMessage,
    connection: Connection,
  ): void => {
    const { socket } = connection;
    try {
      gate.takeTarget(request);
      const caller = admit(request, gate, principal, () => {
        door.service.identities.unreadable({ ...connection.stranger, door: 'websocket' });
      });
      if (door.isStopping()) throw new Problem('shuttingDown', 'this peer is stopping');
      if (limit.isReserved(request.socket)) throw tooManyConnections();
      hold(connection, door);
      limit.busy(request.socket);
      door.work.came(connection.demand);
      // A list may offer others besides.
      request.headers.upgrade = 'websocket';
      server.handleUpgrade(request, socket, nothing, (ws) => {
        new SocketConnection({ door, ws, connection, caller });
      });
    } catch (error) {
      const problem = problemOf(error);
      if (problem === undefined) {
        door.logger.log('error', 'upgradeFailed', { stack: stackOf(error) });
      }
      refuse(socket, problem ?? new Problem('internal', 'an error of ours'));
    }
  };
  const go = (request: IncomingMessage, connection: Connection): void => {
    if (asksForSocket(request)) {
      open(request, connection);
      return;
    }
    const { socket } = connection;
    socket.removeListener('error', ignoreError);
    reparse.parse(socket);
    socket.resume();
  };
  return (request, from, rest) => {
    const connection = connections.of(from);
    const { socket } = connection;
    // Node leaves errors of an upgraded socket to whoever takes it.
    socket.on('error', ignoreError);
    const isIdle = owed.isIdle(socket);
    // At once: nothing is put back behind the client's end, which may be read while this waits.
    if (asksForSocket(request)) unread(socket, rest);
    else unread(socket, headWithoutUpgrade(request), rest);
    if (isIdle) {
      go(request, connection);
      return;
    }
    whenPaid(parts, connection, () => {
      // Ahead of whoever takes it, and pauses it for some reason of his own.
      socket.resume();
      go(request, connection);
    });
  };
}

/** What came behind the head of a request is in its socket by then. */
const nothing = Buffer.alloc(0);

/** Finds out who shows a token in the head of its request; what it sends meanwhile waits. */
function whoAsks(
  { service }: HttpDoor,
  { headers }: IncomingMessage,
  connection: Connection,
  done: (principal: Caller | Problem) => void,
): void {
  const { socket, stranger } = connection;
  const bearer = bearerOf(service.identities, headers.authorization, true);
  if (bearer === undefined) {
    done(stranger);
    return;
  }
  socket.pause();
  const asker = { ...stranger, door: 'websocket' } as const;
  signIn(service.identities, { connection, bearer, asker }, (principal) => {
    done(principal);
    socket.resume();
  });
}

function ignoreError(): void {
  // The socket closes, and whoever has it hears of that.
}

/** Says whether a request wants the one upgrade that there is. HTTP/1.0 has none (RFC 9110, section 7.8). */
function asksForSocket({ method, url = '', headers, httpVersionMinor }: IncomingMessage): boolean {
  const offered = (headers.upgrade ?? '').split(',').map((each) => each.trim().toLowerCase());
  return (
    method === 'GET' &&
    httpVersionMinor >= 1 &&
    pathOfTarget(url) === socketPath &&
    offered.includes('websocket')
  );
}

function admit(
  request: IncomingMessage,
  gate: Gate,
  principal: Caller | Problem,
  unreadable: () => void,
): Caller {
  const refused = gate.checkUpgrade(request);
  if (refused !== undefined) throw refused;
  if (mayHaveBody(request.headers)) throw noHandshake('it has a body');
  if (request.url !== socketPath) throw badRequest(`${socketPath} takes no parameters`);
  checkHandshake(request);
  if (principal instanceof Problem) throw principal;
  const caller = callerOf(request.headers, principal, unreadable);
  if (caller.credential !== undefined) {
    throw badRequest('a session is taken up by the first message, "hello", not by headers');
  }
  return caller;
}

/** RFC 6455, section 4.2.1: a version that is not ours is told of it, all else is no handshake. */
function checkHandshake({ headers }: IncomingMessage): void {
  const version = headers['sec-websocket-version'];
  if (version === undefined) throw noHandshake('Sec-WebSocket-Version is missing: it is 13');
  if (version !== '13') {
    throw new Problem('upgradeRequired', 'the version of WebSocket that is spoken here is 13', {
      headers: socketHeaders,
      closes: true,
    });
  }
  const key = headers['sec-websocket-key'];
  if (key === undefined || !/^[A-Za-z0-9+/]{22}==$/.test(key)) {
    throw noHandshake('Sec-WebSocket-Key must be 16 bytes in base64');
  }
}

function noHandshake(why: string): Problem {
  return new Problem('malformedHttp', `this is no WebSocket handshake: ${why}`, { closes: true });
}

/** A socket is held until it closes. */
function hold({ account, socket }: Connection, { budget }: HttpDoor): void {
  if (!account.take('heldRequests')) {
    throw new Problem(
      'throttled',
      'too many sockets are open for this address, or for all: close some of them, or use another peer',
      { limit: budget.limits.heldRequests.each },
    );
  }
  socket.once('close', () => {
    account.giveBack('heldRequests');
  });
}

function refuse(socket: Duplex, problem: Problem): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(rawAnswer(problem), () => {
    socket.destroy();
  });
}
