import {
  closeSync,
  existsSync,
  fdatasyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { defaults } from '../../model/defaults.ts';
import type { ClientTls } from '../client/client-tls.ts';
import { askPeer } from '../client/rest-client.ts';
import { CommandFailed } from '../terminal/command-failed.ts';

// What `quoll check` measures, each with a verdict and what to do about it. Nothing here needs a peer that runs.

/** bad: a peer will not start or not serve here; warn: it will, and somebody will be woken up for it. */
export type Verdict = 'ok' | 'warn' | 'bad';

export interface Check {
  /** What was looked at: `fsync`, `port 2888`, `clock of http://node02:2180`. */
  readonly what: string;
  readonly verdict: Verdict;
  /** What was found, with its figure. */
  readonly found: string;
  /** What to do; empty when nothing is. */
  readonly fix: string;
}

const syncs = 60;
/** Each write waits for one of these on a majority. */
const syncWarnMs = 20;
const syncBadMs = 100;
const roundTrips = 5;
/** Peers give each other up after a second of silence, and ping five times in it. */
const roundTripWarnMs = 50;
const patienceMs = 3_000;
const mebibyte = 1_048_576;
/** Connections that a peer takes by default at its doors, and what it needs besides. */
const descriptorsWanted = 31_000;
const descriptorsMin = 1_024;
/** A Date is told in whole seconds. */
const dateStepMs = 1_000;
const clockWarnMs = 2_000;
const clockBadMs = 10_000;

export function checkNode(version: string = process.versions.node): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isKnown = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
  return {
    what: 'Node',
    verdict: isKnown ? 'ok' : 'bad',
    found: version,
    fix: isKnown ? '' : 'Install Node 20.19 or later in the 20 series, or 22.12 or later.',
  };
}

/** Writes and syncs as the log does, in a folder of its own that is gone afterwards. */
export function checkDisk(dataDir: string): readonly Check[] {
  const folder = nearestThere(dataDir);
  let scratch: string | undefined;
  try {
    scratch = mkdtempSync(join(folder, '.quoll-check-'));
    const times = syncTimes(join(scratch, 'file'));
    return [syncVerdict(times), spaceVerdict(folder)];
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    const fix = `Make ${dataDir} a directory that this user may write to, on a disk of this machine.`;
    return [{ what: 'data directory', verdict: 'bad', found, fix }];
  } finally {
    if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
  }
}

/** A directory that is not there yet will be made below the first one that is. */
function nearestThere(path: string): string {
  for (let place = path; ; place = dirname(place)) {
    if (existsSync(place) || dirname(place) === place) return place;
  }
}

function syncTimes(file: string): readonly number[] {
  const descriptor = openSync(file, 'w');
  try {
    const block = Buffer.alloc(4_096, 1);
    return Array.from({ length: syncs }, () => {
      writeSync(descriptor, block);
      const begun = performance.now();
      fdatasyncSync(descriptor);
      return performance.now() - begun;
    }).toSorted((left, right) => left - right);
  } finally {
    closeSync(descriptor);
  }
}

function syncVerdict(sorted: readonly number[]): Check {
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const worst = sorted[Math.floor(sorted.length * 0.95)] ?? 0;
  const verdict = median > syncBadMs ? 'bad' : worst > syncWarnMs ? 'warn' : 'ok';
  return {
    what: 'fsync',
    verdict,
    found: `${ms(median)} in the median, ${ms(worst)} at 95 % of ${String(sorted.length)}`,
    fix:
      verdict === 'ok'
        ? ''
        : 'Each write waits for it on a majority: give the data directory a disk of its own, best an SSD.',
  };
}

