import { setTimeout as delay } from 'node:timers/promises';
import { Agent, get as httpGet } from 'node:http';
import { startEnsemble, type PeerProcess, type TestEnsemble } from '../support/ensemble.ts';
import { until } from '../support/until.ts';
import type { Bench, Benchmark, BenchmarkOptions } from './benchmark.ts';
import { cpuSecondsOf, percentile } from './figures.ts';
import { runLoad } from './load.ts';

// One peer with very many znodes: what it holds, how long it takes to come back, how long it ever stands still. The
// three share the ensembles that they fill.

export const bytes = 100;
const perParent = 1_000;
const data = 'x'.repeat(bytes);

interface Memory {
  readonly rssMb: number;
  readonly heapMb: number;
}

interface Filled {
  readonly ensemble: TestEnsemble;
  readonly peer: PeerProcess;
  readonly znodes: number;
  readonly empty: Memory;
  readonly full: Memory;
  readonly fillSeconds: number;
}

const filled = new Map<number, Promise<Filled>>();

/** Ends what the benchmarks of this file share. */
export async function stopLarge(): Promise<void> {
  for (const one of filled.values()) await (await one).ensemble.stop();
  filled.clear();
}

export async function fill(
  znodes: number,
  options: BenchmarkOptions,
  bench: Bench,
): Promise<Filled> {
  let found = filled.get(znodes);
  if (found === undefined) {
    found = filledAnew(znodes, options, bench);
    filled.set(znodes, found);
  }
  const { peer } = await found;
  bench.runsOn(peer.pid);
  return found;
}

async function filledAnew(
  znodes: number,
  { lines }: BenchmarkOptions,
  bench: Bench,
): Promise<Filled> {
  const ensemble = await startEnsemble({ peers: 1, lines, nodeFlags: [], zookeeper: true });
  const peer = ensemble.peer(1);
  const empty = await memoryOf(peer);
  const startedAt = performance.now();
  const parents = Math.ceil(znodes / perParent);
  for (let parent = 0; parent < parents; parent++) {
    const ops = Array.from({ length: perParent - 1 }, (_, child) => ({
      op: 'create',
      path: `/service-${String(parent)}/n-${String(child).padStart(10, '0')}`,
      data,
    }));
    await txn(peer, [{ op: 'create', path: `/service-${String(parent)}` }, ...ops]);
    if (parent % 100 === 99) bench.progress(`${String((parent + 1) * perParent)} znodes`);
  }
  const fillSeconds = (performance.now() - startedAt) / 1_000;
  const full = await memoryOf(peer);
  return { ensemble, peer, znodes, empty, full, fillSeconds };
}

