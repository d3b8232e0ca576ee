import { refused, type Refusal } from '../../model/error-code.ts';
import type { Verb } from '../../model/auth.ts';
import type { Limits } from '../../model/limits.ts';
import type { ZnodePath } from '../../model/path.ts';
import type { AcquireLockRequest, RequestContext } from '../../model/request.ts';
import type { Caller } from '../../service/call.ts';
import type { LockAcquire } from '../../service/locking.ts';
import { clampSessionTimeout } from '../../service/validate.ts';
import { noClaim, type Claim, type OtherAsked } from './admission.ts';
import type { TimedAsker } from './noted-request.ts';

// What the leader is sent for a lock, and what of its refusals a client is told.

/** A place in a queue, and who asks about it. */
export interface PlaceOf {
  readonly queue: ZnodePath;
  readonly lockId: string;
  readonly caller: Caller;
}

export interface Leaving {
  readonly queue: ZnodePath;
  readonly lockId: string;
  readonly who: Claim;
  /** What the leader is told of whose wish it is. */
  readonly context: () => RequestContext;
}

/** A look at a queue. */
export interface Look {
  /** As the audit log names it. */
  readonly op: string;
  readonly queue: ZnodePath;
  readonly caller: Caller;
  /** What has to be granted; to read unless it is said. */
  readonly verb?: Verb;
}

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

/** What is asked of a queue, for figures and logs. */
export function askedOf(
  op: string,
  queue: ZnodePath,
  asker: TimedAsker,
  waitedMs?: () => number,
): OtherAsked {
  const request = { kind: 'lock', op, path: queue } as const;
  return waitedMs === undefined ? { request, asker } : { request, asker, waitedMs };
}

/** Of a session of the lock's own, when its client does not say. */
const ttlMsDefault = 30_000;

export function clampTtl(ttlMs: number | undefined, limits: Limits): number {
  const { lockTtlMsMax: sessionTimeoutMsMax } = limits;
  return clampSessionTimeout(ttlMs ?? ttlMsDefault, { ...limits, sessionTimeoutMsMax });
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

export function tooManyPlaces(): Refusal {
  const detail =
    'Too many places in queues were taken at this peer from your address. Release some, or wait until their time is over.';
  return refused('throttled', detail);
}

/** Whoever has the lockId: no session is looked at. */
export function whoHolds({ identities, validity, door, trace }: Caller): Claim {
  return validity === undefined
    ? { identities, door, trace }
    : { identities, door, trace, validity };
}

/** Whoever enters: who it is, is looked at when there is room. */
export function whoEnters({ validity }: Caller): Claim {
  return validity === undefined ? noClaim : { validity };
}
