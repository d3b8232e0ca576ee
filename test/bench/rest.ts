import { put } from '../support/client.ts';
import { startEnsemble, type PeerProcess } from '../support/ensemble.ts';
import type { Bench, Benchmark, BenchmarkOptions } from './benchmark.ts';
import { cpuSecondsOf, sum } from './figures.ts';
import { runLoad } from './load.ts';

const bytes = 100;
const parent = '/bench';
const linearizable = '?consistency=linearizable';

interface Mix {
  readonly what: string;
  readonly kind: 'put' | 'get';
  readonly query: string;
}

const mixes: readonly Mix[] = [
  { what: 'writes', kind: 'put', query: '' },
  { what: 'linearizable reads', kind: 'get', query: linearizable },
  { what: 'local reads', kind: 'get', query: '?consistency=local' },
];

export const rest: Benchmark = {
  name: 'rest',
  about: 'requests per second of the HTTP door, 1 and 3 peers',
  async run(options, bench) {
    await measure({ peers: 1, options, bench });
    await measure({ peers: 3, options, bench });
  },
};

async function measure(round: {
  readonly peers: number;
  readonly options: BenchmarkOptions;
  readonly bench: Bench;
}): Promise<void> {
  const { peers, options, bench } = round;
  const keys = options.isQuick ? 50 : 1_000;
  const ensemble = await startEnsemble({ peers, lines: options.lines, nodeFlags: [] });
  try {
    const leader = await ensemble.leader();
    await fillKeys(leader, keys);
    const aims = [{ to: 'to the only peer', at: [leader] as readonly PeerProcess[] }];
    if (peers > 1) {
      aims[0] = { to: 'to the leader alone', at: [leader] };
      aims.push({ to: `spread over all ${String(peers)} peers`, at: ensemble.peers });
    }
    for (const { to, at } of aims) {
      for (const mix of mixes) {
        for (const connections of at.length === 1 ? [64, 1] : [64]) {
          bench.progress(
            `${String(peers)} peers, ${mix.what} ${to}, ${String(connections)} connections`,
          );
          await measureMix(
            { mix, at, connections, keys, to, peers: ensemble.peers },
            options,
            bench,
          );
        }
      }
    }
  } finally {
    await ensemble.stop();
  }
}

async function measureMix(
  load: {
    readonly mix: Mix;
    readonly at: readonly PeerProcess[];
    readonly connections: number;
    readonly keys: number;
    readonly to: string;
    readonly peers: readonly PeerProcess[];
  },
  { seconds }: BenchmarkOptions,
  bench: Bench,
): Promise<void> {
  const { mix, at, connections, keys, to, peers } = load;
  const { kind, query, what } = mix;
  const cpuSeconds = (): number => sum(peers.map(({ pid }) => cpuSecondsOf(pid)));
  let cpuBefore = 0;
  const warmUpSeconds = seconds / 2;
  const targets = at.map(({ http }) => http);
  const result = await runLoad(
    { kind, query, targets, connections, parent, keys, bytes, warmUpSeconds, seconds },
    () => (cpuBefore = cpuSeconds()),
  );
  const cpuMicros = ((cpuSeconds() - cpuBefore) * 1e6) / result.answers;
  const conditions =
    `${what} ${to}: ${String(peers.length)} peer(s), ${String(bytes)} bytes over ${String(keys)} znodes, ` +
    `${String(connections)} keep-alive connection(s), ${String(seconds)} s after ${String(warmUpSeconds)} s of warm-up`;
  bench.add({ what: 'rate', value: result.perSecond, unit: '/s', conditions });
  bench.add({ what: 'p50', value: result.p50Ms, unit: 'ms', conditions });
  bench.add({ what: 'p99', value: result.p99Ms, unit: 'ms', conditions });
  bench.add({ what: 'CPU of all peers', value: cpuMicros, unit: 'µs each', conditions });
}

async function fillKeys(peer: PeerProcess, keys: number): Promise<void> {
  for (let key = 0; key < keys; key++) {
    const answer = await put(
      peer,
      `${parent}/k${String(key)}`,
      'x'.repeat(bytes),
      'create&parents',
    );
    if (answer.status !== 201) throw new Error(`${String(answer.status)} ${await answer.text()}`);
    await answer.arrayBuffer();
  }
}
