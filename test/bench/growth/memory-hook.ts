// Loaded into a peer ahead of its program (`node --expose-gc --import`): at SIGUSR2 it collects all garbage and writes what
// is left to the file that QUOLL_MEMORY and the process id name.

import { renameSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/** Of the whole process, but for the heaps of other threads in `heapBytes`. */
export interface MemoryLeft {
  readonly rssBytes: number;
  /** Objects, and buffers beside them. */
  readonly heapBytes: number;
}

if (isMainThread) {
  process.on('SIGUSR2', () => {
    // What is let go by the first may free more at the second.
    globalThis.gc?.();
    globalThis.gc?.();
    const { rss, heapUsed, external } = process.memoryUsage();
    const left: MemoryLeft = { rssBytes: rss, heapBytes: heapUsed + external };
    const file = `${process.env['QUOLL_MEMORY'] ?? 'memory'}.${String(process.pid)}.json`;
    writeFileSync(`${file}.new`, JSON.stringify(left));
    // Whoever waits for it finds it whole.
    renameSync(`${file}.new`, file);
  });
}