function spaceVerdict(folder: string): Check {
  const { bavail, blocks, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const keptFree = Math.min(defaults.freeBytesMin, blocks * bsize * defaults.freeShareMax);
  const verdict = free <= keptFree ? 'bad' : free < 2 * keptFree ? 'warn' : 'ok';
  return {
    what: 'disk space',
    verdict,
    found: `${mib(free)} free of ${mib(blocks * bsize)}`,
    fix:
      verdict === 'ok' ? '' : `Below ${mib(keptFree)} the leader refuses writes: make room there.`,
  };
}

/** Linux alone tells; elsewhere nothing is said. */
export function checkDescriptors(limits: string = limitsOfProcess()): readonly Check[] {
  const [, soft] = /^Max open files\s+(\d+|unlimited)/m.exec(limits) ?? [];
  if (soft === undefined) return [];
  const allowed = soft === 'unlimited' ? Infinity : Number(soft);
  const verdict = allowed < descriptorsMin ? 'bad' : allowed < descriptorsWanted ? 'warn' : 'ok';
  const fix = `For all connections that a peer takes: ulimit -n ${String(descriptorsWanted)} (systemd: LimitNOFILE=).`;
  return [
    {
      what: 'file descriptors',
      verdict,
      found: `${soft} allowed`,
      fix: verdict === 'ok' ? '' : fix,
    },
  ];
}

function limitsOfProcess(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** Whether a peer could listen there. */
export async function checkPort(what: string, { host, port }: Place): Promise<Check> {
  const code = await new Promise<string>((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? error.message);
    });
    server.listen(port, host, () => {
      server.close(() => {
        resolve('');
      });
    });
  });
  const isTaken = code === 'EADDRINUSE';
  return {
    what: `${what} ${host}:${String(port)}`,
    verdict: code === '' ? 'ok' : isTaken ? 'warn' : 'bad',
    found: code === '' ? 'free' : isTaken ? 'taken' : code,
    fix:
      code === ''
        ? ''
        : isTaken
          ? 'If it is not this very peer that runs there already: ss -ltnp shows who does.'
          : 'This machine can not listen there: correct the host or the port.',
  };
}

/** How long it takes to reach a port of another peer: the middle one of some tries. */
export async function checkReach(what: string, place: Place): Promise<Check> {
  const name = `${what} ${place.host}:${String(place.port)}`;
  const times: number[] = [];
  for (let trip = 0; trip < roundTrips; trip++) {
    const took = await reach(place);
    if (typeof took === 'string') {
      const fix = 'Start that peer, or let a firewall have this port; then check again.';
      return { what: name, verdict: 'warn', found: `not reached: ${took}`, fix };
    }
    times.push(took);
  }
  const median = times.toSorted((left, right) => left - right)[Math.floor(roundTrips / 2)] ?? 0;
  const isSlow = median > roundTripWarnMs;
  return {
    what: name,
    verdict: isSlow ? 'warn' : 'ok',
    found: `${ms(median)} to connect`,
    fix: isSlow
      ? 'Each write waits for a round trip: raise peer.syncLimitTicks, or move closer.'
      : '',
  };
}

function reach({ host, port }: Place): Promise<number | string> {
  return new Promise((resolve) => {
    const begun = performance.now();
    const socket = connect({ host, port, timeout: patienceMs });
    const end = (outcome: number | string): void => {
      socket.destroy();
      resolve(outcome);
    };
    socket.once('connect', () => {
      end(performance.now() - begun);
    });
    socket.once('timeout', () => {
      end('no answer');
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      end(error.code ?? error.message);
    });
  });
}

/** Compares this machine's clock with what another peer's door says the time is. */
export async function checkClock(base: URL, tls: ClientTls | undefined): Promise<Check> {
  const what = `clock of ${base.origin}`;
  const begun = Date.now();
  const told = await dateOf(base, tls);
  if (typeof told === 'string') {
    const fix = 'Start that peer, or name another with --url.';
    return { what, verdict: 'warn', found: `not told: ${told}`, fix };
  }
  const offMs = clockOff({ begun, ended: Date.now(), told: told.getTime() });
  const verdict = offMs > clockBadMs ? 'bad' : offMs > clockWarnMs ? 'warn' : 'ok';
  return {
    what,
    verdict,
    found: verdict === 'ok' ? 'as here' : `${String(Math.round(offMs / 1_000))} s off, at least`,
    fix: verdict === 'ok' ? '' : 'Set both clocks by NTP: chronyc tracking, or timedatectl.',
  };
}

/** At least how far a clock is off that told `told`, in whole seconds, between two moments of ours. */
export function clockOff(at: {
  readonly begun: number;
  readonly ended: number;
  readonly told: number;
}): number {
  if (at.told > at.ended) return at.told - at.ended;
  return Math.max(0, at.begun - (at.told + dateStepMs));
}

async function dateOf(base: URL, tls: ClientTls | undefined): Promise<Date | string> {
  try {
    const { headers } = await askPeer(base, { method: 'GET', path: '/livez', patienceMs }, tls);
    const date = new Date(headers.date ?? NaN);
    return Number.isNaN(date.getTime()) ? 'it names no time' : date;
  } catch (error) {
    if (error instanceof CommandFailed) return error.message;
    throw error;
  }
}

function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 0)} ms`;
}

function mib(bytes: number): string {
  return `${String(Math.round(bytes / mebibyte))} MiB`;
}
