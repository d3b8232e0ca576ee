import type { RunningPeer } from '../../../src/server/running-peer.ts';
import type { ServerTuning } from '../../../src/server/tuning.ts';
import { InvariantViolated } from '../node-view.ts';

/** Places that a queue keeps, whatever is in it; beyond, one of four is taken. */
const placesKept = 1_024;

/**
 * Q1: every queue of a peer that can be looked into stays within the limit that has its name, and keeps little room
 * for what was taken out of it.
 */
export function checkQueues(who: string, peer: RunningPeer, tuning: ServerTuning): void {
  const queues = [
    ['requestsInFlightMax', peer.writes.sent, tuning.requestsInFlightMax],
    ['readsWaitingMax', peer.reads.waiting, tuning.readsWaitingMax],
    ['lockWaitsMax', peer.locks.waits.size, tuning.lockWaitsMax],
    ['watchesMax', peer.watches.watches, tuning.watchesMax],
  ] as const;
  for (const [limit, length, most] of queues) {
    if (length <= most) continue;
    throw new InvariantViolated(
      'Q1',
      `${who} holds ${String(length)} where ${limit} is ${String(most)}`,
    );
  }
  const { length, places } = peer.applier.backlog;
  if (places > Math.max(placesKept, 4 * length)) {
    throw new InvariantViolated(
      'Q1',
      `${who} keeps ${String(places)} places of a queue of ${String(length)}`,
    );
  }
}
