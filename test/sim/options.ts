import {
  defaultZabLimits,
  defaultZabTimers,
  type ZabLimits,
  type ZabTimers,
} from '../../src/zab/options.ts';
import type { DiskOptions } from './disk.ts';
import type { NetworkOptions } from './network.ts';
import type { Prng } from './prng.ts';

/** Random faults: the mean time between two of a kind; Infinity for never. */
export interface FaultRates {
  readonly crashMs: number;
  readonly downMsMax: number;
  readonly powerLossMs: number;
  readonly partitionMs: number;
  readonly partitionMsMax: number;
  readonly slowLinkMs: number;
  readonly slowDiskMs: number;
  readonly diskFailureMs: number;
  readonly pauseMs: number;
  readonly pauseMsMax: number;
  readonly wipeMs: number;
}

/** How likely a crash is at each of the places where crashes are worth most (brief C4). */
export interface CrashPoints {
  readonly afterPromise: number;
  readonly afterLeaderWord: number;
  readonly afterProposal: number;
  readonly beforeDurable: number;
  readonly afterDurable: number;
  readonly atEstablishment: number;
  readonly atFirstCommit: number;
  /** Of the membership: proposed, on one disk, committed, marked, told to whoever goes. In seeds that change it. */
  readonly atChange?: number;
  /** The peer is cut off instead, this often. */
  readonly isolateInstead: number;
  /** All peers die at once instead, this often. */
  readonly powerLossInstead: number;
  /** Leaves room for the protocol to get anywhere. */
  readonly restMs: number;
}

export interface WorkloadOptions {
  readonly proposalMs: number;
  readonly burstMax: number;
  readonly barrierMs: number;
}

export interface SimulationOptions {
  readonly voters: number;
  readonly observers: number;
  readonly durationMs: number;
  /** An oracle makes any peer leader at any time, instead of the election. */
  readonly oracle: boolean;
  readonly directed: boolean;
  readonly tickMs: number;
  readonly clockDrift: number;
  readonly batchChance: number;
  readonly snapshotEvery: number;
  readonly timers: ZabTimers;
  readonly limits: ZabLimits;
  readonly network: NetworkOptions;
  readonly disk: DiskOptions;
  readonly faults: FaultRates;
  readonly crashPoints: CrashPoints;
  readonly workload: WorkloadOptions;
  /** The voters' disks were made of a copy; those of a majority only a while after the start, when they had begun empty. */
  readonly seeded?: boolean;
}

/** Swarm testing: each seed draws which faults there are and how many, so that no fault always hides another. */
export function drawOptions(random: Prng): SimulationOptions {
  const voters = random.pick([1, 3, 3, 3, 3, 3, 4, 4, 5, 5]);
  const directed = random.chance(0.6);
  return {
    voters,
    observers: random.chance(0.25) ? 1 : 0,
    durationMs: Math.round(random.between(8_000, 24_000)),
    oracle: voters > 1 && random.chance(0.4),
    directed,
    tickMs: 20,
    clockDrift: random.pick([0, 0, 0.05]),
    batchChance: random.pick([0, 0.1, 0.5]),
    snapshotEvery: random.pick([10, 50, 400, 1_000_000]),
    timers: drawTimers(random),
    limits: drawLimits(random),
    network: drawNetwork(random),
    disk: drawDisk(random),
    faults: drawFaults(random, directed),
    crashPoints: drawCrashPoints(random, directed),
    workload: {
      proposalMs: random.pick([3, 20, 100]),
      burstMax: random.pick([1, 1, 5, 40]),
      barrierMs: random.pick([20, 200]),
    },
  };
}

function drawTimers(random: Prng): ZabTimers {
  return {
    ...defaultZabTimers,
    syncLimit: random.pick([15, 25, 50]),
    initLimit: random.pick([50, 100, 250]),
    inflationPause: random.pick([100, 500, 3_000]),
  };
}

function drawLimits(random: Prng): ZabLimits {
  return {
    ...defaultZabLimits,
    // A few entries: what is longer comes in parts, what is not at once.
    historyPartBytesMax: 1_000,
    proposalsInFlightMax: random.pick([3, 50, 20_000]),
    unackedPerLearnerMax: random.pick([60, 50_000, 50_000]),
    diffEntriesMax: random.pick([5, 200_000]),
  };
}

function drawNetwork(random: Prng): NetworkOptions {
  const delayMsMin = random.pick([0.05, 0.2, 2]);
  return {
    delayMsMin,
    delayMsMax: delayMsMin * random.pick([1.5, 4, 20]),
    notificationLoss: random.pick([0, 0, 0.1, 0.3]),
    notificationCopy: random.pick([0, 0.1, 0.5]),
    crashCutsStreams: random.pick([0, 0.2, 1]),
  };
}

function drawDisk(random: Prng): DiskOptions {
  const fsyncMsMin = random.pick([0.1, 1, 5]);
  return {
    fsyncMsMin,
    fsyncMsMax: fsyncMsMin * random.pick([1.5, 5, 30]),
    crashKeepsBatch: random.pick([0, 0.5, 1]),
  };
}

function drawFaults(random: Prng, directed: boolean): FaultRates {
  // Where crashes are directed, random ones come rarer: they would only end what was being steered towards.
  const rare = directed ? 4 : 1;
  const perhaps = (probability: number, low: number, high: number): number =>
    random.chance(probability) ? Math.round(random.between(low, high)) : Number.POSITIVE_INFINITY;
  return {
    crashMs: perhaps(0.8, 300 * rare, 4_000 * rare),
    downMsMax: random.pick([50, 500, 3_000]),
    powerLossMs: perhaps(0.2, 2_000, 10_000),
    partitionMs: perhaps(0.7, 500, 5_000),
    partitionMsMax: random.pick([200, 1_000, 4_000]),
    slowLinkMs: perhaps(0.3, 500, 5_000),
    slowDiskMs: perhaps(0.3, 500, 5_000),
    diskFailureMs: perhaps(0.2, 2_000, 8_000),
    pauseMs: perhaps(0.3, 500, 5_000),
    pauseMsMax: random.pick([100, 800, 3_000]),
    wipeMs: perhaps(0.2, 3_000, 10_000),
  };
}

function drawCrashPoints(random: Prng, directed: boolean): CrashPoints {
  const probability = (): number => (directed ? random.pick([0, 0, 0.01, 0.05, 0.3]) : 0);
  return {
    afterPromise: probability(),
    afterLeaderWord: probability(),
    afterProposal: probability() / 5,
    beforeDurable: probability() / 3,
    afterDurable: probability() / 3,
    atEstablishment: probability(),
    atFirstCommit: probability(),
    isolateInstead: random.pick([0, 0.3]),
    powerLossInstead: random.pick([0, 0, 0.2]),
    restMs: random.pick([50, 300, 1_500]),
  };
}
