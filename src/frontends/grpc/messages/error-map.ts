import { status } from '#grpc';
import { errorCatalogue, type ErrorCode, type Refusal } from '../../../model/error-code.ts';

// What each refusal is in gRPC. UNAVAILABLE and RESOURCE_EXHAUSTED always mean "surely not done", so that clients may
// retry them; DEADLINE_EXCEEDED alone means "perhaps done". The ErrorInfo says the same in `applied`.

/** The status of every code of the catalogue: a new code does not compile until it has one. */
export const statusOfCode = {
  noNode: status.NOT_FOUND,
  noParent: status.FAILED_PRECONDITION,
  nodeExists: status.ALREADY_EXISTS,
  notEmpty: status.FAILED_PRECONDITION,
  badVersion: status.ABORTED,
  noChildrenForEphemerals: status.FAILED_PRECONDITION,
  badArguments: status.INVALID_ARGUMENT,
  invalidAcl: status.INVALID_ARGUMENT,
  noAuth: status.PERMISSION_DENIED,
  authFailed: status.UNAUTHENTICATED,
  sessionExpired: status.FAILED_PRECONDITION,
  sessionMoved: status.ABORTED,
  tooLarge: status.RESOURCE_EXHAUSTED,
  sequenceExhausted: status.FAILED_PRECONDITION,
  keyReused: status.INVALID_ARGUMENT,
  fenced: status.ABORTED,
  lockHeld: status.FAILED_PRECONDITION,
  lockLost: status.FAILED_PRECONDITION,
  lockMixed: status.FAILED_PRECONDITION,
  cannotHandOver: status.FAILED_PRECONDITION,
  noMember: status.NOT_FOUND,
  memberExists: status.ALREADY_EXISTS,
  newConfigNoQuorum: status.FAILED_PRECONDITION,
  reconfigInProgress: status.ABORTED,
  levelTooLow: status.FAILED_PRECONDITION,
  cannotRaiseLevel: status.FAILED_PRECONDITION,
  compacted: status.OUT_OF_RANGE,
  rolledBack: status.ABORTED,
  noQuorum: status.UNAVAILABLE,
  throttled: status.RESOURCE_EXHAUSTED,
  noSpace: status.RESOURCE_EXHAUSTED,
  quotaExceeded: status.RESOURCE_EXHAUSTED,
  behind: status.UNAVAILABLE,
  connectionLoss: status.DEADLINE_EXCEEDED,
  timeout: status.DEADLINE_EXCEEDED,
  unimplemented: status.UNIMPLEMENTED,
  shuttingDown: status.UNAVAILABLE,
  internal: status.INTERNAL,
} as const satisfies Record<ErrorCode, status>;

/** Gives a code as shown in `reason`: ZooKeeper's spelling (`BADVERSION`), which ours follow. */
export function codeName(code: string): string {
  return code.toUpperCase();
}

/** Gives, for a code that passes by itself, after how long it is worth asking again: where REST sends `Retry-After`. */
export function retryAfterMs(code: ErrorCode): number | undefined {
  const passes = code === 'throttled' || statusOfCode[code] === status.UNAVAILABLE;
  return passes ? 1_000 : undefined;
}

/** A refusal with all that the catalogue knows of it. */
export interface DescribedRefusal extends Refusal {
  readonly applied: 'no' | 'unknown';
  readonly retryable: boolean;
}

export function describeRefusal(refusal: Refusal): DescribedRefusal {
  const { applied, retryable } = errorCatalogue[refusal.code];
  return { applied, retryable, ...refusal };
}

/** Gives the refusal of a read. It changes nothing, whatever became of its answer: it may always be asked again. */
export function refusedRead(refusal: Refusal): Refusal {
  const isLost = refusal.code === 'timeout' || refusal.code === 'connectionLoss';
  return { ...refusal, applied: 'no', ...(isLost && { retryable: true }) };
}

/** Gives the refusal of a write. Under an idempotency key it may be sent again even if it was perhaps done. */
export function refusedWrite(refusal: Refusal, hasIdempotencyKey: boolean): Refusal {
  const isLost = refusal.code === 'timeout' || refusal.code === 'connectionLoss';
  const isSafe = isLost && (hasIdempotencyKey || refusal.applied === 'no');
  return isSafe ? { ...refusal, retryable: true } : refusal;
}
