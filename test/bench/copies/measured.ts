import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { PeerProcess } from '../../support/ensemble.ts';
import { program } from '../../support/program.ts';
import { cpuSecondsOf } from '../figures.ts';
import { metricsOf, probe } from '../large.ts';

// What one command for copies took, and what the peer that it was asked of felt of it.

const lookEveryMs = 50;
const probeEveryMs = 5;

export interface Measured {
  readonly seconds: number;
  /** Undefined where no command was run. */
  readonly command: TakenByCommand | undefined;
  readonly peer: FeltByPeer | undefined;
}

interface TakenByCommand {
  /** The most that it had in memory. */
  readonly peakMb: number;
  /** About: as it was last seen. Steadier than time where others are at work. */
  readonly cpuSeconds: number;
}

interface FeltByPeer {
  /** The longest delay of its event loop. On a busy machine that is the neighbours' too. */
  readonly stallMs: number;
  /** No turn was held up longer than this by the peer's own work: the bound of the highest bucket that was hit. */
  readonly ownStallMsMax: number;
  /** Of a `/livez` every 5 ms. */
  readonly longestWaitMs: number;
  readonly rssMb: number;
}

/** Runs a command of `quoll` to its end, and watches the peer meanwhile. */
export async function measuredCommand(
  args: readonly string[],
  more: { readonly peer?: PeerProcess | undefined; readonly output?: string } = {},
): Promise<Measured> {
  let command: TakenByCommand | undefined;
  const { seconds, felt } = await watching(more.peer, async () => {
    command = await run(args, more.output);
  });
  return { seconds, command, peer: felt };
}

/** The same of whatever else is done. */
export async function measured(peer: PeerProcess, act: () => Promise<void>): Promise<Measured> {
  const { seconds, felt } = await watching(peer, act);
  return { seconds, command: undefined, peer: felt };
}

async function watching(
  peer: PeerProcess | undefined,
  act: () => Promise<void>,
): Promise<{ readonly seconds: number; readonly felt: FeltByPeer | undefined }> {
  // Asking takes the longest delay so far out of the metric.
  const before = peer && (await metricsOf(peer));
  const probing = peer && new Probing(peer);
  const startedAt = performance.now();
  let longestWaitMs: number | undefined;
  let seconds: number;
  try {
    await act();
    seconds = (performance.now() - startedAt) / 1_000;
  } finally {
    longestWaitMs = await probing?.end();
  }
  if (peer === undefined || before === undefined) return { seconds, felt: undefined };
  const after = await metricsOf(peer);
  const figure = (name: string, factor: number): number => (after.get(name) ?? Number.NaN) * factor;
  const felt = {
    stallMs: figure('nodejs_eventloop_lag_max_seconds', 1_000),
    ownStallMsMax: highestHit(before, after),
    longestWaitMs: longestWaitMs ?? Number.NaN,
    rssMb: figure('process_resident_memory_bytes', 1e-6),
  };
  return { seconds, felt };
}

const bucket = /^quoll_tick_late_own_seconds_bucket\{le="([^"]+)"\}$/;

/** In ms: of the highest bucket that has more in it than all below it since then. */
function highestHit(before: Map<string, number>, after: Map<string, number>): number {
  const rows = [...after].flatMap(([name, count]) => {
    const [, bound] = bucket.exec(name) ?? [];
    if (bound === undefined) return [];
    const le = bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound) * 1_000;
    return [{ le, hits: count - (before.get(name) ?? 0) }];
  });
  rows.sort((left, right) => left.le - right.le);
  const all = rows.at(-1)?.hits ?? 0;
  return rows.find(({ hits }) => hits === all)?.le ?? Number.NaN;
}

class Probing {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #running: Promise<void>;
  #isOver = false;
  #longestMs = 0;

  constructor(peer: PeerProcess) {
    this.#running = this.#run(peer);
  }

  /** Gives the longest wait, in ms. */
  async end(): Promise<number> {
    this.#isOver = true;
    await this.#running;
    this.#agent.destroy();
    return this.#longestMs;
  }

  async #run(peer: PeerProcess): Promise<void> {
    while (!this.#isOver) {
      this.#longestMs = Math.max(this.#longestMs, await probe(peer, this.#agent));
      await delay(probeEveryMs);
    }
  }
}

async function run(args: readonly string[], output: string | undefined): Promise<TakenByCommand> {
  const target = output === undefined ? undefined : openSync(output, 'w');
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', target ?? 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-2_000);
  });
  let peakMb = 0;
  let cpuSeconds = 0;
  const looking = setInterval(() => {
    peakMb = Math.max(peakMb, peakMbOf(child.pid ?? 0));
    cpuSeconds = Math.max(cpuSeconds, cpuSecondsOf(child.pid ?? 0));
  }, lookEveryMs);
  await once(child, 'close');
  clearInterval(looking);
  if (target !== undefined) closeSync(target);
  if (child.exitCode !== 0) throw new Error(`${args.join(' ')}\n${errors}`);
  return { peakMb, cpuSeconds };
}

function peakMbOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    return (Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1_024) / 1e6;
  } catch {
    return 0;
  }
}
