import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { callerOf } from '../exchange/caller.ts';
import type { Connection, Connections } from '../exchange/connection.ts';
import type { HttpDoor } from '../exchange/door.ts';
import { jsonBodyBytesMax } from '../exchange/json-body.ts';
import { Problem, badRequest, problemOf, stackOf } from '../exchange/problem.ts';
import { rawAnswer } from '../exchange/raw-answer.ts';
import { tooManyConnections, type ConnectionLimit } from '../gate/connection-limit.ts';
import type { Gate } from '../gate/gate.ts';
import type { OwedAnswers } from '../gate/owed-answers.ts';
import { socketPath } from './event-streams.ts';
import { fragmentsPerMessageMax, piecesPerFrameMax } from './limits.ts';
import { SocketConnection } from './socket-connection.ts';

export interface UpgradeParts {
  readonly door: HttpDoor;
  readonly gate: Gate;
  readonly owed: OwedAnswers;
  readonly limit: ConnectionLimit;
  readonly connections: Connections;
}

/** Gives what takes in whoever asks to become a WebSocket, past the same gate as every request. */
export function createUpgrades({
  door,
  gate,
  owed,
  limit,
  connections,
}: UpgradeParts): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
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
  return (request, socket, head) => {
    // Node leaves errors of an upgraded socket to whoever takes it.
    socket.on('error', () => undefined);
    if (!owed.isIdle(socket)) {
      socket.destroy();
      return;
    }
    try {
      const caller = admit(request, gate);
      if (door.isStopping()) throw new Problem('shuttingDown', 'this peer is stopping');
      if (limit.isReserved(request.socket)) throw tooManyConnections();
      const connection = connections.of(socket);
      hold(connection, door);
      limit.busy(request.socket);
      server.handleUpgrade(request, socket, head, (ws) => {
        new SocketConnection({ door, ws, connection, request, caller });
      });
    } catch (error) {
      const problem = problemOf(error);
      if (problem === undefined) {
        door.logger.log('error', 'upgradeFailed', { stack: stackOf(error) });
      }
      refuse(socket, problem ?? new Problem('internal', 'an error of ours'));
    }
  };
}

function admit(request: IncomingMessage, gate: Gate) {
  const refused = gate.checkUpgrade(request);
  if (refused !== undefined) throw refused;
  const [path] = (request.url ?? '').split('?');
  if (path !== socketPath) {
    throw new Problem('noRoute', `the only thing to upgrade to is a WebSocket at ${socketPath}`);
  }
  if (request.url !== socketPath) throw badRequest(`${socketPath} takes no parameters`);
  const caller = callerOf(request.headers, request.socket.remoteAddress);
  if (caller.credential !== undefined) {
    throw badRequest('a session is taken up by the first message, "hello", not by headers');
  }
  return caller;
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
