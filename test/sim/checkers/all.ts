import type { Ghost } from '../ghost.ts';
import type { Checker } from '../node-view.ts';
import { commitOrder } from './commit-order.ts';
import { durableBeforeSend } from './durable-before-send.ts';
import { epochsRise } from './epochs.ts';
import { handOver } from './hand-over.ts';
import { logShape } from './log-shape.ts';
import { oneEnsemble } from './one-ensemble.ts';
import { oneLeaderPerEpoch } from './one-leader-per-epoch.ts';
import { prefixConsistency } from './prefix-consistency.ts';
import { primaryOrder } from './primary-order.ts';

export function coreCheckers(ghost: Ghost): readonly Checker[] {
  return [
    oneEnsemble(ghost),
    oneLeaderPerEpoch(ghost),
    durableBeforeSend(ghost),
    logShape(),
    commitOrder(ghost),
    prefixConsistency(ghost),
    epochsRise(),
    primaryOrder(ghost),
    handOver(ghost),
  ];
}
