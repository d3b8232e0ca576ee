import { refused, type Refusal } from '../../model/error-code.ts';
import type { AcquireLockRequest } from '../../model/request.ts';
import type { LockAcquire } from '../../service/locking.ts';

// What the leader is sent for a lock, and what of its refusals a client is told.

export type OwnSession = NonNullable<AcquireLockRequest['ownSession']>;

export function acquireRequest(
  { queue, mode, permits, dialect, data, tryOnly }: LockAcquire,
  contender: string,
  ownSession: OwnSession | undefined,
): AcquireLockRequest {
  return {
    kind: 'acquireLock',
    queue,
    contender,
    mode,
    tryOnly,
    data: data ?? new Uint8Array(0),
    ...(permits === undefined ? {} : { permits }),
    ...(dialect === undefined ? {} : { dialect }),
    ...(ownSession === undefined ? {} : { ownSession }),
  };
}

/** The ops are ours: their numbers would tell the client nothing. */
export function withoutIndex({ code, detail, ...more }: Refusal): Refusal {
  const { path, limit, actual, applied, retryable } = more;
  return refused(code, detail, {
    ...(path === undefined ? {} : { path }),
    ...(limit === undefined ? {} : { limit }),
    ...(actual === undefined ? {} : { actual }),
    ...(applied === undefined ? {} : { applied }),
    ...(retryable === undefined ? {} : { retryable }),
  });
}
