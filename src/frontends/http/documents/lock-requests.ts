import { z } from 'zod';
import { utf8 } from '../../../base/bytes.ts';
import { semaphorePermitsMax } from '../../../model/lock.ts';
import type { LockAcquire } from '../../../service/locking.ts';
import { dataFrom, type DataBody } from './fields.ts';

// What a client asks for that wants in, by HTTP or by WebSocket.

export const placeFields = {
  lockId: z.string().optional(),
  ttlMs: z.int().min(1).optional(),
};

export const modeFields = {
  mode: z.enum(['exclusive', 'read', 'write', 'semaphore']).optional(),
  permits: z.int().min(1).max(semaphorePermitsMax).optional(),
};

export const dialects = ['curator', 'kazoo'] as const;

/** Holds what a client says of the place it wants in a queue, of locks and of elections alike. */
export interface AskedPlace {
  readonly queue: LockAcquire['queue'];
  readonly tryOnly: boolean;
  readonly lockId: string | undefined;
  readonly ttlMs: number | undefined;
  readonly dialect: LockAcquire['dialect'] | undefined;
}

/** Makes the request for a place; `wanted` is what `wantedLock` or `wantedOffice` gave. */
export function acquireRequest(
  { queue, tryOnly, lockId, ttlMs, dialect }: AskedPlace,
  wanted: Pick<LockAcquire, 'mode' | 'permits' | 'data'>,
): LockAcquire {
  return {
    queue,
    tryOnly,
    ...wanted,
    ...(lockId !== undefined && { lockId }),
    ...(ttlMs !== undefined && { ttlMs }),
    ...(dialect !== undefined && { dialect }),
  };
}

/** Gives the mode of a lock: a write lock is an exclusive one. */
export function wantedLock({
  mode = 'exclusive',
  permits,
}: AskedMode): Pick<LockAcquire, 'mode' | 'permits'> {
  const known = mode === 'write' ? 'exclusive' : mode;
  return permits === undefined ? { mode: known } : { mode: known, permits };
}

type AskedMode = z.output<z.ZodObject<typeof modeFields>>;

/** Gives the proposal of a candidate in an election. */
export function wantedOffice(body: DataBody, where: string): Pick<LockAcquire, 'mode' | 'data'> {
  return { mode: 'exclusive', data: dataFrom(body, where) ?? utf8('') };
}
