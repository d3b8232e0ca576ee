import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { put } from '../support/client.ts';
import { startEnsemble, type PeerProcess, type TestEnsemble } from '../support/ensemble.ts';
import { until } from '../support/until.ts';
import type { Bench, Benchmark, BenchmarkOptions } from './benchmark.ts';
import { median } from './figures.ts';

const path = '/failover';
/** A write is tried anew so often, at one survivor after the other, whatever the earlier ones do. */
const attemptEveryMs = 5;
const attemptTimeoutMs = 100;

interface Acknowledged {
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** Writes without a pause, several at once: what it adds to an outage is at most `attemptEveryMs`. */
class Prober {
  acknowledged = 0;
  readonly #agents: readonly Agent[];
  readonly #peers: readonly PeerProcess[];
  readonly #timer: NodeJS.Timeout;
  #turn = 0;
  #onAcknowledged: ((write: Acknowledged) => void) | undefined;

  constructor(peers: readonly PeerProcess[]) {
    this.#peers = peers;
    this.#agents = peers.map(() => new Agent({ keepAlive: true }));
    this.#timer = setInterval(() => {
      this.#attempt();
    }, attemptEveryMs);
  }

  /** The first acknowledged write that was sent at or after `instant`. */
  next(instant: number): Promise<Acknowledged> {
    return new Promise((resolve) => {
      this.#onAcknowledged = (write) => {
        if (write.sentAt < instant) return;
        this.#onAcknowledged = undefined;
        resolve(write);
      };
    });
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const agent of this.#agents) agent.destroy();
  }

  #attempt(): void {
    const index = this.#turn++ % this.#peers.length;
    const peer = this.#peers[index];
    const agent = this.#agents[index];
    if (peer === undefined || agent === undefined) return;
    const sentAt = performance.now();
    const signal = AbortSignal.timeout(attemptTimeoutMs);
    const sent = request(`${peer.http}/v1/nodes${path}`, { method: 'PUT', agent, signal });
    sent.on('response', (answer) => {
      const answeredAt = performance.now();
      answer.resume();
      if (answer.statusCode !== 200) return;
      this.acknowledged++;
      this.#onAcknowledged?.({ sentAt, answeredAt });
    });
    // Too late, or the connection broke: the next attempt is on its way already.
    sent.on('error', () => undefined);
    sent.end('x'.repeat(100));
  }
}

/** When, after the fault, in milliseconds. */
interface Outage {
  readonly write: number;
  readonly looking: number;
  readonly elected: number;
  readonly established: number;
}

export const failover = benchmarkOf(
  'failover',
  'SIGKILL',
  'kill -9 of the leader to the next acknowledged write',
);
export const failoverStop = benchmarkOf(
  'failover-stop',
  'SIGSTOP',
  'SIGSTOP of the leader to the next acknowledged write',
);

function benchmarkOf(name: string, fault: 'SIGKILL' | 'SIGSTOP', about: string): Benchmark {
  return {
    name,
    about,
    async run(options, bench) {
      const ensemble = await startEnsemble({ peers: 3, lines: options.lines, nodeFlags: [] });
      try {
        report(about, await outages(ensemble, fault, options, bench), bench);
      } finally {
        await ensemble.stop();
      }
    },
  };
}

function report(about: string, found: readonly Outage[], bench: Bench): void {
  const conditions =
    `3 peers, ${String(found.length)} runs; a write of 100 bytes begun every ${String(attemptEveryMs)} ms ` +
    `at the two survivors in turn, given up after ${String(attemptTimeoutMs)} ms`;
  const writes = found.map(({ write }) => write);
  const add = (what: string, value: number): void => {
    bench.add({ what, value, unit: 'ms', conditions });
  };
  add(`${about}, median`, median(writes));
  add('best', Math.min(...writes));
  add('worst', Math.max(...writes));
  add('of that until the new leader goes looking, median', median(found.map((o) => o.looking)));
  add('until it is elected, median', median(found.map((o) => o.elected)));
  add('until it is established, median', median(found.map((o) => o.established)));
}

