// Loaded into a peer ahead of its program (`node --import`): SIGUSR2 begins a profile of the main thread, the next one ends
// it and writes it to the file that QUOLL_PROFILE and the process id name.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { GCProfiler } from 'node:v8';
import { isMainThread } from 'node:worker_threads';

/** What the main thread did between two signals. By function: `self` in µs of samples, `bytes` allocated. */
export interface ThreadProfile {
  readonly cpuMs: number;
  readonly gcMs: number;
  readonly collections: number;
  /** Allocated, by the sizes of the heap before and after each collection. */
  readonly allocatedBytes: number;
  readonly functions: readonly {
    readonly at: string;
    readonly us: number;
    readonly bytes: number;
  }[];
}

interface CpuNode {
  readonly id: number;
  readonly callFrame: CallFrame;
}

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
}

interface HeapNode {
  readonly callFrame: CallFrame;
  readonly selfSize: number;
  readonly children: readonly HeapNode[];
}

interface Begun {
  readonly session: Session;
  readonly collections: GCProfiler;
  readonly heapBytes: number;
  readonly cpuNs: number;
}

const samplingUs = 200;
const samplingBytes = 16_384;

let begun: Begun | undefined;
if (isMainThread) {
  process.on('SIGUSR2', () => {
    void (begun === undefined ? begin() : end(begun));
  });
}

async function begin(): Promise<void> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: samplingUs });
  await session.post('Profiler.start');
  const collected = {
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  };
  await session.post('HeapProfiler.startSampling', {
    samplingInterval: samplingBytes,
    ...collected,
  });
  const collections = new GCProfiler();
  collections.start();
  begun = { session, collections, heapBytes: process.memoryUsage().heapUsed, cpuNs: cpuNs() };
}

async function end({ session, collections, heapBytes, cpuNs: before }: Begun): Promise<void> {
  begun = undefined;
  const spentNs = cpuNs() - before;
  const heapNow = process.memoryUsage().heapUsed;
  const { statistics } = collections.stop();
  const { profile } = await session.post('Profiler.stop');
  const heap = await session.post('HeapProfiler.stopSampling');
  session.disconnect();
  let allocated = -heapBytes;
  let gcUs = 0;
  for (const { cost, beforeGC, afterGC } of statistics) {
    gcUs += cost;
    allocated += beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize;
  }
  const functions = new Map<string, { us: number; bytes: number }>();
  const entryOf = (frame: CallFrame): { us: number; bytes: number } => {
    const at = nameOf(frame);
    const known = functions.get(at) ?? { us: 0, bytes: 0 };
    functions.set(at, known);
    return known;
  };
  const { nodes, samples = [], timeDeltas = [] } = profile;
  const byId = new Map(nodes.map((node: CpuNode) => [node.id, node]));
  for (const [index, id] of samples.entries()) {
    const node = byId.get(id);
    if (node !== undefined) entryOf(node.callFrame).us += timeDeltas[index] ?? 0;
  }
  const walk = ({ callFrame, selfSize, children }: HeapNode): void => {
    if (selfSize > 0) entryOf(callFrame).bytes += selfSize;
    for (const child of children) walk(child);
  };
  walk(heap.profile.head);
  const written: ThreadProfile = {
    cpuMs: spentNs / 1e6,
    gcMs: gcUs / 1e3,
    collections: statistics.length,
    allocatedBytes: allocated + heapNow,
    functions: [...functions].map(([at, { us, bytes }]) => ({ at, us, bytes })),
  };
  const file = `${process.env['QUOLL_PROFILE'] ?? 'profile'}.${String(process.pid)}.json`;
  writeFileSync(`${file}.new`, JSON.stringify(written));
  // Whoever waits for it finds it whole.
  renameSync(`${file}.new`, file);
}

/** `file function`, with the file below `dist` or `node_modules`. */
function nameOf({ functionName, url }: CallFrame): string {
  const file = url.replace(/^.*\/(dist|node_modules)\//, '').replace(/^file:\/\//, '');
  return `${file} ${functionName === '' ? '(anonymous)' : functionName}`;
}

/** Of the main thread, from Linux's scheduler. */
function cpuNs(): number {
  const text = readFileSync(`/proc/self/task/${String(process.pid)}/schedstat`, 'utf8');
  return Number(text.split(' ')[0]);
}
