import { newestLevel } from '../../model/level.ts';
import { levelOf } from '../../model/membership.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { ZabCore } from '../../zab/ready.ts';
import type { ClusterReporting } from './cluster-reporting.ts';
import type { EnsembleTime } from '../ensemble-time.ts';
import type { Applier } from '../applied/applier.ts';
import type { WritePath } from '../requests/write-path.ts';
import type { Locks } from '../locks/locks.ts';
import type { ReadPath } from '../requests/read-path.ts';
import type { AddressDemands } from '../../service/budget/address-demands.ts';
import type { Budget } from '../../service/budget/budget.ts';
import type { WatchHub } from '../watch/watch-hub.ts';
import { budgetKinds } from '../../model/budget.ts';

interface Gauged {
  readonly zab: ZabCore;
  readonly applier: Applier;
  readonly writes: WritePath;
  readonly reads: ReadPath;
  readonly locks: Locks;
  readonly watches: WatchHub;
  readonly time: EnsembleTime;
  readonly reporting: Pick<ClusterReporting, 'mismatch' | 'votersUp'>;
}

/** Sets the gauges: what is looked at from time to time rather than counted as it happens. */
export function setGauges(peer: Gauged, metrics: Metrics): void {
  const { status } = peer.zab;
  const { counts } = peer.applier.state;
  const isLeader = status.isServing && status.role === 'leading';
  metrics.gauge('has_quorum', status.isServing ? 1 : 0);
  metrics.gauge('is_leader', isLeader ? 1 : 0);
  metrics.gauge('voter', status.isVoter ? 1 : 0);
  metrics.gauge('voters', peer.applier.membership?.voters.length ?? 0);
  const { withoutVote, withoutLine } = peer.reporting.mismatch;
  metrics.gauge('config_mismatches', withoutVote.length + withoutLine.length);
  metrics.gauge('voters_up', peer.reporting.votersUp());
  metrics.gauge('level', levelOf(peer.applier.membership));
  metrics.gauge('newest_level', newestLevel);
  metrics.gauge('epoch', status.epoch);
  metrics.gauge('last_applied_txn', peer.applier.applied.counter);
  metrics.gauge('last_logged_txn', status.lastLogged.counter);
  metrics.gauge('proposals_in_flight', isLeader ? counts.pending : 0);
  metrics.gauge('forwarded_in_flight', peer.writes.sent);
  metrics.gauge('reads_waiting', peer.reads.waiting);
  metrics.gauge('locks_waiting', peer.locks.waits.size);
  metrics.gauge('znodes', counts.znodes);
  metrics.gauge('ephemerals', counts.ephemerals);
  metrics.gauge('data_bytes', counts.dataBytes);
  metrics.gauge('state_bytes', counts.stateBytes);
  metrics.gauge('sessions', counts.sessions);
  metrics.gauge('watches', peer.watches.watches);
  let furthestMs = 0;
  for (const [, offMs] of peer.time.distances()) {
    furthestMs = Math.max(furthestMs, Math.abs(offMs));
  }
  metrics.gauge('clock_off_ms', isLeader ? peer.time.ownOffMs : 0);
  metrics.gauge('clocks_off_max_ms', isLeader ? furthestMs : 0);
}

/** Tells what clients of this peer make it keep, and who asks for much. */
export function setClientGauges(
  { budget, demands }: { readonly budget?: Budget; readonly demands?: AddressDemands },
  metrics: Metrics,
): void {
  if (budget !== undefined) setBudgetGauges(budget, metrics);
  if (demands !== undefined) setDemandGauges(demands, metrics);
}

/** Sets what is kept for clients of this peer; the limits are those of the configuration. */
function setBudgetGauges(budget: Budget, metrics: Metrics): void {
  metrics.gauge('budget_owed_bytes', budget.inUse('owedBytes'));
  metrics.gauge('budget_received_bytes', budget.inUse('receivedBytes'));
  metrics.gauge('budget_held_requests', budget.inUse('heldRequests'));
  metrics.gauge('budget_sessions', budget.inUse('sessions'));
  metrics.gauge('budget_queue_places', budget.inUse('queuePlaces'));
  metrics.gauge('budget_watches', budget.inUse('watches'));
  metrics.gauge('budget_copies', budget.inUse('copies'));
  metrics.gauge('budget_holders', budget.holders);
  for (const kind of budgetKinds) {
    metrics.gauge('budget_used_ratio', budget.inUse(kind) / budget.limits[kind].all, kind);
  }
}

/** What stood back is counted since this was told last. */
function setDemandGauges(demands: AddressDemands, metrics: Metrics): void {
  metrics.gauge('demanding_addresses', demands.large);
  const stoodBack = demands.takeStoodBack();
  if (stoodBack > 0) metrics.count('requests_stood_back', stoodBack);
}
