import { z } from 'zod';
import { sessionIdToDecimal } from '../../model/ids.ts';
import { zxidToDecimal } from '../../model/zxid.ts';
import { formatSecret, parseSecret, secretRule } from '../../wire/credentials.ts';
import { credentialFor, sessionIdFrom } from './exchange/caller.ts';
import { decodeTimeout, writeParameters } from './exchange/decode.ts';
import { encodeCluster, encodeDescription } from './documents/encode.ts';
import { noStore, type Exchange } from './exchange/exchange.ts';
import { answerLive, answerReady, answerStarted } from './operators/health.ts';
import { decodeJson } from './exchange/json-body.ts';
import { Problem, badRequest } from './exchange/problem.ts';
import { showContract, showReference, showReferenceFile } from './reference/show-reference.ts';
import { issueTicket } from './streams/issue-ticket.ts';
import { watchParameters, watchStream } from './streams/watch-stream.ts';
import { socketPath } from './websocket/event-streams.ts';
import { runTxn } from './znodes/run-txn.ts';
import { proclaim, showLeader } from './locks/elections.ts';
import { enterParameters } from './documents/lock-documents.ts';
import { checkToken, pollParameters, queueRoutes, showQueue } from './locks/queue-routes.ts';

/** A route of this door beside `/v1/nodes`: what the OpenAPI document lists, and what answers it. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As in the OpenAPI document: `{name}` stands for one segment. */
  readonly path: string;
  readonly parameters: readonly string[];
  answer(exchange: Exchange, segments: Readonly<Record<string, string>>): Promise<void> | void;
}

const locks = queueRoutes('locks');
const elections = queueRoutes('elections');
const lock = '/v1/locks/{name}';
const election = '/v1/elections/{name}';

const lockRoutes: readonly Route[] = [
  { method: 'POST', path: lock, parameters: enterParameters, answer: locks.enter },
  { method: 'GET', path: lock, parameters: ['timeout'], answer: showQueue },
  // Ahead of the next: no lockId is as short.
  { method: 'GET', path: `${lock}/check`, parameters: ['token', 'timeout'], answer: checkToken },
  { method: 'GET', path: `${lock}/{id}`, parameters: pollParameters, answer: locks.poll },
  { method: 'DELETE', path: `${lock}/{id}`, parameters: ['timeout'], answer: locks.leave },
  { method: 'POST', path: `${lock}/{id}/renew`, parameters: ['timeout'], answer: locks.renew },
  { method: 'POST', path: election, parameters: enterParameters, answer: elections.enter },
  { method: 'GET', path: election, parameters: ['timeout'], answer: showLeader },
  { method: 'GET', path: `${election}/{id}`, parameters: pollParameters, answer: elections.poll },
  { method: 'PUT', path: `${election}/{id}`, parameters: ['timeout'], answer: proclaim },
  { method: 'DELETE', path: `${election}/{id}`, parameters: ['timeout'], answer: elections.leave },
  {
    method: 'POST',
    path: `${election}/{id}/renew`,
    parameters: ['timeout'],
    answer: elections.renew,
  },
];

export const routes: readonly Route[] = [
  ...lockRoutes,
  { method: 'POST', path: '/v1/txn', parameters: writeParameters, answer: runTxn },
  { method: 'POST', path: '/v1/sync', parameters: ['timeout'], answer: sync },
  { method: 'POST', path: '/v1/sessions', parameters: ['timeout'], answer: openSession },
  { method: 'PUT', path: '/v1/sessions/{id}', parameters: ['timeout'], answer: touchSession },
  { method: 'POST', path: '/v1/sessions/{id}', parameters: ['timeout'], answer: touchSession },
  { method: 'DELETE', path: '/v1/sessions/{id}', parameters: ['timeout'], answer: closeSession },
  { method: 'GET', path: '/v1/watch', parameters: watchParameters, answer: watchStream },
  { method: 'GET', path: socketPath, parameters: [], answer: explainSocket },
  { method: 'POST', path: '/v1/tickets', parameters: ['timeout'], answer: issueTicket },
  { method: 'GET', path: '/v1/cluster', parameters: [], answer: showCluster },
  { method: 'GET', path: '/v1/info', parameters: [], answer: showInfo },
  { method: 'GET', path: '/livez', parameters: ['verbose'], answer: answerLive },
  { method: 'GET', path: '/readyz', parameters: ['verbose'], answer: answerReady },
  { method: 'GET', path: '/health', parameters: ['verbose'], answer: answerReady },
  { method: 'GET', path: '/startupz', parameters: ['verbose'], answer: answerStarted },
  { method: 'GET', path: '/metrics', parameters: [], answer: showMetrics },
  { method: 'GET', path: '/openapi.json', parameters: [], answer: showContract },
  { method: 'GET', path: '/docs', parameters: [], answer: showReference },
  { method: 'GET', path: '/docs/{file}', parameters: [], answer: showReferenceFile },
];

