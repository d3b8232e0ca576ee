import { nameOf, parentOf, type ZnodePath } from './path.ts';

// Lock and election queues are directories of ephemeral sequential znodes, so that ZooKeeper's recipes can contend. All
// that a queue needs to know of a contender stands in the znode's name.

export const locksRoot = '/locks' as ZnodePath;
export const electionsRoot = '/elections' as ZnodePath;

/** How a lock is held; `write` is `exclusive` by another name. */
export type LockMode = 'exclusive' | 'read' | 'semaphore';

/**
 * How contenders of a directory name themselves. `curator`: Curator's and go-zookeeper's `…-lock-%010d`. `kazoo`:
 * `…__lock__%010d`. `foreign`: a sequential name that is neither (Curator's read/write locks, say).
 */
export type LockDialect = 'curator' | 'kazoo' | 'foreign';

export interface ContenderName {
  readonly dialect: LockDialect;
  readonly mode: LockMode;
  /** Of a semaphore: how many hold at a time. All contenders of one queue name the same number. */
  readonly permits?: number;
  readonly sequence: number;
  /** 32 hex digits when the name carries a contender key of ours, or another's GUID in the same place. */
  readonly key?: string;
}

export const semaphorePermitsMax = 1_000_000;

/** Says whether a path is that of a queue: `/locks/<name>` or `/elections/<name>`, one level below. */
export function isQueuePath(path: ZnodePath): boolean {
  const root = parentOf(path);
  return nameOf(path) !== '' && (root === locksRoot || root === electionsRoot);
}

/** Gives the queue that a znode of this path would be in, as a contender or not. */
export function queueOf(path: ZnodePath): ZnodePath | undefined {
  // Nearly every path of a tree is told apart by its first letters.
  if (!path.startsWith('/locks/') && !path.startsWith('/elections/')) return undefined;
  const queue = parentOf(path);
  return isQueuePath(queue) ? queue : undefined;
}

const sequential = /^(.*?)(\d{10})$/s;
const curatorKey = /^_c_([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})-/;
const kazooKey = /^([0-9a-f]{32})__/;
const permitsInName = /-permits-(\d{1,7})-lease-$/;

/** Reads what a contender's name says; undefined for a name without a sequence number: no contender. */
export function parseContenderName(name: string): ContenderName | undefined {
  const [, prefix = '', digits] = sequential.exec(name) ?? [];
  if (digits === undefined) return undefined;
  const sequence = Number(digits);
  const key = curatorKey.exec(prefix)?.slice(1).join('') ?? kazooKey.exec(prefix)?.[1];
  const common = { sequence, ...(key !== undefined && { key }) };
  if (prefix.endsWith('-read-lock-')) return { dialect: 'curator', mode: 'read', ...common };
  if (prefix.endsWith('lock-')) return { dialect: 'curator', mode: 'exclusive', ...common };
  if (prefix.endsWith('__rlock__')) return { dialect: 'kazoo', mode: 'read', ...common };
  if (prefix.endsWith('__lock__')) return { dialect: 'kazoo', mode: 'exclusive', ...common };
  const permits = Number(permitsInName.exec(prefix)?.[1] ?? '0');
  if (permits >= 1 && permits <= semaphorePermitsMax) {
    return { dialect: 'curator', mode: 'semaphore', permits, ...common };
  }
  return { dialect: 'foreign', mode: 'exclusive', ...common };
}

/** Gives the name that gets its sequence number appended. `key`: 32 hex digits. */
export function contenderPrefix(
  key: string,
  as: { readonly mode: LockMode; readonly permits?: number; readonly dialect: 'curator' | 'kazoo' },
): string {
  if (as.dialect === 'kazoo') return `${key}${as.mode === 'read' ? '__rlock__' : '__lock__'}`;
  const [, ...parts] = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/.exec(key) ?? [];
  const start = `_c_${parts.join('-')}`;
  if (as.mode === 'semaphore') return `${start}-permits-${String(as.permits ?? 1)}-lease-`;
  return `${start}${as.mode === 'read' ? '-read-lock-' : '-lock-'}`;
}
