import { closeSync, fdatasyncSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { runSteady, startEcho } from '../steady/run-steady.ts';
import { nowMicros } from './trace.ts';

/** Of a WAL of SQLite, what a small write adds at the least: a frame of a page and its head. */
const syncedBytes = 4_096 + 24;

/** Times in µs of fdatasync after so much was written in a file that is long enough already. */
export function measureSyncs(folder: string, count: number): number[] {
  const path = join(folder, 'synced');
  const file = openSync(path, 'w');
  try {
    const block = Buffer.alloc(syncedBytes, 'x');
    for (let index = 0; index < count; index++) writeSync(file, block);
    ftruncateSync(file, syncedBytes * count);
    fdatasyncSync(file);
    return Array.from({ length: count }, (_, index) => {
      const begunAt = nowMicros();
      writeSync(file, block, 0, block.length, index * syncedBytes);
      fdatasyncSync(file);
      return nowMicros() - begunAt;
    });
  } finally {
    closeSync(file);
    rmSync(path);
  }
}

/** There and back between two processes that do nothing else, as median and p99 in µs. */
export async function measureRoundTrips(
  measuredMs: number,
): Promise<{ readonly p50: number; readonly p99: number }> {
  const { address, stop } = await startEcho(100);
  try {
    const { p50Ms, p99Ms } = await runSteady({
      protocol: 'zookeeper',
      kind: 'set',
      addresses: [address],
      connections: 1,
      depth: 1,
      bytes: 100,
      warmUpMs: 300,
      measuredMs,
    });
    return { p50: p50Ms * 1_000, p99: p99Ms * 1_000 };
  } finally {
    stop();
  }
}
