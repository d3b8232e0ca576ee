import { z } from 'zod';
import { decodeTimeout } from '../exchange/decode.ts';
import { noStore, type Exchange } from '../exchange/exchange.ts';
import { decodeJson } from '../exchange/json-body.ts';

const noFields = z.strictObject({});

/** `POST /v1/tickets`: for the credentials that the request carries. */
export async function issueTicket(exchange: Exchange): Promise<void> {
  const { service, requestTimeoutMs, tickets } = exchange.door;
  const timeoutMs = decodeTimeout(exchange.query(['timeout']), requestTimeoutMs);
  decodeJson(await exchange.jsonBody(), noFields);
  const caller = exchange.caller();
  if (caller.credential !== undefined) await service.sessions.touch(caller.credential, timeoutMs);
  exchange.sendJson(201, tickets.issue(caller), { headers: [...noStore] });
}
