import { refused } from '../../../model/error-code.ts';
import type { ReadQuery, ResultOf } from '../../../model/read.ts';
import type { MultiRequest } from '../../../model/request.ts';
import type {
  Caller,
  ReadAnswer,
  ReadOptions,
  WriteAnswer,
  WriteOptions,
} from '../../../service/call.ts';
import type { CoordinationService } from '../../../service/coordination-service.ts';
import type { Waiting } from '../../../service/locking.ts';
import { ServiceError } from '../../../service/service-error.ts';
import type { GrpcDoor } from './door.ts';

/** How something was asked, by a call of its own or on a `Session` stream: on whose behalf, and for how long. */
export interface CallTerms {
  readonly caller: Caller;
  readonly timeoutMs: number;
}

/** A read, in the two halves around the service's part. */
export interface ReadOperation<Request, Query extends ReadQuery, Response> {
  query(request: Request, service: CoordinationService): Query;
  options(request: Request): Omit<ReadOptions, 'timeoutMs'>;
  response(answer: ReadAnswer<ResultOf<Query>>): Response;
  /** Gives the response encoded: for those that there are most of, without the message. */
  bytes?(answer: ReadAnswer<ResultOf<Query>>): Buffer;
}

/** A write, in the two halves around the service's part. */
export interface WriteOperation<Request extends { readonly idempotencyKey: string }, Response> {
  multi(request: Request): MultiRequest;
  response(answer: WriteAnswer): Response;
  /** As that of a read. */
  bytes?(answer: WriteAnswer): Buffer;
}

/** An operation that is neither read nor write: of sessions, locks, and questions about the peer. */
export interface OtherOperation<Request, Response> {
  ask(door: GrpcDoor, request: Request, terms: CallTerms): Promise<Response>;
}

/** An operation that may wait long, for a lock: the client may stop waiting. */
export interface WaitingOperation<Request, Response> {
  ask(door: GrpcDoor, request: Request, terms: CallTerms): Waiting<Response>;
  /** Does a client that is gone give its place up? */
  abandons(request: Request): boolean;
}

/** Refuses the consistency SESSION to whom has no session. Throws a `ServiceError`. */
export function checkSession(
  { consistency }: Pick<ReadOptions, 'consistency'>,
  { credential }: Caller,
): void {
  if (consistency !== 'session' || credential !== undefined) return;
  const detail =
    'the consistency SESSION needs a session: send x-session-id and x-session-secret, or use min_zxid';
  throw new ServiceError(refused('badArguments', detail));
}

/** Gives the options of a write; an empty key is none. Throws a `ServiceError`. */
export function writeOptions(idempotencyKey: string, timeoutMs: number): WriteOptions {
  if (idempotencyKey === '') return { timeoutMs };
  if (/^[\x21-\x7e]+$/.test(idempotencyKey)) return { timeoutMs, idempotencyKey };
  const detail = 'idempotency_key must be printable ASCII without spaces: a fresh random UUID does';
  throw new ServiceError(refused('badArguments', detail));
}
