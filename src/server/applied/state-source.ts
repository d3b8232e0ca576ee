import { MalformedBytes } from '../../base/bytes.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Hash } from '../../ports/hash.ts';
import { UnknownSnapshotFormat } from '../../state/snapshot/snapshot-format.ts';
import type { EnsembleServerOptions } from '../options.ts';
import { StateMachine, type SnapshotRestore } from '../../state/state-machine.ts';

/** Makes states: empty, or out of a snapshot. */
export interface StateSource {
  empty(): StateMachine;
  /** Between two slices of long work. */
  soon(run: () => void): void;
}

export function stateSource(
  { limits, enforceQuota }: Pick<EnsembleServerOptions, 'limits' | 'enforceQuota'>,
  hash: Hash,
  clock: Clock,
): StateSource {
  const sha256 = (bytes: Uint8Array): Uint8Array => hash.sha256(bytes);
  return {
    empty: () => new StateMachine({ limits, enforceQuota, sha256 }),
    soon: (run) => {
      clock.soon(run);
    },
  };
}

/** Checked in one go at the end of a restore. */
const znodesPerSlice = 2_000;

/** Checks what was restored, after the last chunk and in slices. `done` gets what is wrong with it. */
export function finishRestore(
  restore: SnapshotRestore,
  states: StateSource,
  done: (complaint: string | undefined) => void,
): void {
  const slice = (): void => {
    const attempt = readingSnapshot(() => restore.finish(znodesPerSlice));
    if ('complaint' in attempt) done(attempt.complaint);
    else if (attempt.value) done(undefined);
    else states.soon(slice);
  };
  slice();
}

/** Runs what reads a snapshot; gives what is wrong with the snapshot, in words, should that be found. */
export function readingSnapshot<Value>(
  read: () => Value,
): { readonly value: Value } | { readonly complaint: string } {
  try {
    return { value: read() };
  } catch (cause) {
    if (cause instanceof MalformedBytes || cause instanceof UnknownSnapshotFormat) {
      return { complaint: cause.message };
    }
    throw cause;
  }
}
