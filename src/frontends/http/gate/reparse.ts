import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Connection } from '../exchange/connection.ts';
import type { OwedAnswers } from './owed-answers.ts';

/** Reads connections as HTTP that Node let go of. */
export interface Reparse {
  /** Attaches Node's parser. It is given what comes once the socket is resumed. */
  parse(socket: Socket): void;
  /** Passes on that the socket takes more, to the answers that Node still writes there. */
  drained(socket: Socket): void;
}

/**
 * Calls `run` once no answer is owed any more on a connection that Node has let go of: at once, later, or never, when it is to
 * be closed. Nothing of it is read meanwhile.
 */
export function whenPaid(
  { owed, reparse }: { readonly owed: OwedAnswers; readonly reparse: Reparse },
  connection: Connection,
  run: () => void,
): void {
  const { socket } = connection;
  const stay = (): void => {
    socket.pause();
  };
  const drained = (): void => {
    reparse.drained(socket);
  };
  // What comes from here on is for whoever takes it, and Node resumes a socket whose answers were taken.
  socket.on('resume', stay);
  socket.on('drain', drained);
  socket.pause();
  owed.whenIdle(connection, () => {
    socket.removeListener('resume', stay);
    socket.removeListener('drain', drained);
    run();
  });
}

/**
 * Puts bytes back in front of what a connection has sent, if there are any, and has the rest read again: for whoever reads the
 * connection next, when Node's parser had it.
 */
export function unread(socket: Socket, ...pieces: readonly Buffer[]): void {
  for (const piece of pieces.toReversed()) if (piece.length > 0) socket.unshift(piece);
  // Node's parser took what came past the stream, which waits for it still: that ends its wait, and it asks again.
  socket.push('');
}

/** Gives the head of a request as it came, but for spaces that mean nothing. */
export function headOf(
  { method = '', url = '', httpVersion }: IncomingMessage,
  headers: readonly string[],
): Buffer {
  return Buffer.from(
    `${method} ${url} HTTP/${httpVersion}\r\n${headers.join('\r\n')}\r\n\r\n`,
    'latin1',
  );
}
