import type { Bench, Benchmark, BenchmarkOptions } from './benchmark.ts';
import { runZooKeeperLoad, type ZooKeeperLoadSpec } from './load.ts';
import { eachService, type Service } from './services.ts';

const connections = 64;
const bytes = 100;
const depths = [1, 16];
const kinds = ['set', 'create', 'get'] as const;
const whatKind = {
  set: 'setData, a znode each',
  create: 'create, ephemeral and sequential, a parent each',
  get: 'getData, a znode each',
} as const;

export const zookeeper: Benchmark = {
  name: 'zookeeper',
  about: "ZooKeeper's protocol: reads and writes of 64 connections, 1 and 16 under way each",
  async run(options, bench) {
    for (const servers of [1, 3]) {
      await eachService(servers, options, bench, (service) => measure(service, options, bench));
    }
  },
};

async function measure(service: Service, options: BenchmarkOptions, bench: Bench): Promise<void> {
  const door = service.doors.find(({ protocol }) => protocol === 'zookeeper');
  if (door === undefined) return;
  for (const kind of kinds) {
    for (const depth of depths) {
      const { seconds } = options;
      const warmUpSeconds = seconds / 2;
      const conditions =
        `${service.name}, ${String(service.servers)} server(s), ${whatKind[kind]}, ${String(bytes)} bytes, ` +
        `${String(connections)} connections spread over all, ${String(depth)} under way on each, ` +
        `${String(seconds)} s after ${String(warmUpSeconds)} s of warm-up`;
      bench.progress(conditions);
      const { addresses } = door;
      const load: ZooKeeperLoadSpec = {
        kind,
        addresses,
        connections,
        depth,
        bytes,
        warmUpSeconds,
        seconds,
      };
      let cpuBefore = 0;
      const result = await runZooKeeperLoad(load, () => (cpuBefore = service.cpuSeconds()));
      const cpuMicros = ((service.cpuSeconds() - cpuBefore) * 1e6) / result.answers;
      bench.add({ what: 'answers', value: result.perSecond, unit: '/s', conditions });
      bench.add({ what: 'p50', value: result.p50Ms, unit: 'ms', conditions });
      bench.add({ what: 'p99', value: result.p99Ms, unit: 'ms', conditions });
      bench.add({ what: 'CPU of all servers', value: cpuMicros, unit: 'µs each', conditions });
    }
  }
}
