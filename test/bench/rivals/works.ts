import type { Protocol } from '../services.ts';
import type { SteadyKind, SteadyProtocol } from '../steady/spec.ts';
import type { RivalName } from './installed.ts';

/** One kind of work, done by Quoll through one of its doors and by a rival through its own. */
export type Work = SteadyWork | LockWork;

interface CommonToWorks {
  /** What `--only` knows it by. */
  readonly name: string;
  readonly rival: RivalName;
  readonly loads: readonly Concurrency[];
}

interface SteadyWork extends CommonToWorks {
  readonly what: 'steady';
  readonly kind: SteadyKind;
  readonly ours: SteadyProtocol;
  readonly theirs: SteadyProtocol;
}

/** Cycles of one lock: acquire, hold for a turn, release. */
interface LockWork extends CommonToWorks {
  readonly what: 'lock';
  readonly ours: Protocol;
  readonly theirs: Protocol;
}

export interface Concurrency {
  /** Connections, and how many requests each keeps under way: `16x4`. Of a lock: contenders, with one each. */
  readonly name: string;
  readonly connections: number;
  readonly depth: number;
  readonly aims: Aims;
}

/** The least ratio of rates that is aimed at, by the number of peers. */
export interface Aims {
  readonly 1?: number;
  readonly 3?: number;
}

// One at a time comes last: only by many requests has a JVM compiled what it is asked for.
const works: readonly Work[] = [
  onZooKeeper('set', [
    load('16x4', { 1: 1.2, 3: 1.2 }),
    load('16x16', { 1: 1.2 }),
    load('64x16', { 1: 1.2, 3: 1.2 }),
    load('64x1', { 1: 1 }),
    load('256x1', { 1: 1, 3: 1.2 }),
    load('1x1', { 1: 1.2, 3: 1.2 }),
  ]),
  onZooKeeper('get', [load('64x16'), load('64x1', { 1: 1.2 }), load('256x1', { 1: 1.2 })]),
  onZooKeeper('create', [load('16x4')]),
  onEtcd('grpc', 'set', load('8x8', { 1: 1, 3: 1.2 })),
  onEtcd('grpc', 'get', load('8x8', { 1: 1.2, 3: 1 })),
  onEtcd('http', 'set', load('64x1', { 1: 2, 3: 2 })),
  onEtcd('http', 'get', load('64x1')),
  ofLocks('zookeeper', { 3: 1.2 }),
  ofLocks('grpc', {}),
  ofLocks('http', {}),
];

function onZooKeeper(kind: SteadyKind, loads: readonly Concurrency[]): SteadyWork {
  const name = `zookeeper-${kind}`;
  const protocol = 'zookeeper';
  return {
    name,
    what: 'steady',
    kind,
    ours: protocol,
    theirs: protocol,
    rival: 'ZooKeeper',
    loads,
  };
}

/** By the same kind of carrier: etcd's JSON gateway is what answers HTTP. */
function onEtcd(ours: 'grpc' | 'http', kind: SteadyKind, only: Concurrency): SteadyWork {
  const theirs = ours === 'grpc' ? 'etcd' : 'etcdHttp';
  return {
    name: `${ours}-${kind}`,
    what: 'steady',
    kind,
    ours,
    theirs,
    rival: 'etcd',
    loads: [only],
  };
}

/** etcd's lock is asked for over gRPC whichever door of ours it is compared with. */
function ofLocks(ours: 'zookeeper' | 'grpc' | 'http', aims: Aims): LockWork {
  const isZooKeeper = ours === 'zookeeper';
  return {
    name: `${ours}-lock`,
    what: 'lock',
    ours,
    theirs: isZooKeeper ? 'zookeeper' : 'etcd',
    rival: isZooKeeper ? 'ZooKeeper' : 'etcd',
    loads: [load('16x1', aims), load('64x1', aims), load('1x1', aims)],
  };
}

function load(name: string, aims: Aims = {}): Concurrency {
  const [connections = 0, depth = 0] = name.split('x').map(Number);
  return { name, connections, depth, aims };
}

/** A work at one concurrency. */
export interface Pair {
  readonly work: Work;
  readonly concurrency: Concurrency;
}

export const sizes = [1, 3] as const;

/** What `--only` asks for of so many peers. `1peer` and `3peers` among that mean one size. */
export function pairsOf(peers: 1 | 3, only: readonly string[]): Pair[] {
  const sizesAsked = only.filter((wish) => /^[13]peers?$/.test(wish));
  if (sizesAsked.length > 0 && !sizesAsked.some((wish) => wish.startsWith(String(peers)))) {
    return [];
  }
  const worksAsked = only.filter((wish) => !sizesAsked.includes(wish));
  return works.flatMap((work) =>
    work.loads
      .filter((concurrency) => isWanted(work, concurrency, worksAsked))
      .map((concurrency) => ({ work, concurrency })),
  );
}

export function noneWanted(only: readonly string[]): Error {
  const names = works.map(({ name }) => name).join(', ');
  return new Error(`--only ${only.join(' ')}: there are ${names}, 1peer and 3peers`);
}

/**
 * Whether `--only` asks for it: by its name or a part of that between hyphens, and perhaps one concurrency behind a
 * colon: `zookeeper-set`, `get`, `zookeeper-set:16x4`. Nothing asked for is all.
 */
function isWanted(work: Work, concurrency: Concurrency, only: readonly string[]): boolean {
  return (
    only.length === 0 ||
    only.some((wish) => {
      const [name = '', wished = concurrency.name] = wish.split(':');
      const isNamed = work.name === name || work.name.split('-').includes(name);
      return isNamed && wished === concurrency.name;
    })
  );
}
