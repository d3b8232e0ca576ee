// What measured costs give elsewhere: plain sums, so that they can be held against the simulator and against other machines.

/** µs that one request took, by who had to work for it. Of the threads of a process, the main one is what bounds. */
export interface RequestCost {
  /** Of a peer alone. */
  readonly aloneUs: number;
  /** Of the leader: when it was asked itself, and when another peer was. */
  readonly leaderAskedUs: number;
  readonly leaderUs: number;
  /** Of a peer that follows: when it was asked itself, and when another was. */
  readonly learnerAskedUs: number;
  readonly learnerUs: number;
  /**
   * More on the leader for each that follows, voter or observer: its part of a proposal, an ack and a commit. Nothing for
   * reads: what they share of a barrier is less the more there are in a turn.
   */
  readonly perLearnerUs: number;
  /** Requests that shared them, of three voters under the load that was measured. */
  readonly batch: number;
  /** All threads of all peers of three voters, and of the load that asked them. */
  readonly allUs: number;
  /** From the leader to each that follows, in bytes. */
  readonly bytesPerLearner: number;
}

export interface Ensemble {
  readonly voters: number;
  readonly observers: number;
}

export interface Prediction {
  readonly perSecond: number;
  readonly boundBy: 'leader' | 'learners' | 'cores';
}

const microsPerSecond = 1e6;

/** Requests a second when each peer has a machine of its own, with four cores or more, and clients are spread over all. */
export function apart(cost: RequestCost, { voters, observers }: Ensemble): Prediction {
  const peers = voters + observers;
  if (peers === 1) return { perSecond: microsPerSecond / cost.aloneUs, boundBy: 'leader' };
  const others = 1 - 1 / peers;
  // What follows costs the leader, whoever was asked.
  const followed = cost.perLearnerUs * (voters - 1 + observers);
  const leaderUs = cost.leaderAskedUs / peers + cost.leaderUs * others + followed;
  const learnerUs = cost.learnerAskedUs / peers + cost.learnerUs * others;
  return learnerUs > leaderUs
    ? { perSecond: microsPerSecond / learnerUs, boundBy: 'learners' }
    : { perSecond: microsPerSecond / leaderUs, boundBy: 'leader' };
}

/** As above, for three voters that share so many cores with the load that asks them. */
export function together(cost: RequestCost, cores: number): Prediction {
  const free = apart(cost, { voters: 3, observers: 0 });
  const perSecond = (cores * microsPerSecond) / cost.allUs;
  return perSecond < free.perSecond ? { perSecond, boundBy: 'cores' } : free;
}

export function leaderGigabits(
  { bytesPerLearner }: RequestCost,
  { voters, observers }: Ensemble,
  perSecond: number,
): number {
  return ((voters - 1 + observers) * bytesPerLearner * perSecond * 8) / 1e9;
}

/** Where the leader's others are, and the client's peer. */
export interface Placement {
  /** Round trips from the leader to each other voter. */
  readonly rttsMs: readonly number[];
  /** From the peer that is asked to the leader: 0 at the leader. */
  readonly ownRttMs: number;
  readonly fsyncMs: number;
  /** Of all turns on the way. */
  readonly cpuMs: number;
}

/**
 * A write is there and back to the leader, and there and back to the last voter that makes the quorum, whose disk works at
 * the same time as the leader's. A linearizable read is the same without disks.
 */
export function latencyMs(
  what: 'write' | 'read',
  { rttsMs, ownRttMs, fsyncMs, cpuMs }: Placement,
): number {
  const sorted = [...rttsMs].sort((a, b) => a - b);
  const quorum = Math.floor((rttsMs.length + 1) / 2) + 1;
  // The leader is one of them.
  const quorumRttMs = quorum === 1 ? 0 : (sorted[quorum - 2] ?? 0);
  return ownRttMs + quorumRttMs + (what === 'write' ? fsyncMs : 0) + cpuMs;
}
