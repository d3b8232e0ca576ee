import type { IncomingMessage } from 'node:http';
import { headOf } from './reparse.ts';

/** What goes with an upgrade from HTTP/1.1 to HTTP/2, and means nothing without it. */
const hopHeaders = new Set(['upgrade', 'http2-settings']);

/**
 * Gives the head of a request as if it had asked for no upgrade: a server ignores an `Upgrade` that it does not want
 * (RFC 9110, section 7.8), but Node has let go of the connection by then, and without anybody who asks for upgrades it loses
 * what a client pipelined behind one.
 */
export function headWithoutUpgrade(request: IncomingMessage): Buffer {
  const { rawHeaders } = request;
  const lines: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const value = rawHeaders[index + 1] ?? '';
    const kept = name.toLowerCase() === 'connection' ? withoutHop(value) : value;
    const isDropped = hopHeaders.has(name.toLowerCase()) || (kept === '' && value !== '');
    if (!isDropped) lines.push(`${name}:${kept}`);
  }
  return headOf(request, lines);
}

function withoutHop(options: string): string {
  return options
    .split(',')
    .map((option) => option.trim())
    .filter((option) => !hopHeaders.has(option.toLowerCase()))
    .join(', ');
}
