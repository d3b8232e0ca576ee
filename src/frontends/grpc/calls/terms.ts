import type { Metadata } from '#grpc';
import type { GrpcDoor } from '../operations/door.ts';
import type { CallTerms } from '../operations/operation.ts';
import { callOf } from '../connection/counted-call.ts';
import { callerOf } from './caller.ts';

/** The parts that all kinds of calls have. */
interface AnyCall {
  readonly metadata: Metadata;
  getPeer(): string;
  getDeadline(): Date | number;
  getAuthContext(): ReturnType<Parameters<typeof callOf>[0]['getAuthContext']>;
}

export function termsOf(door: GrpcDoor, call: AnyCall): CallTerms {
  const { provesMore, caller: known, connection } = callOf(call);
  const caller = provesMore ? callerOf(call.metadata, known, door.service.identities) : known;
  connection.introductions.meet(door.service, caller);
  return { caller, timeoutMs: timeoutOf(door, call) };
}

/**
 * Our own answer says more than the client's deadline does (was it done? is there a quorum?), so it should be there first:
 * this much before, or this share of a time that is short.
 */
const beforeDeadline = { ms: 100, share: 0.1 } as const;

function timeoutOf(door: GrpcDoor, call: AnyCall): number {
  const deadline = Number(call.getDeadline());
  if (deadline === Infinity) return door.requestTimeoutMs;
  const leftMs = deadline - door.clock.wall();
  return Math.max(1, leftMs - Math.min(beforeDeadline.ms, leftMs * beforeDeadline.share));
}
