import { z } from 'zod';
import { logLevels, slowRequestMsMax } from '../../../model/log-level.ts';
import { logLevelForMsMax, type LogLevelView } from '../../../service/log-level.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { decodeJson } from '../exchange/json-body.ts';

const wishSchema = z.strictObject({
  level: z.enum(logLevels).optional(),
  slowRequestMs: z.int().min(0).max(slowRequestMsMax).optional(),
  forMs: z.int().min(1).max(logLevelForMsMax).optional(),
});

/** Answers `GET /v1/log-level`: what this peer logs. */
export function showLogLevel(exchange: Exchange): void {
  exchange.query([]);
  exchange.sendJson(200, encode(exchange.door.service.logLevel.show()));
}

/** Answers `PUT /v1/log-level`. */
export async function setLogLevel(exchange: Exchange): Promise<void> {
  const asking = { caller: exchange.caller(), timeoutMs: exchange.timeoutMs() };
  const wish = decodeJson(await exchange.jsonBody(), wishSchema);
  exchange.sendJson(200, encode(await exchange.door.service.logLevel.set(wish, asking)));
}

function encode({ level, configured, slowRequestMs, backInMs }: LogLevelView): object {
  return { level, configured, slowRequestMs, backInMs: backInMs ?? null };
}
