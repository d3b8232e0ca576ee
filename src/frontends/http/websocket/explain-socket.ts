import type { Exchange } from '../exchange/exchange.ts';
import { Problem } from '../exchange/problem.ts';

/** Say what is spoken here to whoever asked for something else (RFC 9110, section 15.5.22, and RFC 6455, section 4.4). */
export const socketHeaders = {
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Version': '13',
} as const;

/** Answers `GET /v1/ws` by HTTP alone. What asks for an upgrade to a WebSocket never gets here. */
export function explainSocket(exchange: Exchange): never {
  exchange.query([]);
  throw new Problem('upgradeRequired', 'connect with a WebSocket client; see docs/websocket.md', {
    headers: socketHeaders,
    closes: true,
  });
}
