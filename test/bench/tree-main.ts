// Memory, build time, pauses, snapshot and restore of a large tree. Numbers, not assertions: they depend on the machine.
//   npx tsc && node --expose-gc dist/test/bench/tree-main.js [znodes=1000000] [secondsOfWrites=2]

import { PerformanceObserver } from 'node:perf_hooks';
import { openAcl } from '../../src/model/acl.ts';
import { defaultLimits } from '../../src/model/limits.ts';
import { noSession } from '../../src/model/ids.ts';
import type { ZnodePath } from '../../src/model/path.ts';
import type { Stat } from '../../src/model/stat.ts';
import type { Txn } from '../../src/model/txn.ts';
import { zeroZxid, zxid } from '../../src/model/zxid.ts';
import { StateMachine } from '../../src/state/state-machine.ts';
import { sha256 } from '../support/state/leader.ts';

const znodes = Number(process.argv[2] ?? '1000000');
const writeSeconds = Number(process.argv[3] ?? '2');
const childrenPerParent = 1_000;
const data = new Uint8Array(100).fill(7);
const gcPauses: number[] = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) gcPauses.push(entry.duration);
}).observe({ entryTypes: ['gc'] });

let counter = 0;
let machine = new StateMachine({ limits: defaultLimits, sha256 });

function apply(changes: Txn['changes']): void {
  counter++;
  machine.apply(zxid(1, counter), { timeMs: 1_700_000_000_000 + counter, changes, branch: 'ops' });
}

function create(path: string, bytes: Uint8Array | null, parentCreates: number): void {
  const owned = { kind: 'persistent' } as const;
  const at = {
    path: path as ZnodePath,
    data: bytes,
    acl: openAcl,
    parentAcl: openAcl,
    owned,
    parentCreates,
  };
  apply([{ change: 'create', ...at, answers: 0 }]);
}

function pathOf(index: number): string {
  const name = String(index % childrenPerParent).padStart(10, '0');
  return `/service-${String(Math.floor(index / childrenPerParent))}/n-${name}`;
}

function bytesUsed(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function print(what: string, value: number, unit: string): void {
  process.stdout.write(
    `${what.padEnd(52)} ${value.toFixed(value < 100 ? 2 : 0).padStart(10)} ${unit}\n`,
  );
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/**
 * The longest that one piece of work took, and the whole: in CPU time (all threads, so an upper bound of what this one
 * needed), for a neighbour on the machine must not count.
 */
function timed(pieces: Iterable<unknown>): { longestMs: number; totalMs: number; count: number } {
  const start = cpuMs();
  let last = start;
  let longestMs = 0;
  let count = 0;
  const iterator = pieces[Symbol.iterator]();
  while (iterator.next().done !== true) {
    const now = cpuMs();
    longestMs = Math.max(longestMs, now - last);
    last = now;
    count++;
  }
  return { longestMs, totalMs: last - start, count };
}

function* build(): Generator<undefined> {
  for (let index = 0; index < znodes; index++) {
    const child = index % childrenPerParent;
    if (child === 0) {
      create(pathOf(index).replace(/\/n-.*/, ''), null, index / childrenPerParent + 1);
    }
    create(pathOf(index), data, child + 1);
    yield;
  }
}

const versions = new Uint32Array(znodes);
let randomState = 1;
function random(): number {
  randomState = (Math.imul(randomState, 1_103_515_245) + 12_345) >>> 0;
  return ((randomState ^ (randomState >>> 11)) >>> 0) % znodes;
}

/** Nothing but the version is looked at when a set is applied. */
const zeroStat: Stat = {
  czxid: zeroZxid,
  mzxid: zeroZxid,
  pzxid: zeroZxid,
  ctime: 0,
  mtime: 0,
  version: 0,
  cversion: 0,
  aversion: 0,
  ephemeralOwner: noSession,
  dataLength: 0,
  numChildren: 0,
};

function setRandom(): void {
  const index = random();
  const version = (versions[index] ?? 0) + 1;
  versions[index] = version;
  const path = pathOf(index) as ZnodePath;
  const stat = { ...zeroStat, version };
  apply([{ change: 'set', path, data, stat, acl: openAcl, answers: 0 }]);
}

function* writes(): Generator<undefined> {
  const end = cpuMs() + writeSeconds * 1_000;
  while (cpuMs() < end) {
    setRandom();
    yield;
  }
}

const before = bytesUsed();
const built = timed(build());
const perZnode = (bytesUsed() - before) / znodes;
print('memory per znode of 100 bytes', perZnode, 'bytes');
print('memory per 100,000 znodes of 100 bytes', perZnode / 10, 'MB');
print('build', built.totalMs / 1_000, 's');
print('longest apply while building', built.longestMs, 'ms');
const gcStart = cpuMs();
globalThis.gc?.();
print('forced full collection', cpuMs() - gcStart, 'ms');

gcPauses.length = 0;
const written = timed(writes());
print(
  'sets per second (apply alone, random znodes)',
  written.count / (written.totalMs / 1_000),
  '/s',
);
print('longest apply under writes', written.longestMs, 'ms');
setTimeout(() => {
  print('longest collection under writes (wall time)', Math.max(0, ...gcPauses), 'ms');
  snapshotAndRestore();
  oneLargeParent();
}, 10);

function snapshotAndRestore(): void {
  const chunks: Uint8Array[] = [];
  const digest = machine.digest();
  const writer = machine.beginSnapshot();
  function* take(): Generator<undefined> {
    for (let chunk = writer.next(1_048_576); chunk; chunk = writer.next(1_048_576)) {
      chunks.push(chunk);
      yield;
    }
  }
  const taken = timed(take());
  print('snapshot', taken.totalMs / 1_000, 's');
  print('longest snapshot chunk', taken.longestMs, 'ms');
  print('snapshot size', chunks.reduce((sum, chunk) => sum + chunk.length, 0) / 1e6, 'MB');
  machine = new StateMachine({ limits: defaultLimits, sha256 });
  const restore = machine.beginRestore();
  function* feed(): Generator<undefined> {
    for (const chunk of chunks) {
      restore.feed(chunk);
      yield;
    }
    while (!restore.finish(5_000)) yield;
  }
  const fed = timed(feed());
  print('restore', fed.totalMs / 1_000, 's');
  print('longest restore step', fed.longestMs, 'ms');
  if (machine.digest() !== digest) throw new Error('the restored digest differs');
  counter = machine.lastApplied.counter;
}

function oneLargeParent(): void {
  create('/large', null, znodes / childrenPerParent + 1);
  function* fill(): Generator<undefined> {
    for (let index = 0; index < 200_000; index++) {
      create(`/large/${String(Math.imul(index, 0x9e3779b1) >>> 0)}`, null, index + 1);
      yield;
    }
  }
  const filled = timed(fill());
  print('200,000 children of one parent, names at random', filled.totalMs / 1_000, 's');
  print('longest of these creates', filled.longestMs, 'ms');
  const start = cpuMs();
  for (let page = 0; page < 100; page++) {
    const path = '/large' as ZnodePath;
    const query = { read: 'children', path, limit: 1_000, withData: false } as const;
    machine.read({ ...query, after: String(page) }, []);
  }
  print('a page of 1,000 of their names', (cpuMs() - start) / 100, 'ms');
}
