import { readFileSync } from 'node:fs';
import { setTimeout as elapsed } from 'node:timers/promises';
import type { PeerProcess, TestEnsemble } from '../support/ensemble.ts';
import { cpuSecondsOf } from '../support/processor-time.ts';

/** How the peers stood in the meantime. */
export interface Observed {
  /** Leaderships that began. */
  readonly elections: number;
  /** Ticks of any peer that came later than this by its own work: how many turns took longer. */
  readonly lateBy20: number;
  readonly lateBy50: number;
  readonly lateBy250: number;
  /** The same with what the peer waited for a processor, which peers, attacker and client share. */
  readonly waitedBy50: number;
  /** Cores that the peers used on average, all together. */
  readonly cores: number;
  /** Resident megabytes of the peer that had most: before, at most, and now. */
  readonly megabytesBefore: number;
  readonly megabytesMost: number;
  readonly megabytesAfter: number;
  /** The most that each gauge of the budgets said, by name, of those that said anything. */
  readonly kept: Readonly<Record<string, number>>;
}

interface Sample {
  /** A peer that was started again counts from nothing. */
  readonly pid: number;
  readonly epoch: number;
  readonly late: readonly [number, number, number, number];
  readonly cpuSeconds: number;
  readonly megabytes: number;
  readonly kept: Readonly<Record<string, number>>;
}

/** Memory is looked at this often; the peers are asked for their gauges at every fourth look, for it takes them milliseconds. */
const lookEveryMs = 500;
const looksPerAsking = 4;

/** Watches the peers of an ensemble from now on. */
export class Observation {
  readonly #ensemble: TestEnsemble;
  readonly #begunAtMs = performance.now();
  readonly #before: ReadonlyMap<PeerProcess, Sample>;
  readonly #most: { megabytes: number; kept: Record<string, number> };
  #looking: NodeJS.Timeout | undefined;
  #isLooking = false;
  #looks = 0;

  private constructor(ensemble: TestEnsemble, before: ReadonlyMap<PeerProcess, Sample>) {
    this.#ensemble = ensemble;
    this.#before = before;
    this.#most = { megabytes: 0, kept: {} };
    this.#looking = setInterval(() => {
      void this.#look();
    }, lookEveryMs);
  }

  static async start(ensemble: TestEnsemble): Promise<Observation> {
    const before = new Map<PeerProcess, Sample>();
    for (const peer of ensemble.peers) if (peer.isRunning) before.set(peer, await sample(peer));
    return new Observation(ensemble, before);
  }

  /** Gives the resident megabytes of the peer that has most, once `ms` have passed. */
  static async megabytesAfter(ensemble: TestEnsemble, ms: number): Promise<number> {
    await elapsed(ms);
    return (await (await Observation.start(ensemble)).stop()).megabytesAfter;
  }

  async stop(): Promise<Observed> {
    clearInterval(this.#looking);
    this.#looking = undefined;
    const now = new Map<PeerProcess, Sample>();
    for (const peer of this.#ensemble.peers) if (peer.isRunning) now.set(peer, await sample(peer));
    const seconds = (performance.now() - this.#begunAtMs) / 1_000;
    const more = (of: (sample: Sample) => number): number => {
      let sum = 0;
      for (const [peer, after] of now) {
        const before = this.#before.get(peer);
        sum += of(after) - (before?.pid === after.pid ? of(before) : 0);
      }
      return sum;
    };
    const late = (index: 0 | 1 | 2 | 3): number => more((sample) => sample.late[index]);
    const most = (samples: Iterable<Sample>): number =>
      Math.max(...[...samples].map(({ megabytes }) => megabytes));
    const epoch = (samples: Iterable<Sample>): number =>
      Math.max(...[...samples].map((each) => each.epoch));
    return {
      elections: epoch(now.values()) - epoch(this.#before.values()),
      lateBy20: late(0),
      lateBy50: late(1),
      lateBy250: late(2),
      waitedBy50: late(3),
      cores: more(({ cpuSeconds }) => cpuSeconds) / seconds,
      megabytesBefore: most(this.#before.values()),
      megabytesMost: Math.max(this.#most.megabytes, most(now.values())),
      megabytesAfter: most(now.values()),
      kept: this.#most.kept,
    };
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const isAsking = this.#looks++ % looksPerAsking === 0;
    for (const peer of this.#ensemble.peers) {
      if (!peer.isRunning) continue;
      this.#most.megabytes = Math.max(this.#most.megabytes, residentMegabytes(peer.pid));
      if (!isAsking) continue;
      const { kept } = await sample(peer).catch(() => ({ kept: {} }));
      for (const [name, value] of Object.entries(kept)) {
        if (value > (this.#most.kept[name] ?? 0)) this.#most.kept[name] = value;
      }
    }
    this.#isLooking = false;
  }
}

/** Resident memory of a process. */
export function residentMegabytes(pid: number): number {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024);
  } catch {
    return 0;
  }
}

async function sample(peer: PeerProcess): Promise<Sample> {
  const signal = AbortSignal.timeout(60_000);
  const text = await (await fetch(`${peer.http}/metrics`, { signal })).text();
  // Its gauge may be a second old, which is all that a peer has lived when the first attack begins.
  const cluster = await fetch(`${peer.http}/v1/cluster`, { signal });
  const { epoch } = (await cluster.json()) as { readonly epoch: number };
  const value = (name: string): number => {
    const line = text.split('\n').find((each) => each.startsWith(`${name} `));
    return Number(line?.slice(name.length + 1) ?? 0);
  };
  const above = (metric: string, ms: number): number =>
    value(`${metric}_count`) - value(`${metric}_bucket{le="${String(ms / 1_000)}"}`);
  const late = (ms: number): number => above('quoll_tick_late_own_seconds', ms);
  const kept: Record<string, number> = {};
  for (const [, name = '', amount] of text.matchAll(/^quoll_budget_(\w+) (\S+)$/gm)) {
    kept[name] = Number(amount);
  }
  return {
    pid: peer.pid,
    epoch,
    late: [late(20), late(50), late(250), above('quoll_tick_late_seconds', 50)],
    cpuSeconds: cpuSecondsOf(peer.pid),
    megabytes: residentMegabytes(peer.pid),
    kept,
  };
}
