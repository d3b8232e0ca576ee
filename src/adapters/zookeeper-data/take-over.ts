import { keptRoot } from '../../model/auth.ts';
import { parsePath, zookeeperConfigPath } from '../../model/path.ts';
import type { DataTree } from './data-tree.ts';
import { addInitialZnodes } from './initial-znodes.ts';
import { recountQuotas } from './quota-counts.ts';
import { pathOf, persistent, znodesFrom, type Znode } from './znode.ts';

export interface TakenOver {
  readonly dataBytes: number;
  readonly containers: number;
  readonly ttls: number;
  /** Left out, or persistent from now on. */
  readonly ephemerals: number;
  readonly quotas: number;
  readonly warnings: readonly string[];
}

/**
 * Makes of what a ZooKeeper had what an ensemble of ours can begin with: without sessions and what is theirs, and without
 * what each ensemble says of itself.
 */
export function takeOver(tree: DataTree, options: { readonly keepEphemerals: boolean }): TakenOver {
  const warnings: string[] = [];
  const kept = tree.find(keptRoot);
  if (kept !== undefined) {
    warnings.push(`${keptRoot} is left out: it is what another Quoll keeps for itself`);
    tree.leaveOut(kept);
  }
  const config = tree.find(zookeeperConfigPath);
  if (config !== undefined) tree.leaveOut(config);
  addInitialZnodes(tree);
  const ephemerals = endSessions(tree, options.keepEphemerals);
  recountQuotas(tree);
  return { ...counted(tree, warnings), ephemerals, warnings };
}

/** Without `keep`, as closeSession would: the parents' counts of creates stay. */
function endSessions(tree: DataTree, keep: boolean): number {
  const found: Znode[] = [];
  for (const znode of znodesFrom(tree.root)) {
    if (znode.owned.kind === 'ephemeral') found.push(znode);
  }
  for (const znode of found) {
    if (keep) znode.owned = persistent;
    else tree.leaveOut(znode);
  }
  return found.length;
}

function counted(tree: DataTree, warnings: string[]): Omit<TakenOver, 'ephemerals' | 'warnings'> {
  let [dataBytes, containers, ttls, quotas] = [0, 0, 0, 0];
  for (const znode of znodesFrom(tree.root)) {
    dataBytes += znode.data?.length ?? 0;
    if (znode.owned.kind === 'container') containers++;
    if (znode.owned.kind === 'ttl') ttls++;
    if (znode.name === 'zookeeper_limits') quotas++;
    if (znode.parent === undefined) continue;
    const parsed = parsePath(`/${znode.name}`);
    if (typeof parsed !== 'string') warnings.push(`${pathOf(znode)}: ${parsed.complaint}`);
  }
  return { dataBytes, containers, ttls, quotas };
}
