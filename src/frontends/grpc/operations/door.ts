import type { ReadQuery, ResultOf } from '../../../model/read.ts';
import type { MultiRequest } from '../../../model/request.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { Random } from '../../../ports/random.ts';
import type { Caller, ReadAnswer, ReadOptions, WriteAnswer } from '../../../service/call.ts';
import type { CoordinationService } from '../../../service/coordination-service.ts';
import type { Waiting } from '../../../service/locking.ts';

/** What all handlers of this door share. */
export interface Door {
  readonly service: CoordinationService;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
  /** How long an answer is waited for when the client does not say. */
  readonly requestTimeoutMs: number;
}

/** How something was asked: by a call of its own, or on a `Session` stream. */
export interface Asked {
  readonly caller: Caller;
  readonly timeoutMs: number;
}

/** A read, in the two halves around the service's part. */
export interface ReadOperation<Request, Query extends ReadQuery, Response> {
  query(request: Request, service: CoordinationService): Query;
  options(request: Request): Omit<ReadOptions, 'timeoutMs'>;
  response(answer: ReadAnswer<ResultOf<Query>>): Response;
}

/** A write, in the two halves around the service's part. */
export interface WriteOperation<Request extends { readonly idempotencyKey: string }, Response> {
  multi(request: Request): MultiRequest;
  response(answer: WriteAnswer): Response;
}

/** What is neither: sessions, locks, and questions about the peer. */
export interface OtherOperation<Request, Response> {
  ask(door: Door, request: Request, asked: Asked): Promise<Response>;
}

/** What may wait long, for a lock: the client may stop waiting. */
export interface WaitingOperation<Request, Response> {
  ask(door: Door, request: Request, asked: Asked): Waiting<Response>;
  /** Does a client that is gone give its place up? */
  abandons(request: Request): boolean;
}
