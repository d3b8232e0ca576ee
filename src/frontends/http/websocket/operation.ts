import type { z } from 'zod';
import type { Refusal } from '../../../model/error-code.ts';
import type { AnswerMeta, Caller } from '../../../service/call.ts';
import type { RequestKind } from '../../../service/pipeline.ts';
import type { Outlet } from '../../../service/watching.ts';
import type { EventForm } from '../documents/event-document.ts';
import type { Connection } from '../exchange/connection.ts';
import type { HttpDoor } from '../exchange/door.ts';
import type { Room } from '../exchange/room.ts';
import type { SizedDocument } from '../exchange/large-answer.ts';
import type { Problem } from '../exchange/problem.ts';

/** What a request comes to that is not refused: a document, or one that may be large and is not made yet. */
export type Answered = AnswerFields & ({ readonly ok: object } | { readonly sized: SizedDocument });

interface AnswerFields {
  /** How the peer stood when it answered; taken from the service when it is left away. */
  readonly meta?: AnswerMeta;
  /** What was made for it before it was read. */
  readonly room?: Room;
  /** True when an idempotency key found an earlier answer. */
  readonly isReplay?: boolean;
  /** Runs once the answer is sent, before anything else is. */
  readonly after?: () => void;
}

/** Answers a request, once. */
export type Done = (answer: Answered | Problem) => void;

/** What an operation may use of its socket. */
export interface SocketContext {
  readonly door: HttpDoor;
  caller(): Caller;
  /** Says whom the socket speaks for from here on. */
  become(caller: Caller, sessionTimeoutMs: number | undefined): void;
  isFirst(): boolean;
  outlet(): Outlet;
  /** Takes the name for a stream of events; throws a `Problem`. `stop` ends it when its client does. */
  claim(tag: number, form: EventForm, stop: () => void): void;
  /** Ends what `claim` began; false when there was none. */
  release(tag: number): boolean;
  event(tag: number, document: SizedDocument): boolean;
  /** Tells what `claim` began that nothing comes any more, and why; the name is free again. */
  refuseEvents(tag: number, refusal: Refusal): void;
  /**
   * Has `run` called when the socket closes; what it gives takes that back. So does `whenDrained`, for when it takes
   * more again.
   */
  whenClosed(run: () => void): () => void;
  whenDrained(run: () => void): () => void;
  /**
   * Calls `read` once it is this request's turn to be answered, its client has taken what came before, and there is room
   * for an answer of so many bytes: what is large is read no sooner. Never, when the socket closes.
   */
  withRoom(order: number, bytes: number, read: (room: Room) => void): void;
  readonly connection: Connection;
}

/** A request whose fields passed the schema of its operation. */
export interface SocketRequest<Body> {
  readonly id: number;
  /** Its place among the requests of its socket. */
  readonly order: number;
  readonly body: Body;
  readonly timeoutMs: number;
}

/** Says what the fields of an `op` are and what carries it out. */
export interface Operation<Schema extends z.ZodType = z.ZodType> {
  /** `detached`: may wait for long, and holds up nothing. */
  readonly kind: RequestKind | 'detached';
  readonly changesState: boolean;
  readonly schema: Schema;
  /** Carries it out; what it throws is its answer. */
  run(context: SocketContext, request: SocketRequest<z.output<Schema>>, done: Done): void;
}

/** Infers the types of an operation from its schema. */
export function operation<Schema extends z.ZodType>(
  described: Operation<Schema>,
): Operation<Schema> {
  return described;
}
