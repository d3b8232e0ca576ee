import { z } from 'zod';
import { sessionIdToDecimal } from '../../model/ids.ts';
import { zxidToDecimal } from '../../model/zxid.ts';
import { formatSecret, parseSecret, secretRule } from '../../wire/credentials.ts';
import { credentialFor, sessionIdFrom } from './exchange/caller.ts';
import type { Exchange } from './exchange/exchange.ts';
import { noStore } from './exchange/headers.ts';
import { decodeJson } from './exchange/json-body.ts';
import { badRequest } from './exchange/problem.ts';
import type { UrlSegments } from './exchange/route.ts';

const sessionSchema = z.strictObject({
  timeoutMs: z.int().min(1).max(2_147_483_647).optional(),
  id: z.string().optional(),
  secret: z.string().optional(),
});

/** What a session is asked for when its client does not say; the limits may clamp it. */
const sessionTimeoutMsDefault = 30_000;
const secretBytes = 16;

export async function openSession(exchange: Exchange): Promise<void> {
  const { service, random } = exchange.door;
  const requestTimeoutMs = exchange.timeoutMs();
  if (exchange.headers['idempotency-key'] !== undefined) {
    throw badRequest(
      'sessions take no Idempotency-Key: choose id and secret yourself, and send the same again',
    );
  }
  const asked = decodeJson(await exchange.jsonBody(), sessionSchema);
  if (asked.id !== undefined && asked.secret === undefined) {
    throw badRequest(
      'id: choose the secret too, or a retry could not prove that the session is its own',
    );
  }
  const secret = asked.secret === undefined ? random.bytes(secretBytes) : parseSecret(asked.secret);
  if (secret === undefined) throw badRequest(`secret: ${secretRule}`);
  const view = await service.openSession({
    timeoutMs: asked.timeoutMs ?? sessionTimeoutMsDefault,
    secret,
    requestTimeoutMs,
    ...(asked.id === undefined ? {} : { session: sessionIdFrom(asked.id, 'id') }),
  });
  const id = sessionIdToDecimal(view.session);
  const document = {
    id,
    secret: formatSecret(secret),
    timeoutMs: view.timeoutMs,
    expiresInMs: Math.round(view.expiresInMs),
    zxid: zxidToDecimal(view.meta.zxid),
  };
  exchange.sendJson(201, document, {
    headers: ['Location', `/v1/sessions/${id}`, ...noStore],
    meta: view.meta,
  });
}

export async function touchSession(exchange: Exchange, segments: UrlSegments): Promise<void> {
  const { service } = exchange.door;
  const timeoutMs = exchange.timeoutMs();
  const view = await service.touchSession(credentialOf(exchange, segments), timeoutMs);
  const headers = ['X-Session-Expires-In', String(Math.round(view.expiresInMs))];
  exchange.send({ status: 204, headers, meta: view.meta });
}

export async function closeSession(exchange: Exchange, segments: UrlSegments): Promise<void> {
  const { service } = exchange.door;
  const timeoutMs = exchange.timeoutMs();
  const meta = await service.closeSession(credentialOf(exchange, segments), timeoutMs);
  exchange.send({ status: 204, meta });
}

function credentialOf(exchange: Exchange, segments: UrlSegments): ReturnType<typeof credentialFor> {
  return credentialFor(
    sessionIdFrom(segments['id'] ?? '', 'the last segment of the URL'),
    exchange.headers,
  );
}
