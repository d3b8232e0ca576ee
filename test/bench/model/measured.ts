import { readdirSync, readFileSync } from 'node:fs';
import { startEnsemble, type PeerProcess, type TestEnsemble } from '../../support/ensemble.ts';
import type { Bench, BenchmarkOptions } from '../benchmark.ts';
import { sum } from '../figures.ts';
import { runSteady } from '../steady/run-steady.ts';
import type { SteadySpec } from '../steady/spec.ts';
import type { RequestCost } from './formulas.ts';

export type Door = 'zookeeper' | 'grpc' | 'http';
export type Kind = 'set' | 'get';

/** One load at one peer: what it took of each, in µs a request. */
interface Sample {
  readonly voters: number;
  readonly door: Door;
  readonly kind: Kind;
  readonly at: 'leader' | 'learner';
  readonly leaderUs: number;
  readonly learnerAskedUs: number;
  readonly learnerUs: number;
  readonly allUs: number;
  readonly bytesPerLearner: number;
  /** Writes that one fsync of the leader's made durable; 1 for reads. */
  readonly batch: number;
}

const doors: Readonly<Record<Door, Pick<SteadySpec, 'connections' | 'depth'>>> = {
  zookeeper: { connections: 16, depth: 16 },
  grpc: { connections: 8, depth: 16 },
  http: { connections: 64, depth: 1 },
};
const bytes = 100;
const warmUpMs = 1_000;
const measuredMs = 1_500;

/**
 * Costs of every door, as one voter and three have them. More on one machine measure each other: the same follower costs
 * nearly twice as much in an ensemble of five on two cores.
 */
export async function measureCosts(
  options: BenchmarkOptions,
  bench: Bench,
): Promise<ReadonlyMap<string, RequestCost>> {
  const samples = [
    ...(await samplesOf(1, options, bench)),
    ...(await samplesOf(3, options, bench)),
  ];
  bench.keep('samples', samples);
  const costs = new Map<string, RequestCost>();
  for (const door of Object.keys(doors) as Door[]) {
    for (const kind of ['set', 'get'] as const) {
      const own = samples.filter((sample) => sample.door === door && sample.kind === kind);
      costs.set(`${door} ${kind}`, costOf(own));
    }
  }
  return costs;
}

async function samplesOf(
  voters: number,
  options: BenchmarkOptions,
  bench: Bench,
): Promise<Sample[]> {
  const peers = { peers: voters, grpc: true, zookeeper: true, lines: options.lines };
  const ensemble = await startEnsemble({ ...peers, nodeFlags: [] });
  const samples: Sample[] = [];
  try {
    for (const door of Object.keys(doors) as Door[]) {
      for (const kind of ['set', 'get'] as const) {
        for (const at of ['leader', 'learner'] as const) {
          if (at === 'learner' && voters === 1) continue;
          bench.progress(`${String(voters)} voter(s): ${door} ${kind} at the ${at}`);
          const asked = { voters, door, kind, at };
          samples.push({ ...asked, ...(await sampleOf(ensemble, asked, options)) });
        }
      }
    }
  } finally {
    await ensemble.stop();
  }
  return samples;
}

type Asked = Pick<Sample, 'door' | 'kind' | 'at'>;
type Found = Omit<Sample, keyof Asked | 'voters'>;

async function sampleOf(
  ensemble: TestEnsemble,
  { door, kind, at }: Asked,
  { isQuick }: BenchmarkOptions,
): Promise<Found> {
  const leader = await ensemble.leader();
  const learners = ensemble.peers.filter((peer) => peer !== leader);
  const [asked = leader, ...others] = at === 'leader' ? [leader, ...learners] : learners;
  const peers = [leader, ...learners];
  let before: ReadonlyMap<PeerProcess, Spent> = new Map();
  let after = before;
  const spent = (): ReadonlyMap<PeerProcess, Spent> =>
    new Map(peers.map((peer) => [peer, spentBy(peer.pid)]));
  const sentBefore = await sentBy(leader);
  const { answers, cpuSeconds } = await runSteady(
    {
      protocol: door,
      kind,
      addresses: [addressOf(asked, door)],
      ...doors[door],
      bytes,
      warmUpMs: isQuick ? 200 : warmUpMs,
      measuredMs: isQuick ? 300 : measuredMs,
    },
    { measuring: () => (before = spent()), measured: () => (after = spent()) },
  );
  const sentAfter = await sentBy(leader);
  const took = (peer: PeerProcess | undefined, of: keyof Spent): number =>
    peer === undefined
      ? 0
      : ((after.get(peer)?.[of] ?? 0) - (before.get(peer)?.[of] ?? 0)) / answers;
  const proposals = Math.max(1, sentAfter.proposals - sentBefore.proposals);
  const fsyncs = Math.max(1, sentAfter.fsyncs - sentBefore.fsyncs);
  return {
    leaderUs: took(leader, 'mainUs'),
    learnerAskedUs: at === 'learner' ? took(asked, 'mainUs') : 0,
    learnerUs: took(
      others.find((peer) => peer !== leader),
      'mainUs',
    ),
    allUs: sum(peers.map((peer) => took(peer, 'allUs'))) + (cpuSeconds * 1e6) / answers,
    bytesPerLearner:
      kind === 'set' && learners.length > 0
        ? (sentAfter.bytes - sentBefore.bytes) / proposals / learners.length
        : 0,
    batch: kind === 'set' ? proposals / fsyncs : 1,
  };
}

function costOf(samples: readonly Sample[]): RequestCost {
  const found = (voters: number, at: Sample['at']): Sample | undefined =>
    samples.find((sample) => sample.at === at && sample.voters === voters);
  const [alone, asked, another] = [found(1, 'leader'), found(3, 'leader'), found(3, 'learner')];
  if (alone === undefined || asked === undefined || another === undefined) {
    throw new Error('every door is measured at every role');
  }
  const perLearnerUs =
    alone.kind === 'set' ? Math.max(0, (asked.leaderUs - alone.leaderUs) / 2) : 0;
  return {
    aloneUs: alone.leaderUs,
    leaderAskedUs: Math.max(0, asked.leaderUs - 2 * perLearnerUs),
    leaderUs: Math.max(0, another.leaderUs - 2 * perLearnerUs),
    learnerAskedUs: another.learnerAskedUs,
    learnerUs: asked.learnerUs,
    perLearnerUs,
    batch: asked.batch,
    // A third of the clients at each.
    allUs: (asked.allUs + 2 * another.allUs) / 3,
    bytesPerLearner: asked.bytesPerLearner,
  };
}

function addressOf(peer: PeerProcess, door: Door): string {
  return door === 'http' ? new URL(peer.http).host : peer[door];
}

interface Spent {
  readonly mainUs: number;
  readonly allUs: number;
}

/** From Linux's scheduler. */
function spentBy(pid: number): Spent {
  const folder = `/proc/${String(pid)}/task`;
  const usOf = (task: string): number =>
    Number(readFileSync(`${folder}/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e3;
  return { mainUs: usOf(String(pid)), allUs: sum(readdirSync(folder).map(usOf)) };
}

async function sentBy(
  peer: PeerProcess,
): Promise<{ bytes: number; proposals: number; fsyncs: number }> {
  const text = await (await fetch(`${peer.http}/metrics`)).text();
  const valueOf = (name: string): number =>
    Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
  return {
    bytes: valueOf('quoll_peer_bytes_sent_total'),
    proposals: valueOf('quoll_proposals_total'),
    fsyncs: valueOf('quoll_fsync_ms_count'),
  };
}
