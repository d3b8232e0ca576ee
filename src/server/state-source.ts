import type { Limits } from '../model/limits.ts';
import type { Clock } from '../ports/clock.ts';
import type { Hash } from '../ports/hash.ts';
import { StateMachine } from '../state/state-machine.ts';

/** Where states come from: empty, or out of a snapshot. */
export interface StateSource {
  empty(): StateMachine;
  /** Between two slices of long work. */
  soon(run: () => void): void;
}

export function stateSource(limits: Limits, hash: Hash, clock: Clock): StateSource {
  return {
    empty: () => new StateMachine({ limits, sha256: (bytes) => hash.sha256(bytes) }),
    soon: (run) => {
      clock.soon(run);
    },
  };
}
