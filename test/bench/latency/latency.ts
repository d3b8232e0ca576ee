import { readdirSync, readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startEnsemble, type PeerProcess } from '../../support/ensemble.ts';
import { until } from '../../support/until.ts';
import type { Bench, Benchmark, BenchmarkOptions } from '../benchmark.ts';
import { median, percentile } from '../figures.ts';
import { JuteClient } from '../rivals/jute-client.ts';
import { measureRoundTrips, measureSyncs } from './floors.ts';
import {
  follow,
  stepsAtFollower,
  stepsAtLeader,
  type Instants,
  type PeerTrace,
  type Step,
  type Written,
} from './steps.ts';
import { nowMicros, Trace, type Place, type TraceEvent } from './trace.ts';

const bytes = 100;
const warmUpWrites = 100;
/** Between two writes: long enough for the one before to be over on every peer, the disk's afterwork too. */
const pauseMs = 2;

export const latency: Benchmark = {
  name: 'latency',
  about: 'one write at a time through three peers, step by step, beside fdatasync and loopback',
  isOnlyByName: true,
  async run(options, bench) {
    const folder = mkdtempSync(join(tmpdir(), 'quoll-bench-'));
    const hooks = new URL('./trace-hooks-main.js', import.meta.url);
    hooks.searchParams.set('folder', folder);
    const program = new URL('../../../src/main.js', import.meta.url).pathname;
    const ensemble = await startEnsemble({
      peers: 3,
      zookeeper: true,
      lines: options.lines,
      nodeFlags: ['--import', hooks.href, program],
    });
    try {
      const leader = await ensemble.leader();
      const followers = ensemble.peers.filter((peer) => peer !== leader);
      for (const asked of [leader, ...followers.slice(0, 1)]) {
        await measure({ asked, leader, followers, folder }, options, bench);
      }
      await showFloors(ensemble.folder, options, bench);
    } finally {
      await ensemble.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function measure(
  of: {
    readonly asked: PeerProcess;
    readonly leader: PeerProcess;
    readonly followers: readonly PeerProcess[];
    /** Of the traces. */
    readonly folder: string;
  },
  { isQuick }: BenchmarkOptions,
  bench: Bench,
): Promise<void> {
  const { asked, leader, followers, folder } = of;
  const isAtLeader = asked === leader;
  const written = await writeOneByOne(asked, isQuick ? 50 : 1_000);
  const traces = new Map<PeerProcess, PeerTrace>();
  const endedAt = written.at(-1)?.sentAt ?? 0;
  for (const peer of [leader, ...followers]) {
    traces.set(peer, await traceOf(peer, folder, endedAt));
  }
  const traceFor = (peer: PeerProcess): PeerTrace => {
    const trace = traces.get(peer);
    if (trace === undefined) throw new Error(`no trace of peer ${String(peer.id)}`);
    return trace;
  };
  const peers = {
    asked: traceFor(asked),
    leader: traceFor(leader),
    followers: followers.map(traceFor),
  };
  const found = written.flatMap((write) => follow(write, peers) ?? []);
  const conditions =
    `one write of ${String(bytes)} bytes at a time, ZooKeeper's protocol, 3 peers, at ` +
    `${isAtLeader ? 'the leader' : 'a follower'}: ${String(found.length)} of ${String(written.length)} writes followed`;
  bench.show(
    `\n${conditions}\n${formatSteps(isAtLeader ? stepsAtLeader : stepsAtFollower, found)}`,
  );
  const times = written.map(({ sentAt, answeredAt }) => answeredAt - sentAt);
  bench.add({ what: 'p50', value: median(times), unit: 'µs', conditions });
  bench.add({ what: 'p99', value: percentile(times, 99), unit: 'µs', conditions });
}

async function writeOneByOne(peer: PeerProcess, count: number): Promise<Written[]> {
  const client = await JuteClient.connect(peer.zookeeper);
  const path = `/latency-${String(peer.id)}`;
  const data = Buffer.alloc(bytes, 'x');
  const written: Written[] = [];
  await client.create(path, 0);
  for (let index = -warmUpWrites; index < count; index++) {
    const sentAt = nowMicros();
    await client.setData(path, data);
    if (index >= 0) written.push({ sentAt, answeredAt: nowMicros() });
    await delay(pauseMs);
  }
  client.close();
  return written;
}

/** Once both its threads have written down what they saw of the write that was sent then. */
async function traceOf(peer: PeerProcess, folder: string, sentAt: number): Promise<PeerTrace> {
  const traces = await until(`the traces of peer ${String(peer.id)}`, () => {
    const files = readdirSync(folder).filter((name) => name.startsWith(`${String(peer.pid)}-`));
    const all = files.map((name) => {
      return JSON.parse(readFileSync(join(folder, name), 'utf8')) as TraceEvent[];
    });
    const main = all.find((events) => isOver(events, 'applied', sentAt));
    const disk = all.find((events) => isOver(events, 'commit done', sentAt));
    return main === undefined || disk === undefined ? undefined : { main, disk };
  });
  const doorPort = Number(peer.zookeeper.split(':')[1]);
  return { main: new Trace(traces.main), disk: new Trace(traces.disk), doorPort };
}

function isOver(events: readonly TraceEvent[], last: Place, sentAt: number): boolean {
  return events.some(([place, atMicros]) => place === last && atMicros >= sentAt);
}

function formatSteps(steps: readonly Step[], found: readonly Instants[]): string {
  const lines = steps.map(({ what, from, to }) => {
    const times: number[] = [];
    const ends: number[] = [];
    for (const instants of found) {
      const [begun, ended, sent] = [instants.get(from), instants.get(to), instants.get('sent')];
      if (begun === undefined || ended === undefined || sent === undefined) continue;
      times.push(ended - begun);
      ends.push(ended - sent);
    }
    const cells =
      times.length === 0 ? ['not seen'] : [median(times), percentile(times, 99), median(ends)];
    return `  ${what.padEnd(52)} ${cells.map(formatMicros).join('')}`;
  });
  const head = `  ${'step (µs)'.padEnd(52)} ${['median', 'p99', 'over at'].map(formatMicros).join('')}`;
  return [head, ...lines].join('\n');
}

function formatMicros(value: number | string): string {
  return (typeof value === 'number' ? value.toFixed(0) : value).padStart(10);
}

async function showFloors(
  folder: string,
  { isQuick }: BenchmarkOptions,
  bench: Bench,
): Promise<void> {
  const syncs = measureSyncs(folder, isQuick ? 50 : 500);
  const trips = await measureRoundTrips(isQuick ? 500 : 2_000);
  const sync = median(syncs);
  const conditions = 'the floor, on the same disk and in the same run';
  const add = (what: string, value: number): void => {
    bench.add({ what, value, unit: 'µs', conditions });
  };
  add('fdatasync of a page, p50', sync);
  add('fdatasync of a page, p99', percentile(syncs, 99));
  add('loopback there and back, p50', trips.p50);
  add('loopback there and back, p99', trips.p99);
  add('fdatasync and two round trips: a write at the leader', sync + 2 * trips.p50);
  add('fdatasync and three: a write at a follower', sync + 3 * trips.p50);
}
