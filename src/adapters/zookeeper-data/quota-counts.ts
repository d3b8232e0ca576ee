import { utf8 } from '../../base/bytes.ts';
import type { DataTree } from './data-tree.ts';
import { pathOf, znodesFrom, type Znode } from './znode.ts';

const quotaRoot = '/zookeeper/quota';

/**
 * Counts anew what is below each znode with a quota, as a ZooKeeper does when it has read its snapshot (setupQuota): the
 * files hold what was counted when they were written.
 */
export function recountQuotas(tree: DataTree): void {
  const top = tree.find(quotaRoot);
  if (top === undefined) return;
  for (const at of znodesFrom(top)) {
    const stats = at.children?.get('zookeeper_stats');
    if (at === top || stats === undefined || !at.children?.has('zookeeper_limits')) continue;
    const { count, bytes } = usageBelow(tree.find(pathOf(at).slice(quotaRoot.length)));
    stats.data = utf8(`count=${String(count)},bytes=${String(bytes)}`);
  }
}

/** Of the znode itself and all below it. */
function usageBelow(top: Znode | undefined): { readonly count: number; readonly bytes: number } {
  let count = 0;
  let bytes = 0;
  for (const { data } of top === undefined ? [] : znodesFrom(top)) {
    count++;
    bytes += data?.length ?? 0;
  }
  return { count, bytes };
}
