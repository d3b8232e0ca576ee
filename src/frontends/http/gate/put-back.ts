import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Work } from '../../../service/budget/work.ts';
import { handleOf } from '../../../sockets/socket-handle.ts';
import type { Connections } from '../exchange/connection.ts';
import type { ConnectionLimit } from './connection-limit.ts';
import type { OwedAnswers } from './owed-answers.ts';
import { headOf, unread, whenPaid, type Reparse } from './reparse.ts';

/** What was put back is read on in pieces of so many bytes: as many requests as are taken in, as a rule. */
const pieceBytes = 8_192;

export interface PutBackParts {
  readonly owed: OwedAnswers;
  readonly work: Work;
  readonly limit: ConnectionLimit;
  readonly connections: Connections;
  readonly reparse: Reparse;
}

/**
 * Takes requests that were put back (`PipelinedRequest`), with all that came behind them: they are read anew, as many as a
 * connection may owe, in its turn once it is owed nothing.
 */
export function createPutBack({
  owed,
  work,
  limit,
  connections,
  reparse,
}: PutBackParts): (request: IncomingMessage, from: Duplex, rest: Buffer) => void {
  const waiting = new WeakSet<Socket>();
  const readOn = (socket: Socket): void => {
    waiting.delete(socket);
    reparse.parse(socket);
    const handle = handleOf(socket);
    // Unless Node has stopped it as well, and begins again by itself.
    if (handle?.reading === true) handle.readStart();
    // Within this slice, which counts it.
    socket.read(Math.min(pieceBytes, socket.readableLength));
    if (!waiting.has(socket)) socket.resume();
  };
  return (request, from, rest) => {
    const connection = connections.of(from);
    const { socket, demand, address } = connection;
    // What was cut while Node took its bytes apart.
    if (socket.destroyed) return;
    const head = headOf(request, linesOf(request.rawHeaders));
    unread(socket, head, rest);
    const bytes = socket.readableLength;
    if (!connection.takeReceived(bytes)) {
      owed.cut(socket);
      return;
    }
    work.waiting(demand, requestsIn(rest, request, head));
    // What is still with the system counts nowhere.
    const handle = handleOf(socket);
    if (handle?.reading === true) handle.readStop();
    const over = watchOver(socket);
    limit.busy(socket);
    waiting.add(socket);
    whenPaid({ owed, reparse }, connection, () => {
      work.putOff(demand, address, () => {
        connection.giveBackReceived(bytes);
        limit.answered(socket);
        over();
        if (!socket.destroyed) readOn(socket);
        return true;
      });
    });
  };
}

/** Does what Node does for a connection that it has: one that fails or is silent ends. Gives what ends that. */
function watchOver(socket: Socket): () => void {
  const ignore = (): void => undefined;
  const end = (): void => {
    socket.destroy();
  };
  socket.on('error', ignore);
  socket.on('timeout', end);
  return () => {
    socket.removeListener('error', ignore);
    socket.removeListener('timeout', end);
  };
}

/** How many requests wait, about: as if all were like the first. */
function requestsIn(rest: Buffer, { headers }: IncomingMessage, head: Buffer): number {
  return 1 + rest.length / (head.length + Number(headers['content-length'] ?? 0));
}

function linesOf(rawHeaders: readonly string[]): string[] {
  const lines: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    lines.push(`${rawHeaders[index] ?? ''}:${rawHeaders[index + 1] ?? ''}`);
  }
  return lines;
}
