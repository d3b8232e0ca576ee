import { runCoreSeed } from '../sim/core-ring.ts';
import type { Benchmark } from './benchmark.ts';

export const sim: Benchmark = {
  name: 'sim',
  about: 'what the simulator gets through in a minute of CPU',
  run(options, bench) {
    const cpuSeconds = (): number => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    };
    const startedAt = cpuSeconds();
    const limitSeconds = options.isQuick ? 2 : 60;
    const sums = { hours: 0, crashes: 0, partitions: 0, commits: 0, elections: 0, seeds: 0 };
    while (cpuSeconds() - startedAt < limitSeconds) {
      const { figures, failure, seed } = runCoreSeed(sums.seeds);
      if (failure !== undefined) throw new Error(`seed ${String(seed)}: ${failure.error.message}`);
      sums.seeds++;
      sums.hours += figures.simulatedMs / 3_600_000;
      sums.crashes += figures.crashes;
      sums.partitions += figures.partitions;
      sums.commits += figures.commits;
      sums.elections += figures.elections;
    }
    const minutes = (cpuSeconds() - startedAt) / 60;
    const conditions = `core ring (protocol on simulated disks and network), seeds 0 to ${String(sums.seeds - 1)}, one thread`;
    const add = (what: string, value: number): void => {
      bench.add({ what, value: value / minutes, unit: 'per CPU minute', conditions });
    };
    add('simulated cluster-hours', sums.hours);
    add('crashes', sums.crashes);
    add('partitions', sums.partitions);
    add('elections', sums.elections);
    add('commits', sums.commits);
    add('seeds', sums.seeds);
    return Promise.resolve();
  },
};
