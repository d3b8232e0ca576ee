import { startEnsemble } from '../support/ensemble.ts';
import type { Bench, BenchmarkOptions } from './benchmark.ts';
import { cpuSecondsOf, sum } from './figures.ts';
import { missingPackages, rivalNames, type RivalName } from './rivals/installed.ts';
import { etcdLeads, leaderFirst, zooKeeperLeads } from './rivals/leading.ts';
import { startEtcd, startZooKeeper } from './rivals/servers.ts';

/** What a load speaks. Over `http`, watchers speak WebSocket. */
export type Protocol = 'http' | 'grpc' | 'etcd' | 'zookeeper';

export interface Door {
  readonly protocol: Protocol;
  /** `host:port` of each server, that of the leader first. */
  readonly addresses: readonly string[];
}

/** Servers of one kind, running: ours or others'. */
export interface Service {
  readonly name: string;
  readonly servers: number;
  readonly doors: readonly Door[];
  cpuSeconds(): number;
}

export interface RunningService extends Service {
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

/** Ours and, when asked for and installed, the others, one after the other, each alone on the machine. */
export async function eachService(
  servers: number,
  options: BenchmarkOptions,
  bench: Bench,
  use: (service: Service) => Promise<void>,
): Promise<void> {
  await during(startQuoll(servers, options), use);
  if (!options.hasRivals) return;
  for (const name of rivalNames) {
    const missing = missingPackages(name);
    if (missing.length === 0) await during(startRival(name, servers), use);
    else bench.progress(`${name} is left out: apt install ${missing.join(' ')}`);
  }
}

async function during(
  started: Promise<RunningService>,
  use: (service: Service) => Promise<void>,
): Promise<void> {
  const service = await started;
  try {
    await use(service);
  } finally {
    await service.stop();
  }
}

/** With all its doors open. */
export async function startQuoll(
  servers: number,
  { lines }: Pick<BenchmarkOptions, 'lines'>,
): Promise<RunningService> {
  const ensemble = await startEnsemble({
    peers: servers,
    lines,
    nodeFlags: [],
    grpc: true,
    zookeeper: true,
  });
  const leader = await orStop(ensemble.leader(), ensemble);
  const peers = [leader, ...ensemble.peers.filter((peer) => peer !== leader)];
  const pids = peers.map(({ pid }) => pid);
  return {
    name: 'Quoll',
    servers,
    doors: [
      { protocol: 'http', addresses: peers.map(({ http }) => new URL(http).host) },
      { protocol: 'grpc', addresses: peers.map(({ grpc }) => grpc) },
      { protocol: 'zookeeper', addresses: peers.map((peer) => peer.zookeeper) },
    ],
    pids,
    cpuSeconds: () => sum(pids.map(cpuSecondsOf)),
    stop: () => ensemble.stop(),
  };
}

export async function startRival(name: RivalName, servers: number): Promise<RunningService> {
  const isEtcd = name === 'etcd';
  const rival = await (isEtcd ? startEtcd : startZooKeeper)(servers);
  const addresses = await orStop(
    leaderFirst(rival.addresses, isEtcd ? etcdLeads : zooKeeperLeads),
    rival,
  );
  return {
    name,
    servers,
    doors: [{ protocol: isEtcd ? 'etcd' : 'zookeeper', addresses }],
    pids: rival.pids,
    cpuSeconds: () => sum(rival.pids.map(cpuSecondsOf)),
    stop: () => rival.stop(),
  };
}

/** What was started is not left behind by what failed after it. */
async function orStop<T>(found: Promise<T>, started: { stop(): Promise<void> }): Promise<T> {
  try {
    return await found;
  } catch (error) {
    await started.stop();
    throw error;
  }
}
