import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { startEnsemble, type PeerProcess, type TestEnsemble } from '../support/ensemble.ts';
import type { Bench, Benchmark, BenchmarkOptions } from './benchmark.ts';
import { runLoad, runZooKeeperLoad, type LoadResult } from './load.ts';
import type { ThreadProfile } from './profile-hook.ts';
import { runSteady } from './steady/run-steady.ts';

const hook = new URL('./profile-hook.js', import.meta.url).href;
const connections = 16;
const depth = 16;
/** As `rivals` asks over gRPC. */
const grpcLoad = { connections: 8, depth: 8 } as const;
/** Of the answer to a get of so much data, more or less. */
const floorAnswerBytes = 170;
const bytes = 100;
const patienceMs = 60_000;
/** Layers below this many bytes and µs a request are added up. */
const shownFrom = { bytes: 20, us: 0.2 };

export interface Work {
  readonly what: string;
  run(
    peers: readonly PeerProcess[],
    options: Pick<BenchmarkOptions, 'seconds'>,
    onMeasuring: () => void,
  ): Promise<Pick<LoadResult, 'answers'>>;
}

const works: readonly Work[] = [
  zooKeeperWork('set'),
  zooKeeperWork('get'),
  httpWork('put'),
  httpWork('get'),
  grpcWork('set'),
  grpcWork('get'),
];

/** What a request costs the main thread of each role, in µs and bytes, by layer: a profile to read, so never by itself. */
export const profile: Benchmark = {
  name: 'profile',
  about: 'µs and bytes a request on the main thread, by layer, on the leader and a follower',
  isOnlyByName: true,
  async run(options, bench) {
    for (const servers of [1, 3]) {
      await onProfiled(servers, options.lines, async (on) => {
        for (const work of works.filter(({ what }) => isWanted(what, options.only))) {
          await measure(work, on, options, bench);
        }
      });
    }
    if (isWanted(floor, options.only)) await measureFloor(options, bench);
  },
};

const floor = 'gRPC, of which grpc-js alone';

/** `--only get`, `--only 'gRPC, set'`: what is named so, or has it in its name. Nothing asked for is all. */
function isWanted(what: string, only: readonly string[]): boolean {
  return only.length === 0 || only.some((wish) => what.toLowerCase().includes(wish.toLowerCase()));
}

export interface Profiled {
  readonly ensemble: TestEnsemble;
  readonly servers: number;
  /** Where the peers leave their profiles. */
  readonly folder: string;
}

/** Starts peers that can be told to profile themselves, of the modules that the profiles name, and stops them after `use`. */
export async function onProfiled(
  servers: number,
  lines: readonly string[],
  use: (on: Profiled) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'quoll-profile-'));
  process.env['QUOLL_PROFILE'] = join(folder, 'peer');
  const nodeFlags = ['--import', hook];
  const peers = {
    peers: servers,
    zookeeper: true,
    grpc: true,
    lines,
    nodeFlags,
    isOfModules: true,
  };
  const ensemble = await startEnsemble(peers);
  try {
    await use({ ensemble, servers, folder });
  } finally {
    await ensemble.stop();
    rmSync(folder, { recursive: true });
  }
}

export function zooKeeperWork(kind: 'get' | 'set'): Work {
  return {
    what: `ZooKeeper's protocol, ${kind}`,
    run: (peers, { seconds }, onMeasuring) =>
      runZooKeeperLoad(
        {
          kind,
          addresses: peers.map(({ zookeeper }) => zookeeper),
          connections,
          depth,
          bytes,
          warmUpSeconds: seconds,
          seconds,
        },
        onMeasuring,
      ),
  };
}

export function httpWork(kind: 'get' | 'put'): Work {
  return {
    what: `HTTP, ${kind}`,
    run: (peers, { seconds }, onMeasuring) =>
      runLoad(
        {
          kind,
          targets: peers.map(({ http }) => http),
          connections: connections * 4,
          parent: '/profile',
          keys: 64,
          bytes,
          query: kind === 'put' ? '?create&parents' : '',
          warmUpSeconds: seconds,
          seconds,
        },
        onMeasuring,
      ),
  };
}

/** Sets and gets over gRPC, as many under way as `rivals` has. */
export function grpcWork(kind: 'get' | 'set'): Work {
  return {
    what: `gRPC, ${kind}`,
    run: (peers, { seconds }, onMeasuring) =>
      runGrpc(
        kind,
        peers.map(({ grpc }) => grpc),
        { seconds, onMeasuring },
      ),
  };
}

function runGrpc(
  kind: 'get' | 'set',
  addresses: readonly string[],
  { seconds, onMeasuring }: { readonly seconds: number; readonly onMeasuring: () => void },
): Promise<Pick<LoadResult, 'answers'>> {
  const [warmUpMs, measuredMs] = [seconds * 1_000, seconds * 1_000];
  return runSteady(
    { protocol: 'grpc', kind, addresses, ...grpcLoad, bytes, warmUpMs, measuredMs },
    { measuring: onMeasuring },
  );
}

