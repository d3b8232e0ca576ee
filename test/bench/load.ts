import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { percentile, sum } from './figures.ts';
import type { Protocol } from './services.ts';

/** A closed loop: each connection sends its next request when the one before is answered. */
export interface LoadSpec {
  readonly kind: 'put' | 'get';
  /** `http://host:port`, or `https:`; the connections go to them in turn. */
  readonly targets: readonly string[];
  /** The file of whose certificates are believed. */
  readonly caFile?: string;
  readonly connections: number;
  /** Below this znode, `k0`, `k1`, … */
  readonly parent: string;
  readonly keys: number;
  readonly bytes: number;
  /** With its question mark. */
  readonly query: string;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

interface Failures {
  /** Anything but a success. */
  readonly failures: number;
  readonly firstFailure: string;
}

export interface LoadResult extends Failures {
  readonly seconds: number;
  readonly answers: number;
  readonly perSecond: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface LockLoadResult extends LoadResult {
  /** Of the generator itself, while it measured. */
  readonly cpuSeconds: number;
}

/** Connections that come one after the other in each of so many loops: a handshake, one small request, the end. */
export interface HandshakeLoadSpec {
  /** `http://host:port`, or `https:`. */
  readonly target: string;
  readonly caFile?: string;
  readonly loops: number;
  /** A handshake takes up the keys of the one before, which costs no signature. */
  readonly resumes: boolean;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** Contenders for one lock: each acquires and releases it without a pause. An answer is such a cycle. */
export interface LockLoadSpec {
  readonly protocol: Protocol;
  /** The contenders go to them in turn. */
  readonly addresses: readonly string[];
  readonly contenders: number;
  readonly lock: string;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** Each connection keeps `depth` requests of ZooKeeper's protocol under way. */
export interface ZooKeeperLoadSpec {
  readonly kind: 'get' | 'set' | 'create';
  /** `host:port`; the connections go to them in turn. */
  readonly addresses: readonly string[];
  readonly connections: number;
  readonly depth: number;
  readonly bytes: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** `onMeasuring`: the warm-up is over. Throws when anything was refused: rates of refusals are no figures. */
export function runLoad(spec: LoadSpec, onMeasuring?: () => void): Promise<LoadResult> {
  return runProgram('load-main', spec, { measuring: onMeasuring });
}

/** As `runLoad`. */
export function runHandshakeLoad(
  spec: HandshakeLoadSpec,
  onMeasuring?: () => void,
): Promise<LoadResult> {
  return runProgram('handshake-load-main', spec, { measuring: onMeasuring });
}

/** As `runLoad`. Throws as well when two held the lock at a time. */
export function runLockLoad(spec: LockLoadSpec, moments: Moments = {}): Promise<LockLoadResult> {
  return runProgram('lock-load-main', spec, moments);
}

/** As `runLoad`. */
export function runZooKeeperLoad(
  spec: ZooKeeperLoadSpec,
  onMeasuring?: () => void,
): Promise<LoadResult> {
  return runProgram('zookeeper-load-main', spec, { measuring: onMeasuring });
}

/** What a load generator tells of, as it comes. `pid`: the generator, which still runs. */
export interface Moments {
  /** The warm-up is over. */
  readonly measuring?: ((pid: number) => void) | undefined;
  /** What was to be measured is over. */
  readonly measured?: ((pid: number) => void) | undefined;
}

/** Runs `<name>.js` with its `spec`, and gives the result that it prints. */
export async function runProgram<Result extends Failures>(
  name: string,
  spec: object,
  moments: Moments = {},
): Promise<Result> {
  const program = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  const child = fork(program, [JSON.stringify(spec)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const { stdout, pid = 0 } = child;
  if (stdout === null) throw new Error('the load generator has no output');
  let text = '';
  stdout.setEncoding('utf8').on('data', (more: string) => (text += more));
  child.on('message', (moment: keyof Moments) => moments[moment]?.(pid));
  await once(child, 'close');
  if (text === '') throw new Error('the load generator has failed');
  const result = JSON.parse(text) as Result;
  if (result.failures > 0) {
    throw new Error(
      `${String(result.failures)} requests failed; the first: ${result.firstFailure.slice(0, 2_000)}`,
    );
  }
  return result;
}

export function loadResult(
  seconds: number,
  latenciesMs: readonly number[],
  { failures, firstFailure }: Pick<LoadResult, 'failures' | 'firstFailure'>,
): LoadResult {
  return {
    seconds,
    answers: latenciesMs.length,
    perSecond: latenciesMs.length / seconds,
    meanMs: sum(latenciesMs) / latenciesMs.length,
    p50Ms: percentile(latenciesMs, 50),
    p99Ms: percentile(latenciesMs, 99),
    maxMs: percentile(latenciesMs, 100),
    failures,
    firstFailure,
  };
}
