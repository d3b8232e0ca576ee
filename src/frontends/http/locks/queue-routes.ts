import type { LockStatus, LockWaitOptions } from '../../../service/locking.ts';
import { encodeStatus, queueDocument } from '../documents/lock-documents.ts';
import { queuePath, type QueueName } from '../documents/queue-path.ts';
import { zxidFrom } from '../exchange/decode.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { noStore } from '../exchange/headers.ts';
import { held } from '../exchange/held-answer.ts';
import { Problem, badRequest, problemOf } from '../exchange/problem.ts';
import type { Query } from '../exchange/query.ts';
import type { Route, UrlSegments } from '../exchange/route.ts';
import { decodeEnter, enterParameters } from './decode-enter.ts';

/** Holds what answers the routes that locks and elections have in common: enter, poll, renew, leave. */
export interface QueueRoutes {
  readonly enter: Route['answer'];
  readonly poll: Route['answer'];
  readonly renew: Route['answer'];
  readonly leave: Route['answer'];
}

export const pollParameters = ['wait', 'abandonOnDisconnect', 'timeout'];

export function queueRoutes(kind: QueueName['kind']): QueueRoutes {
  return {
    async enter(exchange, { name = '' }) {
      const query = exchange.query(enterParameters);
      refuseIdempotencyKey(exchange);
      const body = await exchange.jsonBody();
      const { request, caller } = decodeEnter(exchange, { kind, name }, { query, body });
      const { locks } = exchange.door.service;
      const wait = decodeWait(exchange, query);
      try {
        const status = await held(exchange, () => locks.acquire(request, caller, wait), {
          waitMs: wait.waitMs,
          abandons: query.flag('abandonOnDisconnect'),
        });
        sendStatus(exchange, status, { kind, name });
      } catch (error) {
        throw request.lockId === undefined ? error : safeToRepeat(error);
      }
    },

    async poll(exchange, { name = '', id = '' }) {
      const query = exchange.query(pollParameters);
      const { locks } = exchange.door.service;
      const queue = queuePath(kind, name);
      const caller = exchange.caller();
      const wait = decodeWait(exchange, query);
      const status = await held(exchange, () => locks.poll(queue, id, caller, wait), {
        waitMs: wait.waitMs,
        abandons: query.flag('abandonOnDisconnect'),
      });
      sendStatus(exchange, status, { kind, name });
    },

    async renew(exchange, { name = '', id = '' }) {
      const timeoutMs = exchange.timeoutMs();
      const { locks } = exchange.door.service;
      const status = await locks.renew(queuePath(kind, name), id, exchange.caller(), timeoutMs);
      sendStatus(exchange, status, { kind, name });
    },

    async leave(exchange, { name = '', id = '' }) {
      const timeoutMs = exchange.timeoutMs();
      const { locks } = exchange.door.service;
      const text = exchange.headers['x-fencing-token'];
      const token = typeof text === 'string' ? zxidFrom(text, 'X-Fencing-Token') : undefined;
      const options = token === undefined ? { timeoutMs } : { timeoutMs, token };
      const meta = await locks.release(queuePath(kind, name), id, exchange.caller(), options);
      exchange.send({ status: 204, meta });
    },
  };
}

/** Answers `GET /v1/locks/{name}`: who holds, who waits. */
export async function showQueue(exchange: Exchange, { name = '' }: UrlSegments): Promise<void> {
  const timeoutMs = exchange.timeoutMs();
  const queue = queuePath('locks', name);
  const view = await exchange.door.service.locks.view(queue, exchange.caller(), timeoutMs);
  exchange.sendSizedJson(200, queueDocument(view), { meta: view.meta });
}

/** Answers `GET /v1/locks/{name}/check`: whether the token is that of a holder. */
export async function checkToken(exchange: Exchange, { name = '' }: UrlSegments): Promise<void> {
  const query = exchange.query(['token', 'timeout']);
  const text = query.text('token');
  if (text === undefined) throw badRequest('a fencing token is needed: add ?token=');
  const token = zxidFrom(text, 'token');
  const timeoutMs = exchange.timeoutMs(query);
  const queue = queuePath('locks', name);
  const { locks } = exchange.door.service;
  const meta = await locks.check(queue, token, exchange.caller(), timeoutMs);
  exchange.send({ status: 204, meta });
}

/** Answers where a contender stands, and while it waits, where to ask again. */
export function sendStatus(
  exchange: Exchange,
  status: LockStatus,
  { kind, name }: QueueName,
): void {
  const isGranted = status.state === 'granted';
  const headers = [...noStore];
  if (!isGranted) {
    const place = `/v1/${kind}/${encodeURIComponent(name)}/${status.lockId}`;
    headers.push('Location', exchange.reference(place));
  }
  exchange.sendJson(isGranted ? 200 : 202, encodeStatus(status), { headers, meta: status.meta });
}

function decodeWait(exchange: Exchange, query: Query): LockWaitOptions {
  const range = { minMs: 0, maxMs: exchange.door.service.limits.lockWaitMsMax };
  return { waitMs: query.durationMs('wait', range) ?? 0, timeoutMs: exchange.timeoutMs(query) };
}

function refuseIdempotencyKey(exchange: Exchange): void {
  if (exchange.headers['idempotency-key'] === undefined) return;
  throw badRequest('no Idempotency-Key here: choose the lockId yourself, and send the same again');
}

/** The same lockId finds the same place: what is not known may be asked for again. */
function safeToRepeat(error: unknown): unknown {
  const problem = problemOf(error);
  if (problem?.code !== 'timeout' && problem?.code !== 'connectionLoss') return error;
  return new Problem(problem.code, problem.message, { ...problem.fields, retryable: true });
}