async function measure(
  work: Work,
  on: Profiled,
  options: BenchmarkOptions,
  bench: Bench,
): Promise<void> {
  const { what } = work;
  bench.progress(`${what}, ${String(on.servers)} peer(s)`);
  const { answers, profiles } = await profileOf(work, on, options);
  for (const [index, found] of profiles.slice(0, 2).entries()) {
    const role = index === 0 ? 'leader' : 'follower';
    const conditions = `${what}, ${String(on.servers)} peer(s), ${role}, ${String(answers)} answers`;
    addProfile(bench, conditions, { found, answers });
  }
}

function addProfile(
  bench: Bench,
  conditions: string,
  { found, answers }: { readonly found: ThreadProfile; readonly answers: number },
): void {
  const add = (name: string, value: number, unit: string): void => {
    bench.add({ what: name, value, unit, conditions });
  };
  add('main thread', (found.cpuMs * 1e3) / answers, 'µs each');
  add('of that, collecting', (found.gcMs * 1e3) / answers, 'µs each');
  add('allocated', found.allocatedBytes / answers, 'bytes each');
  for (const [layer, cost] of layersOf(found, answers)) {
    add(`  ${layer}`, cost.us, 'µs each');
    add(`  ${layer}`, cost.bytes, 'bytes each');
  }
}

/** What a call costs when nothing is done for it: the library's part of all the others. */
async function measureFloor(options: BenchmarkOptions, bench: Bench): Promise<void> {
  bench.progress(floor);
  const folder = mkdtempSync(join(tmpdir(), 'quoll-profile-'));
  const program = fileURLToPath(new URL('./grpc-floor-main.js', import.meta.url));
  const child = fork(program, [String(floorAnswerBytes)], {
    execArgv: ['--import', hook],
    env: { ...process.env, QUOLL_PROFILE: join(folder, 'peer') },
  });
  try {
    const [port] = (await once(child, 'message')) as [number];
    const signal = (name: NodeJS.Signals): void => void child.kill(name);
    const { answers } = await runGrpc('set', [`127.0.0.1:${String(port)}`], {
      seconds: options.seconds,
      onMeasuring: () => {
        signal('SIGUSR2');
      },
    });
    const found = await ended({ id: 0, pid: child.pid ?? 0, signal }, folder);
    addProfile(bench, `${floor}, ${String(answers)} answers`, { found, answers });
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
}

/** Runs a load, and gives the profiles of it: the leader's first. */
export async function profileOf(
  work: Work,
  { ensemble, folder }: Profiled,
  options: Pick<BenchmarkOptions, 'seconds'>,
): Promise<{ readonly answers: number; readonly profiles: readonly ThreadProfile[] }> {
  const leader = await ensemble.leader();
  const peers = [leader, ...ensemble.peers.filter((peer) => peer !== leader)];
  const { answers } = await work.run(peers, options, () => {
    for (const peer of peers) peer.signal('SIGUSR2');
  });
  const profiles: ThreadProfile[] = [];
  for (const peer of peers) profiles.push(await ended(peer, folder));
  return { answers, profiles };
}

/** Has a peer write its profile, and reads it. */
async function ended(
  peer: Pick<PeerProcess, 'id' | 'pid' | 'signal'>,
  folder: string,
): Promise<ThreadProfile> {
  const file = join(folder, `peer.${String(peer.pid)}.json`);
  peer.signal('SIGUSR2');
  for (let waitedMs = 0; !existsSync(file); waitedMs += 50) {
    if (waitedMs > patienceMs) throw new Error(`peer ${String(peer.id)} wrote no profile`);
    await delay(50);
  }
  const found = JSON.parse(readFileSync(file, 'utf8')) as ThreadProfile;
  rmSync(file);
  return found;
}

/** The costs of each room of `src`, of Node and of each package, the dearest first. */
function layersOf({ functions }: ThreadProfile, answers: number): [string, Cost][] {
  const layers = new Map<string, Cost>();
  for (const { at, us, bytes: allocated } of functions) {
    const layer = layerOf(at);
    const cost = layers.get(layer) ?? { us: 0, bytes: 0 };
    layers.set(layer, { us: cost.us + us / answers, bytes: cost.bytes + allocated / answers });
  }
  return [...layers]
    .filter(([, { us, bytes: each }]) => us >= shownFrom.us || each >= shownFrom.bytes)
    .sort(([, one], [, other]) => other.us - one.us);
}

interface Cost {
  readonly us: number;
  readonly bytes: number;
}

function layerOf(at: string): string {
  if (at.startsWith('node:')) return 'node';
  const found = /^(src\/[^/]+(?:\/[^/ ]+(?=\/))?|vendor|[^/ ]+)/.exec(at);
  return found?.[1] ?? at.trim();
}
