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

/** Ours and, when asked for and installed, the others, one after the other, each alone on the machine. */
export async function eachService(
  servers: number,
  options: BenchmarkOptions,
  bench: Bench,
  use: (service: Service) => Promise<void>,
): Promise<void> {
  await withQuoll(servers, options, use);
  if (!options.hasRivals) return;
  for (const name of rivalNames) {
    const missing = missingPackages(name);
    if (missing.length === 0) await withRival(name, servers, use);
    else bench.progress(`${name} is left out: apt install ${missing.join(' ')}`);
  }
}

async function withQuoll(
  servers: number,
  { lines }: BenchmarkOptions,
  use: (service: Service) => Promise<void>,
): Promise<void> {
  const ensemble = await startEnsemble({
    peers: servers,
    lines,
    nodeFlags: [],
    grpc: true,
    zookeeper: true,
  });
  try {
    const leader = await ensemble.leader();
    const peers = [leader, ...ensemble.peers.filter((peer) => peer !== leader)];
    await use({
      name: 'Quoll',
      servers,
      doors: [
        { protocol: 'http', addresses: peers.map(({ http }) => new URL(http).host) },
        { protocol: 'grpc', addresses: peers.map(({ grpc }) => grpc) },
        { protocol: 'zookeeper', addresses: peers.map((peer) => peer.zookeeper) },
      ],
      cpuSeconds: () => sum(peers.map(({ pid }) => cpuSecondsOf(pid))),
    });
  } finally {
    await ensemble.stop();
  }
}

async function withRival(
  name: RivalName,
  servers: number,
  use: (service: Service) => Promise<void>,
): Promise<void> {
  const isEtcd = name === 'etcd';
  const rival = await (isEtcd ? startEtcd : startZooKeeper)(servers);
  try {
    const addresses = await leaderFirst(rival.addresses, isEtcd ? etcdLeads : zooKeeperLeads);
    await use({
      name,
      servers,
      doors: [{ protocol: isEtcd ? 'etcd' : 'zookeeper', addresses }],
      cpuSeconds: () => sum(rival.pids.map(cpuSecondsOf)),
    });
  } finally {
    await rival.stop();
  }
}
