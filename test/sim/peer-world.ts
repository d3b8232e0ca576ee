import type { ServerId } from '../../src/model/ids.ts';
import type { ServerLine } from '../../src/model/server-line.ts';
import type { ServerTuning } from '../../src/server/tuning.ts';
import type { ZabLimits, ZabTimers } from '../../src/zab/options.ts';
import type { NeedlessEnds } from './checkers/needless-ends.ts';
import type { TurnFigures } from './checkers/turn-bound.ts';
import type { Costs } from './costs.ts';
import type { AttachedKind, SimulatedNetwork } from './network.ts';
import type { PeerNode } from './peer-node.ts';
import type { Prng } from './prng.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';
import type { Watcher } from './watch.ts';

export interface PeerNodeOptions {
  readonly id: ServerId;
  readonly role: 'participant' | 'observer';
  readonly configuredVoters: readonly ServerId[];
  readonly memberLines?: readonly ServerLine[];
  readonly tickMs: number;
  readonly clockRate: number;
  readonly timers: ZabTimers;
  readonly limits: ZabLimits;
  readonly tuning: ServerTuning;
  readonly fsyncMsMin: number;
  readonly fsyncMsMax: number;
  readonly costs: Costs;
  /** A twin is not reached under the address of its id. */
  readonly attachedAs?: AttachedKind;
}

export interface PeerNodeWorld {
  readonly scheduler: Scheduler;
  readonly network: SimulatedNetwork;
  readonly random: Prng;
  /** Of sockets that a process comes to after it stood still. */
  readonly readingOrder: Prng;
  readonly trace: Trace;
  readonly watcher: Watcher;
  /** A rule was broken inside a peer; the simulation must end. */
  readonly fail: (cause: unknown) => void;
  electionMode: 'fast' | 'forced';
  /** Of disks. */
  readonly damages: Prng;
  readonly needlessEnds: NeedlessEnds;
  readonly turnFigures: TurnFigures;
  /** It is about to start from what its disk holds. */
  readonly starts?: (node: PeerNode) => void;
  /** A snapshot of its own state leaves. */
  readonly lends?: (node: PeerNode) => void;
  /** It has stopped by itself: it has a twin, or its state is not that of others. */
  readonly stopped: (node: PeerNode, cause: unknown) => void;
  /** It has stopped by itself: it is no member any more. */
  readonly retired: (node: PeerNode) => void;
  /** A peer has counted something in its metrics. */
  readonly counted?: (node: PeerNode, name: string) => void;
}
