import { unreachable } from '../../base/assert.ts';
import { permission, type Acl, type Identity } from '../../model/acl.ts';
import { refused, type Refusal } from '../../model/error-code.ts';
import type { Limits } from '../../model/limits.ts';
import type { ReadQuery, ReadResult } from '../../model/read.ts';
import { isAllowed, maskDigests } from '../access/access.ts';
import { listZnodes } from './list-znodes.ts';
import { OpenNames } from './open-names.ts';
import { compareText, type ZnodePath } from '../../model/path.ts';
import type { ZnodeTree } from '../tree/znode-tree.ts';

/** Of more children than this the names are given in parts: so many take some milliseconds, when they are long. */
export const namesAtOnceMax = 1_000;

/**
 * Answers a read of committed state. As in ZooKeeper, `stat` asks for no permission, data and children for READ, the
 * ACL for READ or ADMIN (and only ADMIN sees digests).
 */
export function answerRead(
  tree: ZnodeTree,
  query: Exclude<ReadQuery, { read: 'ephemerals' }>,
  asked: {
    readonly identities: readonly Identity[];
    readonly limits: Limits;
    /** A znode that lists do not go into; 0 for none. */
    readonly closed: number;
  },
): ReadResult | Refusal {
  const { path } = query;
  const id = tree.find(path);
  if (id === 0) return refused('noNode', `"${path}" does not exist.`, { path });
  const { identities } = asked;
  const { read } = query;
  if (read === 'stat') return { read, stat: tree.stat(id) };
  const acl = tree.acl(id);
  const wanted = read === 'acl' ? permission.read | permission.admin : permission.read;
  if (!isAllowed(acl, wanted, identities)) return unreadable(path);
  switch (read) {
    case 'data': {
      const stat = tree.stat(id);
      const isLeftAway = stat.dataLength > (query.dataBytesMax ?? Infinity);
      return { read, data: isLeftAway ? null : tree.znodes.data(id), stat };
    }
    case 'acl':
      return {
        read,
        acl: visibleAcl(acl, identities),
        stat: tree.stat(id),
        owned: tree.znodes.owned(id),
      };
    case 'names': {
      if (tree.numChildren(id) > namesAtOnceMax) {
        return { read, names: new OpenNames(tree, id), stat: tree.stat(id) };
      }
      const names: string[] = [];
      for (const child of tree.childIds(id)) names.push(tree.znodes.name(child));
      names.sort(compareText);
      return { read, names, stat: tree.stat(id) };
    }
    case 'descendants':
      return { read, count: tree.below(id) };
    case 'children':
    case 'tree': {
      const { after, withData } = query;
      const { children, more } = listZnodes(tree, id, {
        recursive: read === 'tree',
        limit: Math.max(0, Math.min(query.limit, asked.limits.childrenPageMax)),
        bytesMax: asked.limits.listBytesMax,
        identities,
        closed: asked.closed,
        ...(withData ? { readers: identities } : {}),
        ...(after === undefined ? {} : { after }),
      });
      return { read, children, stat: tree.stat(id), more };
    }
    default:
      return unreachable(read);
  }
}

function unreadable(path: ZnodePath): Refusal {
  const detail = 'This needs READ, which the ACL does not give you.';
  return refused('noAuth', detail, { path });
}

function visibleAcl(acl: Acl, identities: readonly Identity[]): Acl {
  return isAllowed(acl, permission.admin, identities) ? acl : maskDigests(acl);
}
