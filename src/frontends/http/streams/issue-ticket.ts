import { z } from 'zod';
import type { Exchange } from '../exchange/exchange.ts';
import { noStore } from '../exchange/headers.ts';
import { decodeJson } from '../exchange/json-body.ts';

const noFields = z.strictObject({});

/** Answers `POST /v1/tickets`: one for the credentials that the request carries. */
export async function issueTicket(exchange: Exchange): Promise<void> {
  const { service, tickets } = exchange.door;
  const timeoutMs = exchange.timeoutMs();
  decodeJson(await exchange.jsonBody(), noFields);
  const caller = exchange.caller();
  if (caller.credential !== undefined) {
    await service.sessions.touch(caller.credential, timeoutMs, caller);
  }
  exchange.sendJson(201, tickets.issue(caller), { headers: [...noStore] });
}
