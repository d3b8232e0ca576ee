import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Benchmark } from './benchmark.ts';

// Programs of their own that print what they measured: one part of a peer alone, without the rest around it.

export const tree = printed('tree', 'the state alone: memory, pauses, snapshot and restore', [
  '2000',
]);
export const store = printed('store', 'the store alone: commits, restarts, snapshots', []);
export const grants = printed(
  'grants',
  'what a check of grants costs, off and on, and to know a token',
  ['0.2'],
);

function printed(name: string, about: string, quickArguments: readonly string[]): Benchmark {
  const program = fileURLToPath(new URL(`./${name}-main.js`, import.meta.url));
  return {
    name,
    about,
    isOnlyByName: true,
    async run({ isQuick }) {
      const child = spawn(
        process.execPath,
        ['--expose-gc', program, ...(isQuick ? quickArguments : [])],
        { stdio: 'inherit' },
      );
      const [code] = (await once(child, 'exit')) as [number | null];
      if (code !== 0) throw new Error(`exit code ${String(code)}`);
    },
  };
}
