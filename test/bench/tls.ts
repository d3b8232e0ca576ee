import { startEnsemble, type PeerProcess } from '../support/ensemble.ts';
import { askHttps } from '../support/tls/https-client.ts';
import { TestKeys } from '../support/tls/keys.ts';
import { put } from '../support/client.ts';
import { readFileSync } from 'node:fs';
import type { Bench, Benchmark, BenchmarkOptions } from './benchmark.ts';
import { cpuSecondsOf, sum } from './figures.ts';
import { runHandshakeLoad, runLoad, type LoadResult } from './load.ts';

const bytes = 100;
const parent = '/bench';
const connections = 64;
const loops = 16;

/** What is measured with keys for TLS and without, one after the other. */
interface Round {
  readonly peers: readonly PeerProcess[];
  readonly caFile: string | undefined;
  readonly keys: number;
  readonly options: BenchmarkOptions;
  readonly bench: Bench;
}

export const tls: Benchmark = {
  name: 'tls',
  about: 'connections, writes and reads per second of 3 peers, with TLS and without',
  async run(options, bench) {
    const keys = new TestKeys();
    try {
      await keys.make({ peers: 3 });
      for (const folder of [undefined, keys.at('keys')]) {
        const ensemble = await startEnsemble({
          peers: 3,
          lines: options.lines,
          ...(folder !== undefined && { keys: folder }),
        });
        try {
          const leader = await ensemble.leader();
          const peers = [leader, ...ensemble.peers.filter((peer) => peer !== leader)];
          const caFile = folder === undefined ? undefined : keys.at('keys', 'ca.pem');
          await measure({ peers, caFile, keys: options.isQuick ? 50 : 1_000, options, bench });
        } finally {
          await ensemble.stop();
        }
      }
    } finally {
      keys.remove();
    }
  },
};

async function measure(round: Round): Promise<void> {
  await fillKeys(round);
  const { peers, caFile, keys } = round;
  const targets = peers.map(({ http }) => http);
  const seen = caFile === undefined ? {} : { caFile };
  const load = { ...seen, connections, parent, keys, bytes, ...times(round) };
  await shown(round, `writes, spread over all, ${String(connections)} connections`, (measuring) =>
    runLoad({ ...load, kind: 'put', targets, query: '' }, measuring),
  );
  const query = '?consistency=local';
  await shown(round, `local reads, of one peer, ${String(connections)} connections`, (measuring) =>
    runLoad({ ...load, kind: 'get', targets: targets.slice(0, 1), query }, measuring),
  );
  const [target = ''] = targets;
  for (const resumes of caFile === undefined ? [false] : [false, true]) {
    const how = resumes ? ', resumed' : '';
    await shown(round, `connections${how}, at one peer, ${String(loops)} at a time`, (measuring) =>
      runHandshakeLoad({ ...seen, target, loops, resumes, ...times(round) }, measuring),
    );
  }
}

function times({ options: { seconds } }: Round): {
  readonly seconds: number;
  readonly warmUpSeconds: number;
} {
  return { seconds, warmUpSeconds: seconds / 2 };
}

async function shown(
  { peers, caFile, bench }: Round,
  what: string,
  load: (measuring: () => void) => Promise<LoadResult>,
): Promise<void> {
  const conditions = `${caFile === undefined ? 'plaintext' : 'TLS'}: ${what}`;
  bench.progress(conditions);
  const cpuSeconds = (): number => sum(peers.map(({ pid }) => cpuSecondsOf(pid)));
  let cpuBefore = 0;
  const result = await load(() => (cpuBefore = cpuSeconds()));
  const cpuMicros = ((cpuSeconds() - cpuBefore) * 1e6) / result.answers;
  bench.add({ what: 'rate', value: result.perSecond, unit: '/s', conditions });
  bench.add({ what: 'p50', value: result.p50Ms, unit: 'ms', conditions });
  bench.add({ what: 'p99', value: result.p99Ms, unit: 'ms', conditions });
  bench.add({ what: 'CPU of all peers', value: cpuMicros, unit: 'µs each', conditions });
}

async function fillKeys({ peers, caFile, keys }: Round): Promise<void> {
  const [peer] = peers;
  if (peer === undefined) throw new Error('there is no peer');
  const ca = caFile === undefined ? undefined : readFileSync(caFile);
  const body = 'x'.repeat(bytes);
  for (let key = 0; key < keys; key++) {
    const path = `${parent}/k${String(key)}`;
    const { status } =
      ca === undefined
        ? await put(peer, path, body, 'create&parents')
        : await askHttps(`${peer.http}/v1/nodes${path}?create&parents`, {
            ca,
            method: 'PUT',
            body,
          });
    if (status !== 201) throw new Error(`${path}: ${String(status)}`);
  }
}
