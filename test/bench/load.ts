import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A closed loop: each connection sends its next request when the one before is answered. */
export interface LoadSpec {
  readonly kind: 'put' | 'get';
  /** `http://host:port`; the connections go to them in turn. */
  readonly targets: readonly string[];
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

export interface LoadResult {
  readonly seconds: number;
  readonly answers: number;
  readonly perSecond: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Anything but a 2xx. */
  readonly failures: number;
  readonly firstFailure: string;
}

const program = fileURLToPath(new URL('./load-main.js', import.meta.url));

/** `onMeasuring`: the warm-up is over. Throws when anything was refused: rates of refusals are no figures. */
export async function runLoad(
  spec: LoadSpec,
  onMeasuring: () => void = () => undefined,
): Promise<LoadResult> {
  const child = fork(program, [JSON.stringify(spec)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const { stdout } = child;
  if (stdout === null) throw new Error('the load generator has no output');
  let text = '';
  stdout.setEncoding('utf8').on('data', (more: string) => (text += more));
  child.on('message', onMeasuring);
  await once(child, 'close');
  if (text === '') throw new Error('the load generator has failed');
  const result = JSON.parse(text) as LoadResult;
  if (result.failures > 0) {
    throw new Error(
      `${String(result.failures)} requests failed; the first: ${result.firstFailure.slice(0, 2_000)}`,
    );
  }
  return result;
}
