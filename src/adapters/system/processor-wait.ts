import { openSync, readSync } from 'node:fs';

/** Three numbers: nanoseconds run, nanoseconds waited, slices of time. */
const statisticsBytesMax = 64;

/**
 * Gives what tells how many milliseconds the calling thread has waited for a processor. Of Linux's scheduler
 * (`/proc/thread-self/schedstat`, a few microseconds to read, no disk); elsewhere it tells nothing.
 */
export function processorWait(): () => number | undefined {
  const file = openOrUndefined('/proc/thread-self/schedstat');
  if (file === undefined) return () => undefined;
  const bytes = Buffer.alloc(statisticsBytesMax);
  return () => {
    try {
      const read = readSync(file, bytes, 0, statisticsBytesMax, 0);
      const waitedNs = Number(bytes.toString('latin1', 0, read).split(' ')[1]);
      return Number.isFinite(waitedNs) ? waitedNs / 1e6 : undefined;
    } catch {
      return undefined;
    }
  };
}

function openOrUndefined(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}
