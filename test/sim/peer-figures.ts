import type { CachingFigures } from './caching-clients.ts';
import type { TurnFigures } from './checkers/turn-bound.ts';
import type { CrowdFigures } from './crowd-clients.ts';
import type { FaultFigures } from './faults.ts';
import type { SimulationOptions } from './options.ts';
import type { WatchFigures } from './watchers.ts';

export interface PeerFigures
  extends FaultFigures, WatchFigures, CachingFigures, CrowdFigures, TurnFigures {
  readonly simulatedMs: number;
  readonly events: number;
  readonly elections: number;
  readonly epochs: number;
  readonly snapshotsSent: number;
  readonly truncations: number;
  readonly readmissions: number;
  readonly handOvers: number;
  readonly commits: number;
  /** Of clients. */
  readonly answers: number;
  readonly unknown: number;
  readonly sessionsExpired: number;
  readonly sessionsClosed: number;
  /** Touched with success later than their timeout after they were opened. */
  readonly sessionsOutlivingTimeout: number;
  readonly lockHolders: number;
  /** Contenders that held after they had waited. */
  readonly lockSuccessions: number;
  readonly guardedWrites: number;
  /** As clients were told. */
  readonly locksGranted: number;
  readonly locksLost: number;
  /** Of SessionClients: writes in a row, values and errors that were told, answers under a key. */
  readonly pipelined: number;
  readonly valuesSeen: number;
  readonly errorsSeen: number;
  readonly keyedAnswers: number;
  readonly ttlsReaped: number;
  readonly containersReaped: number;
  readonly changes: number;
  readonly changesRefused: number;
  readonly removed: number;
  readonly convergedAfterMs: number;
}

export interface PeerResult {
  readonly ring: 'peer';
  readonly seed: number;
  readonly options: SimulationOptions;
  readonly figures: PeerFigures;
  readonly hash: string;
  readonly failure: { readonly error: Error; readonly lastEvents: readonly string[] } | undefined;
}
