import type { ZnodePath } from '../model/path.ts';
import type { Expected } from '../model/request.ts';
import { rootId, type ZnodeTree } from './znode-tree.ts';

/** A container that never had a child is due after this (ZOOKEEPER-4915). */
const neverUsedMs = 5 * 60 * 1_000;

export interface OverdueSearch {
  readonly overdue: readonly { readonly path: ZnodePath; readonly expected: Expected }[];
  /** Where to go on; undefined when all of the tree was looked at. */
  readonly next: number | undefined;
}

/**
 * What ZooKeeper's ContainerManager collects: containers without children that had some, TTL znodes without children that
 * nobody set for longer than their TTL. No index: to look at a million rows takes less than to keep one right.
 */
export function findOverdue(
  tree: ZnodeTree,
  search: { readonly from: number; readonly znodesMax: number; readonly timeMs: number },
): OverdueSearch {
  const { idEnd } = tree.znodes.records;
  const from = Math.max(rootId, search.from);
  const end = Math.min(idEnd, from + search.znodesMax);
  const overdue = [];
  for (let id = from; id < end; id++) {
    if (!tree.znodes.isLive(id) || !isOverdue(tree, id, search.timeMs)) continue;
    const { version, czxid } = tree.stat(id);
    overdue.push({ path: tree.path(id), expected: { version, czxid } });
  }
  return { overdue, next: end < idEnd ? end : undefined };
}

function isOverdue(tree: ZnodeTree, id: number, timeMs: number): boolean {
  const kind = tree.znodes.kind(id);
  if ((kind !== 'container' && kind !== 'ttl') || tree.numChildren(id) > 0) return false;
  const owned = tree.znodes.owned(id);
  const { ctime, mtime } = tree.stat(id);
  if (owned.kind === 'ttl') return timeMs - mtime > owned.ttlMs;
  return tree.creates(id) > 0 || timeMs - ctime > neverUsedMs;
}
