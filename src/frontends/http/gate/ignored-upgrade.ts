import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** What goes with an upgrade from HTTP/1.1 to HTTP/2, and means nothing without it. */
const hopHeaders = new Set(['upgrade', 'http2-settings']);

/**
 * Gives the connection back to HTTP, with the request in front as if it had asked for no upgrade: a server ignores an
 * `Upgrade` that it does not want (RFC 9110, section 7.8), but Node has let go of the connection by then, and without
 * anybody who asks for upgrades it loses what a client pipelined behind one. `parse` attaches Node's parser.
 */
export function readWithoutUpgrade<Socket extends Duplex>(
  request: IncomingMessage,
  { socket, head }: { readonly socket: Socket; readonly head: Buffer },
  parse: (socket: Socket) => void,
): void {
  if (head.length > 0) socket.unshift(head);
  socket.unshift(Buffer.from(headOf(request), 'latin1'));
  parse(socket);
}

function headOf({ method = '', url = '', httpVersion, rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const value = rawHeaders[index + 1] ?? '';
    const kept = name.toLowerCase() === 'connection' ? withoutHop(value) : value;
    const isDropped = hopHeaders.has(name.toLowerCase()) || (kept === '' && value !== '');
    if (!isDropped) lines.push(`${name}: ${kept}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function withoutHop(options: string): string {
  return options
    .split(',')
    .map((option) => option.trim())
    .filter((option) => !hopHeaders.has(option.toLowerCase()))
    .join(', ');
}