async function outages(
  ensemble: TestEnsemble,
  fault: 'SIGKILL' | 'SIGSTOP',
  { runs }: BenchmarkOptions,
  bench: Bench,
): Promise<Outage[]> {
  const created = await put(await ensemble.leader(), path, 'begun');
  if (created.status !== 201) throw new Error(await created.text());
  await created.arrayBuffer();
  const found: Outage[] = [];
  let acknowledged = 0;
  for (let run = 0; run < runs; run++) {
    const leader = await settledLeader(ensemble);
    const survivors = ensemble.peers.filter((peer) => peer !== leader);
    const prober = new Prober(survivors);
    await prober.next(performance.now());
    // Let connections and code get warm, and the fault come at any time of the timers' period.
    await delay(300 + Math.random() * 100);
    const outage = await outageOf(leader, fault, survivors, prober).finally(() => {
      prober.stop();
    });
    acknowledged += prober.acknowledged;
    found.push(outage);
    bench.progress(`run ${String(run + 1)}: ${outage.write.toFixed(0)} ms`);
    if (fault === 'SIGSTOP') leader.signal('SIGCONT');
    else {
      await leader.ended();
      leader.start();
    }
    await checkNothingLost(survivors, acknowledged);
  }
  return found;
}

async function outageOf(
  leader: PeerProcess,
  fault: 'SIGKILL' | 'SIGSTOP',
  survivors: readonly PeerProcess[],
  prober: Prober,
): Promise<Outage> {
  const marks = survivors.map(({ output }) => output.length);
  const wall = Date.now();
  const at = performance.now();
  const next = prober.next(at);
  leader.signal(fault);
  const { answeredAt } = await next;
  const write = answeredAt - at;
  const logged = await until('the new leader to say so', () => {
    for (const [index, peer] of survivors.entries()) {
      const events = eventsOf(peer.output.slice(marks[index]).join(''));
      if (events.has('established')) return events;
    }
    return undefined;
  });
  const after = (event: string): number => (logged.get(event) ?? Number.NaN) - wall;
  return {
    write,
    looking: after('looking'),
    elected: after('elected'),
    established: after('established'),
  };
}

/** The first time of each event, as the peer's own log has it. */
function eventsOf(log: string): Map<string, number> {
  const times = new Map<string, number>();
  for (const line of log.split('\n')) {
    const [, time, event] = /"time":"([^"]+)".*"event":"([^"]+)"/.exec(line) ?? [];
    if (time !== undefined && event !== undefined && !times.has(event)) {
      times.set(event, Date.parse(time));
    }
  }
  return times;
}

/** Once all say the same: a leader that was stopped believes in itself for a moment when it goes on. */
async function settledLeader(ensemble: TestEnsemble): Promise<PeerProcess> {
  await ensemble.ready();
  return until('all peers to agree on a leader', async () => {
    const views = await Promise.all(ensemble.peers.map((peer) => peer.cluster()));
    const [first] = views;
    const id = first?.leaderId ?? null;
    const isAgreed = views.every(
      ({ leaderId, epoch, self }) =>
        leaderId === id &&
        epoch === first?.epoch &&
        self.role === (self.id === id ? 'leader' : 'follower'),
    );
    return id !== null && isAgreed ? ensemble.peer(id) : undefined;
  });
}

/** Every acknowledged write raised the version by one; those of unknown fate may have too. */
async function checkNothingLost(
  survivors: readonly PeerProcess[],
  acknowledged: number,
): Promise<void> {
  const [peer] = survivors;
  if (peer === undefined) throw new Error('nobody survived');
  const answer = await fetch(`${peer.http}/v1/nodes${path}`);
  const version = Number(answer.headers.get('x-zk-version'));
  await answer.arrayBuffer();
  if (version < acknowledged) {
    throw new Error(
      `${String(acknowledged)} writes were acknowledged, ${String(version)} are there`,
    );
  }
}
