import { permission, type Identity } from '../../model/acl.ts';
import { refused, type Refusal } from '../../model/error-code.ts';
import { childOf, type ZnodePath } from '../../model/path.ts';
import type { WatchEvent } from '../../model/watch-event.ts';
import { isAllowed } from '../access/access.ts';
import type { ZnodeTree } from '../tree/znode-tree.ts';
import { ZnodeWalk, type FoundZnode } from './znode-walk.ts';

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
 * Gives what of a subtree these identities may read, as `created` events: parents before their children, children of
 * one parent in code point order. All at once, so it is one state; refused as `tooLarge` when that would take too long.
 */
export function readSubtree(
  tree: ZnodeTree,
  query: SubtreeQuery,
  reader: {
    readonly identities: readonly Identity[];
    /** A znode that is left out, with all below it; 0 for none. */
    readonly closed: number;
  },
): readonly WatchEvent[] | Refusal {
  const events: WatchEvent[] = [];
  const top = tree.find(query.path);
  if (top === 0) return events;
  let znodes = 1;
  let bytes = 0;
  const walk = new ZnodeWalk(tree, top, {
    batch: query.znodesMax,
    enters: (id) => {
      const children = query.isRecursive && id !== reader.closed ? tree.numChildren(id) : 0;
      znodes += children;
      return children > 0;
    },
  });
  let found: FoundZnode | undefined = { id: top, name: '' };
  for (; found !== undefined; found = walk.next()) {
    if (znodes > query.znodesMax) return tooLarge(query.path, 'znodes', query.znodesMax);
    const { id, name } = found;
    const acl = tree.acl(id);
    if (id === reader.closed || !isAllowed(acl, permission.read, reader.identities)) continue;
    const stat = tree.stat(id);
    bytes += query.withData ? stat.dataLength : 0;
    if (bytes > query.bytesMax) return tooLarge(query.path, 'bytes of values', query.bytesMax);
    events.push({
      type: 'created',
      path: id === top ? query.path : childOf(query.path, name),
      stat,
      acl,
      ...(query.withData ? { data: tree.znodes.data(id) } : {}),
    });
  }
  return events;
}

function tooLarge(path: ZnodePath, what: string, limit: number): Refusal {
  return refused(
    'tooLarge',
    `"${path}" and what is below it are more than the ${String(limit)} ${what} that are given at once: ` +
      'watch a narrower path, or page through the children first and watch from the zxid of the first page.',
    { path, limit },
  );
}
