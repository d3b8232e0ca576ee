import type { Refusal } from '../../src/model/error-code.ts';
import { parsePath, type ZnodePath } from '../../src/model/path.ts';
import type { EnsembleServer } from '../../src/server/ensemble-server.ts';
import { ServiceError } from '../../src/service/service-error.ts';
import type { PeerNode } from './peer-node.ts';
import type { Scheduler } from './scheduler.ts';

// How clients of the whole-peer ring ask, and what they are told.

export const requestTimeoutMs = 1_500;

export function path(text: string): ZnodePath {
  const parsed = parsePath(text);
  if (typeof parsed !== 'string') throw new Error(parsed.complaint);
  return parsed;
}

export type Outcome<Value> =
  | { readonly told: 'done'; readonly value: Value }
  | { readonly told: 'refused'; readonly refusal: Refusal }
  /** No answer, or an answer that says that nobody knows. */
  | { readonly told: 'unknown' };

/**
 * An answer, or none in time: the peer died, or the answer never came. What is asked on one lane is taken in in the order
 * in which it was asked.
 */
export function ask<Value>(
  scheduler: Scheduler,
  node: PeerNode,
  call: (server: EnsembleServer) => Promise<Value>,
  lane?: unknown,
): Promise<Outcome<Value>> {
  return new Promise((resolve) => {
    const deadline = scheduler.after(2 * requestTimeoutMs, () => {
      resolve({ told: 'unknown' });
    });
    node.turn((server) => {
      call(server).then(
        (value) => {
          deadline.cancel();
          resolve({ told: 'done', value });
        },
        (error: unknown) => {
          if (!(error instanceof ServiceError)) throw error;
          deadline.cancel();
          resolve(toldBy(error.refusal));
        },
      );
    }, lane);
  });
}

export function sleep(scheduler: Scheduler, ms: number): Promise<void> {
  return new Promise((resolve) => {
    scheduler.after(ms, resolve);
  });
}

function toldBy(refusal: Refusal): { told: 'refused'; refusal: Refusal } | { told: 'unknown' } {
  return isUnknown(refusal) ? { told: 'unknown' } : { told: 'refused', refusal };
}

function isUnknown({ code, applied }: Refusal): boolean {
  if (applied !== undefined) return applied === 'unknown';
  return code === 'connectionLoss' || code === 'timeout' || code === 'internal';
}
