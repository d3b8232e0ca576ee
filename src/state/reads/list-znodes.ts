import { permission, type Identity } from '../../model/acl.ts';
import { pageDataBytesMax, type ChildView } from '../../model/read.ts';
import { isAllowed } from '../access/access.ts';
import type { ZnodeTree } from '../tree/znode-tree.ts';

/** Children looked up at a time while walking a tree: what is not needed is not looked up. */
const batchMax = 64;

export interface ListOptions {
  readonly recursive: boolean;
  readonly limit: number;
  /** As a page names it: a child's name, or a path below the top. It need not exist any more. */
  readonly after?: string;
  /** Given when data and stats are wanted too. */
  readonly readers?: readonly Identity[];
  readonly identities: readonly Identity[];
}

/** One page: bounded in names and in bytes of data. */
export function listZnodes(
  tree: ZnodeTree,
  top: number,
  options: ListOptions,
): { readonly children: readonly ChildView[]; readonly more: boolean } {
  const walk = new Walk(tree, top, options);
  const children: ChildView[] = [];
  let dataBytes = 0;
  for (let found = walk.next(); found !== undefined; found = walk.next()) {
    if (children.length >= options.limit) return { children, more: true };
    const child = viewChild(tree, found, options.readers);
    dataBytes += child.znode?.data?.length ?? 0;
    if (dataBytes > pageDataBytesMax && children.length > 0) return { children, more: true };
    children.push(child);
  }
  return { children, more: false };
}

interface Found {
  readonly id: number;
  readonly name: string;
}

/** The children of one znode, from some name on. */
interface Siblings {
  readonly parent: number;
  /** What their names begin with: empty, or it ends in `/`. */
  readonly prefix: string;
  after: string | undefined;
  batch: readonly number[];
  at: number;
}

/** Depth first. As deep as paths may be, so the stack is short. */
class Walk {
  readonly #tree: ZnodeTree;
  readonly #options: ListOptions;
  readonly #batch: number;
  readonly #stack: Siblings[] = [];

  constructor(tree: ZnodeTree, top: number, options: ListOptions) {
    this.#tree = tree;
    this.#options = options;
    this.#batch = options.recursive ? batchMax : options.limit + 1;
    this.#enter(top, '');
    if (options.after !== undefined) this.#resume(top, options.after);
  }

  next(): Found | undefined {
    for (let level = this.#stack.at(-1); level !== undefined; level = this.#stack.at(-1)) {
      const id = this.#nextOf(level);
      if (id === undefined) {
        this.#stack.pop();
        continue;
      }
      const name = `${level.prefix}${level.after ?? ''}`;
      if (this.#options.recursive) this.#descend(id, name);
      return { id, name };
    }
    return undefined;
  }

  /** Leaves the name of what it found in `after`. */
  #nextOf(level: Siblings): number | undefined {
    if (level.at >= level.batch.length) {
      // A batch that was not full was the last.
      if (level.batch.length > 0 && level.batch.length < this.#batch) return undefined;
      level.batch = this.#tree.orderedChildren(level.parent, level.after, this.#batch);
      level.at = 0;
    }
    const id = level.batch[level.at++];
    if (id !== undefined) level.after = this.#tree.znodes.name(id);
    return id;
  }

  /** Stands behind `after`, and before what is below it. What has gone is stepped over. */
  #resume(top: number, after: string): void {
    let parent = top;
    let name = '';
    for (const part of this.#options.recursive ? after.split('/') : [after]) {
      const level = this.#stack.at(-1);
      if (level?.parent !== parent) return;
      level.after = part;
      name = name === '' ? part : `${name}/${part}`;
      parent = this.#tree.child(parent, part);
      if (parent === 0 || !this.#options.recursive) return;
      this.#descend(parent, name);
    }
  }

  #descend(id: number, name: string): void {
    if (this.#tree.numChildren(id) === 0) return;
    if (!isAllowed(this.#tree.acl(id), permission.read, this.#options.identities)) return;
    this.#enter(id, `${name}/`);
  }

  #enter(parent: number, prefix: string): void {
    this.#stack.push({ parent, prefix, after: undefined, batch: [], at: 0 });
  }
}

function viewChild(
  tree: ZnodeTree,
  { id, name }: Found,
  readers: readonly Identity[] | undefined,
): ChildView {
  if (readers === undefined || !isAllowed(tree.acl(id), permission.read, readers)) return { name };
  return { name, znode: { data: tree.znodes.data(id), stat: tree.stat(id) } };
}
