import { readFileSync, readdirSync, statSync } from 'node:fs';
import { arch, homedir, hostname, release, tmpdir, type, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getHeapStatistics } from 'node:v8';
import type { Clock } from '../../../ports/clock.ts';
import type { HostFacts } from './sources.ts';

const mebibyte = 1_048_576;
/** What ZooKeeper prints for a property that there is not. */
const notAvailable = '<NA>';
/** As Java calls them. */
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'aarch64' };

/** Tells of this process and this machine. What only some systems tell is read from Linux's /proc. */
export function hostFacts(clock: Clock): HostFacts {
  return {
    builtMs: statSync(fileURLToPath(import.meta.url)).mtimeMs,
    now: () => clock.wall(),
    openFiles: () => attempt(() => readdirSync('/proc/self/fd').length),
    openFilesMax: () =>
      attempt(() => {
        const limits = readFileSync('/proc/self/limits', 'utf8');
        const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
        return soft === undefined ? undefined : Number(soft);
      }),
    directoryBytes,
    environment,
  };
}

function attempt<Value>(read: () => Value | undefined): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Of the files in it; one that goes meanwhile does not count. */
function directoryBytes(directory: string): number {
  const entries = attempt(() => readdirSync(directory, { withFileTypes: true })) ?? [];
  return entries
    .map((entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return directoryBytes(path);
      return attempt(() => statSync(path).size) ?? 0;
    })
    .reduce((sum, bytes) => sum + bytes, 0);
}

function environment(): readonly (readonly [string, string])[] {
  const heap = getHeapStatistics();
  const megabytes = (bytes: number): string => `${String(Math.round(bytes / mebibyte))}MB`;
  return [
    ['host.name', hostname()],
    ['java.version', notAvailable],
    ['java.vendor', notAvailable],
    ['java.home', notAvailable],
    ['java.class.path', notAvailable],
    ['java.library.path', notAvailable],
    ['java.io.tmpdir', tmpdir()],
    ['java.compiler', notAvailable],
    ['os.name', type()],
    ['os.arch', architectures[arch()] ?? arch()],
    ['os.version', release()],
    ['user.name', attempt(() => userInfo().username) ?? notAvailable],
    ['user.home', homedir()],
    ['user.dir', process.cwd()],
    ['os.memory.free', megabytes(heap.total_heap_size - heap.used_heap_size)],
    ['os.memory.max', megabytes(heap.heap_size_limit)],
    ['os.memory.total', megabytes(heap.total_heap_size)],
    ['node.version', process.version],
  ];
}
