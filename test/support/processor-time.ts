import { readFileSync } from 'node:fs';

/** In which the kernel counts what processes use. */
export const ticksPerSecond = 100;

/** CPU seconds that a process has used, all its threads together. Linux only; elsewhere zero. */
export function cpuSecondsOf(pid: number): number {
  return processTicks(pid, false) / ticksPerSecond;
}

/** The same in ticks; with those of its children that have ended, if so asked. */
export function processTicks(pid: number | 'self', withEndedChildren: boolean): number {
  const text = textOf(`/proc/${String(pid)}/stat`);
  // The name of the program comes second, in parentheses, and may hold anything.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [userTime = 0, systemTime = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11);
  return userTime + systemTime + (withEndedChildren ? childrenUser + childrenSystem : 0);
}

/** Gives what tells how many cores processes have used on average since then, all together; they must live on. */
export function coresFromNowOn(pids: readonly number[]): () => number {
  const used = (): number => pids.reduce((total, pid) => total + cpuSecondsOf(pid), 0);
  const before = used();
  const begunAtMs = performance.now();
  return () => ((used() - before) * 1_000) / (performance.now() - begunAtMs);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