async function txn(peer: PeerProcess, ops: readonly object[]): Promise<void> {
  const answer = await fetch(`${peer.http}/v1/txn`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ops }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${String(answer.status)} ${text}`);
}

function lastPath(znodes: number): string {
  return `/service-${String(Math.ceil(znodes / perParent) - 1)}/n-${String(perParent - 2).padStart(10, '0')}`;
}

export async function metricsOf(peer: PeerProcess): Promise<Map<string, number>> {
  const text = await (await fetch(`${peer.http}/metrics`)).text();
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    const space = line.lastIndexOf(' ');
    if (!line.startsWith('#') && space > 0) {
      values.set(line.slice(0, space), Number(line.slice(space + 1)));
    }
  }
  return values;
}

async function memoryOf(peer: PeerProcess): Promise<Memory> {
  const metrics = await metricsOf(peer);
  const megabytes = (name: string): number => (metrics.get(name) ?? Number.NaN) / 1e6;
  return {
    rssMb: megabytes('process_resident_memory_bytes'),
    heapMb: megabytes('nodejs_heap_size_used_bytes') + megabytes('nodejs_external_memory_bytes'),
  };
}

export const memory: Benchmark = {
  name: 'memory',
  about: 'memory of a peer per 100,000 znodes of 100 bytes',
  async run(options, bench) {
    const { empty, full, znodes, fillSeconds, peer } = await fill(large(options), options, bench);
    const conditions =
      `1 peer, ${String(znodes)} znodes of ${String(bytes)} bytes (one in ${String(perParent)} is a parent), created over ` +
      `REST ${String(perParent)} to a transaction; nothing is forced to be collected`;
    const per = znodes / 100_000;
    const add = (what: string, value: number, unit: string): void => {
      bench.add({ what, value, unit, conditions });
    };
    add('RSS per 100,000 znodes', (full.rssMb - empty.rssMb) / per, 'MB');
    add('JavaScript heap and buffers per 100,000 znodes', (full.heapMb - empty.heapMb) / per, 'MB');
    add('RSS of the empty peer', empty.rssMb, 'MB');
    add('RSS of the full peer', full.rssMb, 'MB');
    add('creates per second meanwhile', znodes / fillSeconds, '/s');
    await restarted(peer, znodes);
    bench.runsOn(peer.pid);
    const again = await memoryOf(peer);
    add('RSS of the full peer after a restart', again.rssMb, 'MB');
    add('JavaScript heap and buffers after a restart', again.heapMb, 'MB');
  },
};

export const restart: Benchmark = {
  name: 'restart',
  about: 'from the start of the process to its first read, after kill -9',
  async run(options, bench) {
    for (const znodes of new Set([options.isQuick ? 2_000 : 100_000, large(options)])) {
      const { peer } = await fill(znodes, options, bench);
      const conditions =
        `1 peer killed with -9 and started again, ${String(znodes)} znodes of ${String(bytes)} bytes; ` +
        'asked every 5 ms; median of 3 starts';
      const times: Restarted[] = [];
      for (let run = 0; run < 3; run++) times.push(await restarted(peer, znodes));
      bench.runsOn(peer.pid);
      const middle = (of: (time: Restarted) => number): number =>
        times.map(of).sort((a, b) => a - b)[1] ?? Number.NaN;
      const add = (what: string, value: number): void => {
        bench.add({ what, value, unit: 's', conditions });
      };
      add(
        'start to first local read',
        middle(({ read }) => read),
      );
      add(
        'start to ready',
        middle(({ ready }) => ready),
      );
      add(
        'CPU until ready',
        middle(({ cpu }) => cpu),
      );
    }
  },
};

interface Restarted {
  readonly read: number;
  readonly ready: number;
  readonly cpu: number;
}

async function restarted(peer: PeerProcess, znodes: number): Promise<Restarted> {
  await peer.end('SIGKILL');
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1_000;
  peer.start();
  const answersOk = async (what: string): Promise<number> => {
    for (;;) {
      if (!peer.isRunning) throw new Error(peer.log.slice(-2_000));
      try {
        const answer = await fetch(`${peer.http}${what}`);
        await answer.arrayBuffer();
        if (answer.ok) return seconds();
      } catch {
        // Nobody listens yet.
      }
      await delay(5);
    }
  };
  const read = await answersOk(`/v1/nodes${lastPath(znodes)}?consistency=local`);
  const ready = await answersOk('/readyz');
  return { read, ready, cpu: cpuSecondsOf(peer.pid) };
}

export const stall: Benchmark = {
  name: 'stall',
  about: 'how long a peer with very many znodes ever keeps a request waiting under writes',
  async run(options, bench) {
    const { peer, znodes } = await fill(large(options), options, bench);
    const added = '\nquoll.snapshot.afterTxns=20000\n';
    peer.rewriteConfig((text) => text + added);
    await restarted(peer, znodes);
    bench.runsOn(peer.pid);
    const conditions =
      `1 peer, ${String(znodes)} znodes of ${String(bytes)} bytes, 64 connections that write without a pause; ` +
      'GET /livez every 5 ms on a connection of its own';
    await txnOfKeys(peer);
    const mark = peer.output.length;
    const seen = (): readonly Snapshot[] => snapshotsIn(peer.output.slice(mark).join(''));
    const { probes, loopMs } = await probedUnderWrites(peer, options.seconds, () =>
      seen().some(({ takenAt }) => takenAt !== undefined),
    );
    peer.rewriteConfig((text) => text.replace(added, ''));
    const snapshots = seen();
    const isBeside = ({ at }: Probe): boolean =>
      snapshots.some(({ begunAt, takenAt }) => at >= begunAt && at <= (takenAt ?? Infinity));
    const add = (what: string, value: number): void => {
      bench.add({ what, value, unit: 'ms', conditions });
    };
    const addWaits = (what: string, some: readonly Probe[]): void => {
      const waits = some.map(({ waitMs }) => waitMs);
      if (waits.length === 0) return;
      add(`${what}: longest wait of ${String(waits.length)} probes`, percentile(waits, 100));
      add(`${what}: p99`, percentile(waits, 99));
      add(`${what}: p50`, percentile(waits, 50));
    };
    addWaits(
      'no snapshot under way',
      probes.filter((one) => !isBeside(one)),
    );
    addWaits('while one is written', probes.filter(isBeside));
    add("longest delay of the event loop, by the peer's own metrics", loopMs);
  },
};

interface Probe {
  /** Wall time when it was sent, as the log has it. */
  readonly at: number;
  readonly waitMs: number;
}

interface Snapshot {
  readonly begunAt: number;
  readonly takenAt: number | undefined;
}

function snapshotsIn(log: string): Snapshot[] {
  const timesOf = (event: string): number[] =>
    log
      .split('\n')
      .filter((line) => line.includes(`"event":"${event}"`))
      .map((line) => Date.parse(/"time":"([^"]+)"/.exec(line)?.[1] ?? ''));
  const taken = timesOf('snapshotTaken');
  return timesOf('snapshotBegun').map((begunAt) => ({
    begunAt,
    takenAt: taken.find((at) => at >= begunAt),
  }));
}

/** For at least so many seconds, then until `isEnough`, for two minutes at most. */
async function probedUnderWrites(
  peer: PeerProcess,
  seconds: number,
  isEnough: () => boolean,
): Promise<{ readonly probes: readonly Probe[]; readonly loopMs: number }> {
  const probes: Probe[] = [];
  // Asking takes the longest delay so far out of the metric.
  await metricsOf(peer);
  const startedAt = performance.now();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const over = { is: false };
  const probing = (async () => {
    while (!over.is) {
      const at = Date.now();
      probes.push({ at, waitMs: await probe(peer, agent) });
      await delay(5);
    }
  })();
  while (!over.is) {
    await runLoad({
      kind: 'put',
      targets: [peer.http],
      connections: 64,
      parent: '/stall',
      keys: 1_000,
      bytes,
      query: '',
      warmUpSeconds: 0,
      seconds: 2,
    });
    const spent = (performance.now() - startedAt) / 1_000;
    over.is = spent > 120 || (spent > seconds && isEnough());
  }
  await probing;
  agent.destroy();
  const metrics = await metricsOf(peer);
  return { probes, loopMs: (metrics.get('nodejs_eventloop_lag_max_seconds') ?? NaN) * 1_000 };
}

export function probe(peer: PeerProcess, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const sentAt = performance.now();
    httpGet(`${peer.http}/livez`, { agent }, (answer) => {
      answer.resume();
      answer.on('end', () => {
        resolve(performance.now() - sentAt);
      });
    }).on('error', reject);
  });
}

async function txnOfKeys(peer: PeerProcess): Promise<void> {
  const isThere = (await fetch(`${peer.http}/v1/nodes/stall?stat`)).ok;
  if (isThere) return;
  const create = (path: string): object => ({ op: 'create', path });
  await txn(peer, [create('/stall')]);
  await txn(
    peer,
    Array.from({ length: 1_000 }, (_, key) => create(`/stall/k${String(key)}`)),
  );
  await until('the znodes to be there', async () => (await fetch(`${peer.http}/readyz`)).ok);
}

export function large({ isQuick }: BenchmarkOptions): number {
  return isQuick ? 5_000 : 1_000_000;
}
