import { permission, type Identity } from '../../model/acl.ts';
import type { ChildView } from '../../model/read.ts';
import { isAllowed } from '../access/access.ts';
import type { ZnodeTree } from '../tree/znode-tree.ts';
import { ZnodeWalk, type FoundZnode } from './znode-walk.ts';

const recursiveBatch = 64;

export interface ListOptions {
  readonly recursive: boolean;
  readonly limit: number;
  /** Of names and data. */
  readonly bytesMax: number;
  /** As a page names it: a child's name, or a path below the top. It need not exist any more. */
  readonly after?: string;
  /** Given when data and stats are wanted too. */
  readonly readers?: readonly Identity[];
  readonly identities: readonly Identity[];
  /** A znode whose name alone is told, and nothing below it; 0 for none. */
  readonly closed: number;
}

/** Gives one page of what is below a znode that the caller may list: bounded in names and in bytes of data. */
export function listZnodes(
  tree: ZnodeTree,
  top: number,
  options: ListOptions,
): { readonly children: readonly ChildView[]; readonly more: boolean } {
  const { recursive, limit, bytesMax, after, readers, identities, closed } = options;
  const mayList = (id: number): boolean =>
    id !== closed &&
    tree.numChildren(id) > 0 &&
    isAllowed(tree.acl(id), permission.read, identities);
  const walk = new ZnodeWalk(tree, top, {
    batch: recursive ? recursiveBatch : limit + 1,
    enters: (id) => id === top || (recursive && mayList(id)),
  });
  if (after !== undefined) walk.resumeAfter(recursive ? after.split('/') : [after]);
  const children: ChildView[] = [];
  let bytes = 0;
  for (let found = walk.next(); found !== undefined; found = walk.next()) {
    if (children.length >= limit) return { children, more: true };
    const child = viewChild(tree, found, found.id === closed ? undefined : readers);
    bytes += child.name.length + (child.znode?.data?.length ?? 0);
    if (bytes > bytesMax && children.length > 0) return { children, more: true };
    children.push(child);
  }
  return { children, more: false };
}

function viewChild(
  tree: ZnodeTree,
  { id, name }: FoundZnode,
  readers: readonly Identity[] | undefined,
): ChildView {
  if (readers === undefined || !isAllowed(tree.acl(id), permission.read, readers)) return { name };
  return { name, znode: { data: tree.znodes.data(id), stat: tree.stat(id) } };
}
