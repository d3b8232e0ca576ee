import { availableParallelism } from 'node:os';
import type { Bench, BenchmarkOptions } from '../benchmark.ts';
import { startQuoll, startRival, type RunningService } from '../services.ts';
import { measureSample, type Sample, type Timing } from './contest.ts';
import { missingPackages, rivalNames } from './installed.ts';
import type { Concurrency, Pair } from './works.ts';

/** One of those that are compared at a work: gives what it did in so long. */
export type Side = (timing: Timing, round: number) => Promise<Sample>;

/** `services`: all that run. */
export function sideOf(
  pair: Pair,
  service: RunningService,
  services: readonly RunningService[],
): Side {
  const cores = availableParallelism();
  return (timing, round) => {
    const load = { ...pair, service, services, cores };
    return measureSample({ ...load, round: `${pair.work.name}-${String(round)}` }, timing);
  };
}

/** A B A B: what changes on the machine in the meantime comes to all alike. Gives the samples of each side. */
export async function inTurns(
  sides: readonly Side[],
  { rounds, timing }: { readonly rounds: number; readonly timing: Timing },
): Promise<Sample[][]> {
  const samples = sides.map((): Sample[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, side] of sides.entries()) samples[index]?.push(await side(timing, round));
  }
  return samples;
}

/**
 * One load of each kind on each, the heaviest: the first to be measured should not be the one to be compiled, and a JVM
 * compiles by how often it was asked.
 */
export async function warmUp(
  pairs: readonly Pair[],
  sidesOf: (pair: Pair) => readonly Side[],
  { warmUpMs }: Timing,
): Promise<void> {
  const timing = { warmUpMs, measuredMs: warmUpMs, settleMsMax: 0 };
  for (const work of new Set(pairs.map((pair) => pair.work))) {
    const [heaviest] = [...work.loads].sort((one, other) => requestsOf(other) - requestsOf(one));
    if (heaviest === undefined) continue;
    // By the number of no round that is measured: whoever held a lock of that name may do so for a while.
    for (const side of sidesOf({ work, concurrency: heaviest })) {
      await side(timing, -1).catch(() => undefined);
    }
  }
}

/** Under way at a time. */
function requestsOf({ connections, depth }: Concurrency): number {
  return connections * depth;
}

/** Ours, and those of the rivals that are needed and installed. Whoever fails half-way finds them in `services`. */
export async function startSideBySide(
  wanted: { readonly pairs: readonly Pair[]; readonly peers: 1 | 3 },
  services: RunningService[],
  options: BenchmarkOptions,
  bench: Bench,
): Promise<void> {
  const { pairs, peers } = wanted;
  services.push(await startQuoll(peers, options));
  for (const name of rivalNames) {
    if (!pairs.some(({ work }) => work.rival === name)) continue;
    const missing = missingPackages(name);
    if (missing.length === 0) services.push(await startRival(name, peers));
    else bench.progress(`${name} is left out: apt install ${missing.join(' ')}`);
  }
}
