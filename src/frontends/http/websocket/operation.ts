import type { z } from 'zod';
import type { AnswerMeta, Caller } from '../../../service/call.ts';
import type { RequestKind } from '../../../service/pipeline.ts';
import type { Outlet } from '../../../service/watching.ts';
import type { EventDocument, EventForm } from '../documents/event-document.ts';
import type { HttpDoor } from '../exchange/door.ts';
import type { Problem } from '../exchange/problem.ts';

/** What a request comes to. */
export interface Answered {
  readonly ok: object;
  /** Taken from the service when it is left away. */
  readonly meta?: AnswerMeta;
  /** An idempotency key found an earlier answer. */
  readonly isReplay?: boolean;
  /** Runs once the answer is sent, before anything else is. */
  readonly after?: () => void;
}

export type Done = (answer: Answered | Problem) => void;

/** What an operation may use of its socket. */
export interface SocketContext {
  readonly door: HttpDoor;
  caller(): Caller;
  /** Whom the socket speaks for from here on. */
  become(caller: Caller, sessionTimeoutMs: number | undefined): void;
  isFirst(): boolean;
  outlet(): Outlet;
  /** Takes the name for a stream of events; throws a `Problem`. `stop` ends it when its client does. */
  claim(tag: number, form: EventForm, stop: () => void): void;
  /** Gives it back; false when there was none. */
  release(tag: number): boolean;
  event(tag: number, document: EventDocument): boolean;
  /** Run when the socket closes, or takes more again; what they give takes it back. */
  whenClosed(run: () => void): () => void;
  whenDrained(run: () => void): () => void;
  readonly remoteAddress: string | undefined;
}

export interface SocketRequest<Body> {
  readonly id: number;
  readonly body: Body;
  readonly timeoutMs: number;
}

export interface Operation<Schema extends z.ZodType = z.ZodType> {
  /** `detached`: may wait for long, and holds up nothing. */
  readonly kind: RequestKind | 'detached';
  readonly changesState: boolean;
  readonly schema: Schema;
  /** What it throws is its answer. */
  run(context: SocketContext, request: SocketRequest<z.output<Schema>>, done: Done): void;
}

export function operation<Schema extends z.ZodType>(
  described: Operation<Schema>,
): Operation<Schema> {
  return described;
}
