import type { Exchange } from '../exchange/exchange.ts';
import { Problem } from '../exchange/problem.ts';

/** Answers `GET /v1/ws` by HTTP alone. What asks for an upgrade never gets here. */
export function explainSocket(exchange: Exchange): never {
  exchange.query([]);
  throw new Problem('upgradeRequired', 'connect with a WebSocket client; see docs/websocket.md', {
    headers: { Upgrade: 'websocket' },
  });
}
