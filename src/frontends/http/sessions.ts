import { sessionIdToDecimal } from '../../model/ids.ts';
import { zxidToDecimal } from '../../model/zxid.ts';
import type { SessionCredential } from '../../service/call.ts';
import { formatSecret, parseSecret, secretRule } from '../../wire/credentials.ts';
import { newSessionFrom, newSessionSchema } from './documents/session-requests.ts';
import { credentialFor, sessionIdFrom } from './exchange/caller.ts';
import type { Exchange } from './exchange/exchange.ts';
import { noStore } from './exchange/headers.ts';
import { decodeJson } from './exchange/json-body.ts';
import { badRequest } from './exchange/problem.ts';
import type { UrlSegments } from './exchange/route.ts';

/** Answers `POST /v1/sessions`: opens one, with the secret that proves it. */
export async function openSession(exchange: Exchange): Promise<void> {
  const { service, random } = exchange.door;
  const requestTimeoutMs = exchange.timeoutMs();
  if (exchange.headers['idempotency-key'] !== undefined) {
    throw badRequest(
      'sessions take no Idempotency-Key: choose id and secret yourself, and send the same again',
    );
  }
  const asked = decodeJson(await exchange.jsonBody(), newSessionSchema);
  const opening = newSessionFrom(asked, { random, idAt: 'id', secretFrom });
  const { identities, door, trace } = exchange.caller();
  const wanted = { ...opening, requestTimeoutMs, identities, door, trace };
  const view = await service.sessions.open(wanted);
  const id = sessionIdToDecimal(view.session);
  const document = {
    id,
    secret: formatSecret(opening.secret),
    timeoutMs: view.timeoutMs,
    expiresInMs: Math.round(view.expiresInMs),
    zxid: zxidToDecimal(view.meta.zxid),
  };
  exchange.sendJson(201, document, {
    headers: ['Location', exchange.reference(`/v1/sessions/${id}`), ...noStore],
    meta: view.meta,
  });
}

/** Answers `PUT` and `POST /v1/sessions/{id}`: a heartbeat. */
export async function touchSession(exchange: Exchange, segments: UrlSegments): Promise<void> {
  const { service } = exchange.door;
  const timeoutMs = exchange.timeoutMs();
  const credential = credentialOf(exchange, segments);
  const view = await service.sessions.touch(credential, timeoutMs, exchange.asker());
  const headers = ['X-Session-Expires-In', String(Math.round(view.expiresInMs))];
  exchange.send({ status: 204, headers, meta: view.meta });
}

/** Answers `DELETE /v1/sessions/{id}`. */
export async function closeSession(exchange: Exchange, segments: UrlSegments): Promise<void> {
  const { service } = exchange.door;
  const timeoutMs = exchange.timeoutMs();
  const asker = exchange.asker();
  const meta = await service.sessions.close(credentialOf(exchange, segments), timeoutMs, { asker });
  exchange.send({ status: 204, meta });
}

function secretFrom(text: string): Uint8Array {
  const secret = parseSecret(text);
  if (secret === undefined) throw badRequest(`secret: ${secretRule}`);
  return secret;
}

function credentialOf(exchange: Exchange, segments: UrlSegments): SessionCredential {
  return credentialFor(
    sessionIdFrom(segments['id'] ?? '', 'the last segment of the URL'),
    exchange.headers,
    exchange.unreadable,
  );
}
