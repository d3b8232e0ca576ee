import type { Bench, Benchmark, BenchmarkOptions } from './benchmark.ts';
import { runLockLoad } from './load.ts';
import { eachService, type Door, type Protocol, type Service } from './services.ts';

const ways: Record<Protocol, string> = {
  http: 'HTTP, a session per cycle',
  grpc: 'gRPC, a session per cycle',
  etcd: 'v3lock, a lease per contender',
  zookeeper: "ZooKeeper's recipe, a session per contender",
};

export const locks: Benchmark = {
  name: 'locks',
  about: 'acquire and release of one lock, 1 to 64 contenders, 1 and 3 peers',
  async run(options, bench) {
    for (const servers of [1, 3]) {
      await eachService(servers, options, bench, async (service) => {
        for (const door of service.doors) {
          for (const contenders of [1, 2, 16, 64]) {
            await measure({ service, door, contenders }, options, bench);
          }
        }
      });
    }
  },
};

async function measure(
  load: { readonly service: Service; readonly door: Door; readonly contenders: number },
  { seconds }: BenchmarkOptions,
  bench: Bench,
): Promise<void> {
  const { service, door, contenders } = load;
  const { protocol, addresses } = door;
  const warmUpSeconds = seconds / 2;
  const conditions =
    `${service.name}, ${String(service.servers)} server(s), ${String(contenders)} contender(s) ` +
    `spread over them, the first at the leader (${ways[protocol]}), ` +
    `${String(seconds)} s after ${String(warmUpSeconds)} s of warm-up`;
  bench.progress(conditions);
  let cpuBefore = 0;
  const lock = `bench-${protocol}-${String(contenders)}`;
  const result = await runLockLoad(
    { protocol, addresses, contenders, lock, warmUpSeconds, seconds },
    { measuring: () => (cpuBefore = service.cpuSeconds()) },
  );
  const cpuMicros = ((service.cpuSeconds() - cpuBefore) * 1e6) / result.answers;
  bench.add({ what: 'cycles', value: result.perSecond, unit: '/s', conditions });
  bench.add({ what: 'p50', value: result.p50Ms, unit: 'ms', conditions });
  bench.add({ what: 'p99', value: result.p99Ms, unit: 'ms', conditions });
  bench.add({ what: 'CPU of all servers', value: cpuMicros, unit: 'µs each', conditions });
}
