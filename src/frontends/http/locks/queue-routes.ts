import { zxidFrom, decodeTimeout } from '../exchange/decode.ts';
import { noStore, type Exchange } from '../exchange/exchange.ts';
import { held } from '../exchange/held-answer.ts';
import {
  decodeEnter,
  encodeQueue,
  encodeStatus,
  enterParameters,
} from '../documents/lock-documents.ts';
import { queuePath, type QueueKind } from '../documents/queue-path.ts';
import { Problem, badRequest, problemOf } from '../exchange/problem.ts';
import type { Query } from '../exchange/query.ts';
import type { LockStatus, LockWaitOptions } from '../../../service/locking.ts';

export type Segments = Readonly<Record<string, string>>;

type Answer = (exchange: Exchange, segments: Segments) => Promise<void>;

/** What locks and elections have in common: enter, poll, renew, leave. */
export interface QueueRoutes {
  readonly enter: Answer;
  readonly poll: Answer;
  readonly renew: Answer;
  readonly leave: Answer;
}

export const pollParameters = ['wait', 'abandonOnDisconnect', 'timeout'];

export function queueRoutes(kind: QueueKind): QueueRoutes {
  return {
    async enter(exchange, { name = '' }) {
      const query = exchange.query(enterParameters);
      refuseIdempotencyKey(exchange);
      const body = await exchange.jsonBody();
      const { request, caller } = decodeEnter(exchange, { kind, name }, { query, body });
      const { locks } = exchange.door.service;
      const waiting = locks.acquire(request, caller, decodeWait(exchange, query));
      try {
        const status = await held(exchange, waiting, query.flag('abandonOnDisconnect'));
        sendStatus(exchange, status, `/v1/${kind}/${encodeURIComponent(name)}`);
      } catch (error) {
        throw request.lockId === undefined ? error : safeToRepeat(error);
      }
    },

    async poll(exchange, { name = '', id = '' }) {
      const query = exchange.query(pollParameters);
      const { locks } = exchange.door.service;
      const waiting = locks.poll(queuePath(kind, name), id, decodeWait(exchange, query));
      const status = await held(exchange, waiting, query.flag('abandonOnDisconnect'));
      sendStatus(exchange, status, `/v1/${kind}/${encodeURIComponent(name)}`);
    },

    async renew(exchange, { name = '', id = '' }) {
      const { locks, timeoutMs } = asked(exchange);
      const status = await locks.renew(queuePath(kind, name), id, timeoutMs);
      sendStatus(exchange, status, `/v1/${kind}/${encodeURIComponent(name)}`);
    },

    async leave(exchange, { name = '', id = '' }) {
      const { locks, timeoutMs } = asked(exchange);
      const text = exchange.headers['x-fencing-token'];
      const token = typeof text === 'string' ? zxidFrom(text, 'X-Fencing-Token') : undefined;
      const options = token === undefined ? { timeoutMs } : { timeoutMs, token };
      const meta = await locks.release(queuePath(kind, name), id, options);
      exchange.send({ status: 204, meta });
    },
  };
}

export async function showQueue(exchange: Exchange, { name = '' }: Segments): Promise<void> {
  const { locks, timeoutMs } = asked(exchange);
  const view = await locks.view(queuePath('locks', name), timeoutMs);
  exchange.sendJson(200, encodeQueue(view), { meta: view.meta });
}

export async function checkToken(exchange: Exchange, { name = '' }: Segments): Promise<void> {
  const query = exchange.query(['token', 'timeout']);
  const { service, requestTimeoutMs } = exchange.door;
  const text = query.text('token');
  if (text === undefined) throw badRequest('a fencing token is needed: add ?token=');
  const token = zxidFrom(text, 'token');
  const timeoutMs = decodeTimeout(query, requestTimeoutMs);
  const meta = await service.locks.check(queuePath('locks', name), token, timeoutMs);
  exchange.send({ status: 204, meta });
}

/** Of a route that takes no other parameter than `timeout`. */
export function asked(exchange: Exchange): {
  readonly locks: Exchange['door']['service']['locks'];
  readonly timeoutMs: number;
} {
  const { service, requestTimeoutMs } = exchange.door;
  return {
    locks: service.locks,
    timeoutMs: decodeTimeout(exchange.query(['timeout']), requestTimeoutMs),
  };
}

export function sendStatus(exchange: Exchange, status: LockStatus, base: string): void {
  const isGranted = status.state === 'granted';
  const headers = [...noStore];
  if (!isGranted) headers.push('Location', `${base}/${status.lockId}`);
  exchange.sendJson(isGranted ? 200 : 202, encodeStatus(status), { headers, meta: status.meta });
}

function decodeWait(exchange: Exchange, query: Query): LockWaitOptions {
  const { service, requestTimeoutMs } = exchange.door;
  const range = { minMs: 0, maxMs: service.limits.lockWaitMsMax };
  return {
    waitMs: query.durationMs('wait', range) ?? 0,
    timeoutMs: decodeTimeout(query, requestTimeoutMs),
  };
}

export function refuseIdempotencyKey(exchange: Exchange): void {
  if (exchange.headers['idempotency-key'] === undefined) return;
  throw badRequest('no Idempotency-Key here: choose the lockId yourself, and send the same again');
}

/** The same lockId finds the same place: what is not known may be asked for again. */
function safeToRepeat(error: unknown): unknown {
  const problem = problemOf(error);
  if (problem?.code !== 'timeout' && problem?.code !== 'connectionLoss') return error;
  return new Problem(problem.code, problem.message, { ...problem.fields, retryable: true });
}
