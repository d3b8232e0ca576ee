import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { runProgram, type Moments } from '../load.ts';
import type { SteadyResult, SteadySpec } from './spec.ts';

/** Throws when anything was refused, or nothing was answered: rates of refusals are no figures. */
export async function runSteady(spec: SteadySpec, moments?: Moments): Promise<SteadyResult> {
  const result = await runProgram<SteadyResult>('steady/steady-load-main', spec, moments);
  if (result.answers === 0) throw new Error('nothing was answered');
  return result;
}

/** A server that answers everything at once; see `steady-echo-main.ts`. */
export async function startEcho(
  bytes: number,
): Promise<{ readonly address: string; readonly stop: () => void }> {
  const program = fileURLToPath(new URL('./steady-echo-main.js', import.meta.url));
  const child = fork(program, [String(bytes)]);
  const [port] = (await once(child, 'message')) as [number];
  return { address: `127.0.0.1:${String(port)}`, stop: () => void child.kill('SIGKILL') };
}
