import { permission, type Identity } from '../../model/acl.ts';
import { refused, type Refusal } from '../../model/error-code.ts';
import { childOf, type ZnodePath } from '../../model/path.ts';
import type { WatchEvent } from '../../model/watch-event.ts';
import { isAllowed } from '../access/access.ts';
import type { ZnodeTree } from '../tree/znode-tree.ts';

export interface SubtreeQuery {
  readonly path: ZnodePath;
  /** The znode alone, or all below it too. */
  readonly isRecursive: boolean;
  readonly withData: boolean;
  /** Looked at, readable or not. */
  readonly znodesMax: number;
  /** Of values. */
  readonly bytesMax: number;
}

/**
 * What of a subtree these identities may read, as `created` events: parents before their children, children of one parent
 * in code point order. All at once, so it is one state; refused as `tooLarge` when that would take too long.
 */
export function readSubtree(
  tree: ZnodeTree,
  query: SubtreeQuery,
  identities: readonly Identity[],
): readonly WatchEvent[] | Refusal {
  const events: WatchEvent[] = [];
  const top = tree.find(query.path);
  if (top === 0) return events;
  const stack: { readonly id: number; readonly path: ZnodePath }[] = [
    { id: top, path: query.path },
  ];
  let znodes = 1;
  let bytes = 0;
  for (;;) {
    const next = stack.pop();
    if (next === undefined) return events;
    const { id, path } = next;
    const acl = tree.acl(id);
    if (isAllowed(acl, permission.read, identities)) {
      const stat = tree.stat(id);
      bytes += query.withData ? stat.dataLength : 0;
      if (bytes > query.bytesMax) return tooLarge(query.path, 'bytes of values', query.bytesMax);
      events.push({
        type: 'created',
        path,
        stat,
        acl,
        ...(query.withData ? { data: tree.znodes.data(id) } : {}),
      });
    }
    const children = query.isRecursive ? tree.numChildren(id) : 0;
    if (children === 0) continue;
    znodes += children;
    if (znodes > query.znodesMax) return tooLarge(query.path, 'znodes', query.znodesMax);
    const ordered = tree.orderedChildren(id, undefined, children);
    for (let index = ordered.length - 1; index >= 0; index--) {
      const child = ordered[index] as number;
      stack.push({ id: child, path: childOf(path, tree.znodes.name(child)) });
    }
  }
}

function tooLarge(path: ZnodePath, what: string, limit: number): Refusal {
  return refused(
    'tooLarge',
    `"${path}" and what is below it are more than the ${String(limit)} ${what} that are given at once: ` +
      'watch a narrower path, or page through the children first and watch from the zxid of the first page.',
    { path, limit },
  );
}
