import type { SessionId } from '../../../src/model/ids.ts';
import type { AcquireLockRequest, TreeOp, StateRequest } from '../../../src/model/request.ts';
import { type Zxid } from '../../../src/model/zxid.ts';
import type { StateMachine } from '../../../src/state/state-machine.ts';
import { path } from '../model/requests.ts';
import { bytes, Leader, openSession, sessionId, sha256 } from './leader.ts';

/** The queue that the tests of locks play on. */
export const queue = path('/locks/q');
export const me = sessionId(1);
export const other = sessionId(2);

/** The id of a contender. */
export function keyOf(lock: number): string {
  return lock.toString(16).padStart(32, '0');
}

export function acquire(lock: number, more: Partial<AcquireLockRequest> = {}): AcquireLockRequest {
  return {
    kind: 'acquireLock',
    queue,
    contender: keyOf(lock),
    mode: 'exclusive',
    data: bytes(''),
    tryOnly: false,
    ...more,
  };
}

export function ownSession(lock: number): Required<AcquireLockRequest>['ownSession'] {
  return { session: sessionId(1_000 + lock), timeoutMs: 5_000, secretHash: sha256(bytes('s')) };
}

export function release(lock: number, token?: Zxid): StateRequest {
  const request = {
    kind: 'releaseLock',
    queue,
    contender: keyOf(lock),
    ownSession: sessionId(1_000 + lock),
  } as const;
  return token === undefined ? request : { ...request, token };
}

export function guard(token: Zxid): TreeOp {
  return { op: 'checkLock', path: queue, token };
}

export function holdersOf(machine: StateMachine): string[] {
  const found = machine.lockQueue(queue);
  return (found?.contenders ?? []).slice(0, found?.holders).map(({ key = '' }) => key);
}

export function leaderWith(...sessions: SessionId[]): Leader {
  const leader = new Leader();
  for (const session of sessions) leader.write(openSession(session));
  return leader;
}
