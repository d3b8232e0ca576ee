import type { ServerId } from '../../src/model/ids.ts';
import type { ServerLine } from '../../src/model/server-line.ts';
import type { ServerTuning } from '../../src/server/tuning.ts';
import type { ZabLimits, ZabTimers } from '../../src/zab/options.ts';
import type { Costs } from './costs.ts';
import type { AttachedKind } from './network.ts';

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
