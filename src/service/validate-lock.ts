import { refused, type Refusal } from '../model/error-code.ts';
import type { Limits } from '../model/limits.ts';
import { semaphorePermitsMax } from '../model/lock.ts';
import type { ZnodePath } from '../model/path.ts';
import { lockIdRule, parseLockId } from './lock-id.ts';
import type { LockAcquire, LockWaitOptions } from './locking.ts';
import { validateData, validatePath, validateQueue, validateTimeout } from './validate.ts';

/** Checks what a client asks of a lock. Undefined when it may be sent on. `hasSession`: the caller brings a session. */
export function validateAcquire(
  request: LockAcquire,
  hasSession: boolean,
  limits: Limits,
): Refusal | undefined {
  const { queue, lockId, data } = request;
  return (
    validateLockQueue(queue, limits) ??
    (lockId === undefined ? undefined : validateLockId(lockId)) ??
    (data === undefined ? undefined : validateData(queue, data, limits)) ??
    validateMode(request) ??
    validateTtl(request, hasSession, limits)
  );
}

export function validateLockQueue(queue: ZnodePath, limits: Limits): Refusal | undefined {
  return validatePath(queue, limits) ?? validateQueue(queue);
}

export function validateLockId(lockId: string): Refusal | undefined {
  return parseLockId(lockId) === undefined ? refused('badArguments', `${lockIdRule}.`) : undefined;
}

export function validateWait(
  { waitMs, timeoutMs }: LockWaitOptions,
  { lockWaitMsMax }: Limits,
): Refusal | undefined {
  if (Number.isFinite(waitMs) && waitMs >= 0 && waitMs <= lockWaitMsMax) {
    return validateTimeout(timeoutMs);
  }
  return refused('badArguments', `A wait is 0 to ${String(lockWaitMsMax)} milliseconds long.`, {
    limit: lockWaitMsMax,
    actual: waitMs,
  });
}

function validateMode({ mode, permits, dialect }: LockAcquire): Refusal | undefined {
  if ((mode === 'semaphore') !== (permits !== undefined)) {
    return refused('badArguments', 'permits and the mode semaphore go together.');
  }
  const inRange =
    permits === undefined ||
    (Number.isInteger(permits) && permits >= 1 && permits <= semaphorePermitsMax);
  if (!inRange) {
    return refused('badArguments', `permits is 1 to ${String(semaphorePermitsMax)}.`, {
      limit: semaphorePermitsMax,
      actual: permits,
    });
  }
  if (mode !== 'semaphore' || dialect !== 'kazoo') return undefined;
  return refused(
    'badArguments',
    'Semaphores have no dialect: they do not mix with those of others.',
  );
}

function validateTtl(
  { ttlMs }: LockAcquire,
  hasSession: boolean,
  { lockTtlMsMax }: Limits,
): Refusal | undefined {
  if (ttlMs === undefined) return undefined;
  if (hasSession) {
    return refused('badArguments', 'ttlMs is that of a session of its own: this lock has yours.');
  }
  if (Number.isInteger(ttlMs) && ttlMs >= 1 && ttlMs <= lockTtlMsMax) return undefined;
  return refused('badArguments', `ttlMs is a whole number from 1 to ${String(lockTtlMsMax)}.`, {
    limit: lockTtlMsMax,
    actual: ttlMs,
  });
}
