import { z } from 'zod';
import type { Caller } from '../../../service/call.ts';
import type { LockAcquire } from '../../../service/locking.ts';
import { dataFields } from '../documents/fields.ts';
import {
  acquireRequest,
  dialects,
  modeFields,
  placeFields,
  wantedLock,
  wantedOffice,
} from '../documents/lock-requests.ts';
import { queuePath, type QueueName } from '../documents/queue-path.ts';
import { callerOf, credentialFor, sessionIdFrom } from '../exchange/caller.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { decodeJson } from '../exchange/json-body.ts';
import type { Query } from '../exchange/query.ts';

const commonFields = { ...placeFields, session: z.string().optional() };
const lockSchema = z.strictObject({ ...commonFields, ...modeFields });
const campaignSchema = z.strictObject({ ...commonFields, ...dataFields });

export const enterParameters = ['wait', 'try', 'dialect', 'abandonOnDisconnect', 'timeout'];

/** Decodes what a client asks for that wants in, and in whose name. Throws a `Problem`. */
export function decodeEnter(
  exchange: Exchange,
  { kind, name }: QueueName,
  { query, body }: { readonly query: Query; readonly body: Uint8Array },
): { readonly request: LockAcquire; readonly caller: Caller } {
  const { asked, wanted } = kind === 'locks' ? decodeLock(body) : decodeCampaign(body);
  const { lockId, session, ttlMs } = asked;
  const dialect = query.oneOf('dialect', dialects);
  const queue = queuePath(kind, name);
  const tryOnly = query.flag('try');
  return {
    request: acquireRequest({ queue, tryOnly, lockId, ttlMs, dialect }, wanted),
    caller: session === undefined ? exchange.caller() : actingIn(exchange, session),
  };
}

function decodeLock(body: Uint8Array) {
  const asked = decodeJson(body, lockSchema);
  return { asked, wanted: wantedLock(asked) };
}

function decodeCampaign(body: Uint8Array) {
  const asked = decodeJson(body, campaignSchema);
  return { asked, wanted: wantedOffice(asked, 'body') };
}

/** The session of the body; the headers hold its secret, and may name it once more. */
function actingIn(exchange: Exchange, text: string): Caller {
  const { headers, principal, unreadable } = exchange;
  const credential = credentialFor(sessionIdFrom(text, 'session'), headers, unreadable);
  const others = { ...headers };
  delete others['x-session-id'];
  delete others['x-session-secret'];
  return { ...exchange.introduce(callerOf(others, principal, unreadable)), credential };
}
