import { readFileSync, readdirSync, statSync } from 'node:fs';
import { arch, homedir, hostname, release, tmpdir, type, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getHeapStatistics } from 'node:v8';
import type { Clock } from '../../../ports/clock.ts';
import { notAvailable } from './format.ts';
import type { HostFacts } from './sources.ts';

const mebibyte = 1_048_576;

/** As Java calls them. */
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'aarch64' };

/** Tells of this process and this machine. What only some systems tell is read from Linux's /proc. */
export function hostFacts(clock: Clock): HostFacts {
  return {
    // Of a program that was replaced or removed since it was started nothing can be told.
    builtMs: attempt(() => statSync(fileURLToPath(import.meta.url)).mtimeMs) ?? 0,
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

/** Each by itself: what can't be told is `<NA>`, and the others are told. */
const properties: Readonly<Record<string, () => string>> = {
  'host.name': hostname,
  'java.version': () => notAvailable,
  'java.vendor': () => notAvailable,
  'java.home': () => notAvailable,
  'java.class.path': () => notAvailable,
  'java.library.path': () => notAvailable,
  'java.io.tmpdir': tmpdir,
  'java.compiler': () => notAvailable,
  'os.name': type,
  'os.arch': () => architectures[arch()] ?? arch(),
  'os.version': release,
  // A user id without an entry in the password file has no name, and without HOME no home: the system throws.
  'user.name': () => userInfo().username,
  'user.home': homedir,
  // Somebody may have removed it.
  'user.dir': () => process.cwd(),
  'os.memory.free': () => {
    const { total_heap_size: total, used_heap_size: used } = getHeapStatistics();
    return megabytes(total - used);
  },
  'os.memory.max': () => megabytes(getHeapStatistics().heap_size_limit),
  'os.memory.total': () => megabytes(getHeapStatistics().total_heap_size),
  'node.version': () => process.version,
};

function megabytes(bytes: number): string {
  return `${String(Math.round(bytes / mebibyte))}MB`;
}

function environment(): readonly (readonly [string, string])[] {
  return Object.entries(properties).map(([name, read]) => [name, attempt(read) ?? notAvailable]);
}
