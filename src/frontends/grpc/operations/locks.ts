import type {
  AcquireLockRequest__Output,
  AcquireLockResponse,
  CheckLockRequest__Output,
  CheckLockResponse,
  GetLockRequest__Output,
  GetLockResponse,
  LockStatus as LockStatusMessage,
  PollLockRequest__Output,
  ReleaseLockRequest__Output,
  ReleaseLockResponse,
  RenewLockRequest__Output,
} from '../../../generated/quoll/v1/lock.ts';
import type { LockDialect, LockMode } from '../../../model/lock.ts';
import type { Zxid } from '../../../model/zxid.ts';
import type { LockStatus, LockWaitOptions, Waiting } from '../../../service/locking.ts';
import { knownWord, lockQueue } from '../messages/decode.ts';
import type { GrpcDoor } from './door.ts';
import type { CallTerms, OtherOperation, WaitingOperation } from './operation.ts';
import { encodeMeta } from '../messages/encode.ts';
import { badField, longOfSession, longOfZxid, zxidOf } from '../messages/numbers.ts';

/** The longest that one call may wait for a lock; the place is kept, so that one may ask again. */
const waitMsMax = 600_000;

/** The answer of all that says where a contender stands. */
export type StatusResponse = AcquireLockResponse;

export const acquireLock: WaitingOperation<AcquireLockRequest__Output, StatusResponse> = {
  ask(door, request, terms) {
    const { permits, ttlMs, lockId } = request;
    const mode = knownWord(modes, request.mode, 'mode');
    if ((mode === 'semaphore') !== permits > 0) {
      throw badField('permits', 'goes with the mode SEMAPHORE, and it needs it');
    }
    const dialect = knownWord(dialects, request.dialect, 'dialect');
    const acquire = {
      queue: lockQueue(request.name),
      mode,
      tryOnly: request.tryOnly,
      ...(lockId !== '' && { lockId }),
      ...(permits > 0 && { permits }),
      ...(dialect !== undefined && { dialect }),
      ...(ttlMs > 0 && { ttlMs }),
    };
    const options = waitOptions(request.waitMs, door, terms);
    return encodedStatus(door.service.locks.acquire(acquire, terms.caller, options));
  },
  abandons: (request) => request.abandonOnCancel,
};

export const pollLock: WaitingOperation<PollLockRequest__Output, StatusResponse> = {
  ask({ service, requestTimeoutMs }, { name, lockId, waitMs }, terms) {
    const { caller } = terms;
    const options = waitOptions(waitMs, { requestTimeoutMs }, terms);
    return encodedStatus(service.locks.poll(lockQueue(name), lockIdFrom(lockId), caller, options));
  },
  abandons: () => false,
};

export const renewLock: OtherOperation<RenewLockRequest__Output, StatusResponse> = {
  async ask({ service }, { name, lockId }, { caller, timeoutMs }) {
    const queue = lockQueue(name);
    return encodeStatus(await service.locks.renew(queue, lockIdFrom(lockId), caller, timeoutMs));
  },
};

export const releaseLock: OtherOperation<ReleaseLockRequest__Output, ReleaseLockResponse> = {
  async ask({ service }, { name, lockId, fencingToken }, { caller, timeoutMs }) {
    const queue = lockQueue(name);
    const options = releaseOptions(zxidOf(fencingToken, 'fencing_token'), timeoutMs);
    return {
      meta: encodeMeta(await service.locks.release(queue, lockIdFrom(lockId), caller, options)),
    };
  },
};

export const checkLock: OtherOperation<CheckLockRequest__Output, CheckLockResponse> = {
  async ask({ service }, { name, fencingToken }, { caller, timeoutMs }) {
    const token = zxidOf(fencingToken, 'fencing_token');
    if (token === undefined) throw badField('fencing_token', 'is needed');
    const queue = lockQueue(name);
    return { meta: encodeMeta(await service.locks.check(queue, token, caller, timeoutMs)) };
  },
};

export const getLock: OtherOperation<GetLockRequest__Output, GetLockResponse> = {
  async ask({ service }, { name }, { caller, timeoutMs }) {
    const view = await service.locks.view(lockQueue(name), caller, timeoutMs);
    return {
      path: view.queue,
      ...(view.dialect !== undefined && { dialect: dialectNames[view.dialect] }),
      contenders: view.contenders.map((contender) => ({
        path: contender.path,
        mode: modeNames[contender.mode],
        holds: contender.holds,
        ...(contender.session !== undefined && { sessionId: longOfSession(contender.session) }),
        ...(contender.token !== undefined && { token: longOfZxid(contender.token) }),
      })),
      meta: encodeMeta(view.meta),
    };
  },
};

const modes = {
  LOCK_MODE_UNSPECIFIED: 'exclusive',
  LOCK_MODE_EXCLUSIVE: 'exclusive',
  LOCK_MODE_READ: 'read',
  LOCK_MODE_WRITE: 'exclusive',
  LOCK_MODE_SEMAPHORE: 'semaphore',
} as const satisfies Record<string, LockMode>;

const modeNames = {
  exclusive: 'LOCK_MODE_EXCLUSIVE',
  read: 'LOCK_MODE_READ',
  semaphore: 'LOCK_MODE_SEMAPHORE',
} as const satisfies Record<LockMode, string>;

const dialects = {
  LOCK_DIALECT_UNSPECIFIED: undefined,
  LOCK_DIALECT_CURATOR: 'curator',
  LOCK_DIALECT_KAZOO: 'kazoo',
} as const;

const dialectNames = {
  curator: 'LOCK_DIALECT_CURATOR',
  kazoo: 'LOCK_DIALECT_KAZOO',
  foreign: 'LOCK_DIALECT_FOREIGN',
} as const satisfies Record<LockDialect, string>;

export function lockIdFrom(lockId: string): string {
  if (lockId === '') throw badField('lock_id', 'is needed');
  return lockId;
}

export function releaseOptions(
  token: Zxid | undefined,
  timeoutMs: number,
): { readonly token?: Zxid; readonly timeoutMs: number } {
  return token === undefined ? { timeoutMs } : { token, timeoutMs };
}

export function waitOptions(
  waitMs: number,
  { requestTimeoutMs }: Pick<GrpcDoor, 'requestTimeoutMs'>,
  { timeoutMs }: CallTerms,
): LockWaitOptions {
  if (waitMs > waitMsMax) {
    throw badField('wait_ms', `is at most ${String(waitMsMax)}: the place is kept, ask again`);
  }
  return { waitMs, timeoutMs: Math.min(timeoutMs, requestTimeoutMs) };
}

export function encodedStatus(waiting: Waiting<LockStatus>): Waiting<StatusResponse> {
  return {
    result: waiting.result.then(encodeStatus),
    cancel: (abandon) => {
      waiting.cancel(abandon);
    },
  };
}

export function encodeStatus(status: LockStatus): StatusResponse {
  const message: LockStatusMessage = {
    granted: status.state === 'granted',
    lockId: status.lockId,
    sessionId: longOfSession(status.session),
    path: status.path,
    mode: modeNames[status.mode],
    fencingToken: longOfZxid(status.token),
    ahead: status.ahead,
    expiresInMs: Math.max(0, Math.round(status.expiresInMs)),
  };
  return { status: message, meta: encodeMeta(status.meta) };
}