/** What asks for an upgrade never gets here. */
function explainSocket(exchange: Exchange): never {
  exchange.query([]);
  throw new Problem('upgradeRequired', 'connect with a WebSocket client; see docs/websocket.md', {
    headers: { Upgrade: 'websocket' },
  });
}

async function sync(exchange: Exchange): Promise<void> {
  const { service, requestTimeoutMs } = exchange.door;
  const timeoutMs = decodeTimeout(exchange.query(['timeout']), requestTimeoutMs);
  const meta = await service.sync(timeoutMs);
  exchange.sendJson(200, { zxid: zxidToDecimal(meta.zxid) }, { meta });
}

const sessionSchema = z.strictObject({
  timeoutMs: z.int().min(1).max(2_147_483_647).optional(),
  id: z.string().optional(),
  secret: z.string().optional(),
});

/** What a session is asked for when its client does not say; the limits may clamp it. */
const sessionTimeoutMsDefault = 30_000;
const secretBytes = 16;

async function openSession(exchange: Exchange): Promise<void> {
  const { service, random, requestTimeoutMs } = exchange.door;
  const timeout = decodeTimeout(exchange.query(['timeout']), requestTimeoutMs);
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
  const view = await service.sessions.open({
    timeoutMs: asked.timeoutMs ?? sessionTimeoutMsDefault,
    secret,
    requestTimeoutMs: timeout,
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

async function touchSession(
  exchange: Exchange,
  segments: Readonly<Record<string, string>>,
): Promise<void> {
  const { service, requestTimeoutMs } = exchange.door;
  const timeoutMs = decodeTimeout(exchange.query(['timeout']), requestTimeoutMs);
  const view = await service.sessions.touch(credentialOf(exchange, segments), timeoutMs);
  const headers = ['X-Session-Expires-In', String(Math.round(view.expiresInMs))];
  exchange.send({ status: 204, headers, meta: view.meta });
}

async function closeSession(
  exchange: Exchange,
  segments: Readonly<Record<string, string>>,
): Promise<void> {
  const { service, requestTimeoutMs } = exchange.door;
  const timeoutMs = decodeTimeout(exchange.query(['timeout']), requestTimeoutMs);
  const meta = await service.sessions.close(credentialOf(exchange, segments), timeoutMs);
  exchange.send({ status: 204, meta });
}

function credentialOf(
  exchange: Exchange,
  segments: Readonly<Record<string, string>>,
): ReturnType<typeof credentialFor> {
  return credentialFor(
    sessionIdFrom(segments['id'] ?? '', 'the last segment of the URL'),
    exchange.headers,
  );
}

function showCluster(exchange: Exchange): void {
  exchange.query([]);
  exchange.sendJson(200, encodeCluster(exchange.door.service.cluster()));
}

function showInfo(exchange: Exchange): void {
  exchange.query([]);
  const { service } = exchange.door;
  exchange.sendJson(200, encodeDescription(service.describe(), service.limits));
}

async function showMetrics(exchange: Exchange): Promise<void> {
  exchange.query([]);
  const text = await exchange.door.metricsText();
  exchange.send({
    status: 200,
    headers: ['Content-Type', 'text/plain; version=0.0.4; charset=utf-8'],
    body: text,
  });
}
