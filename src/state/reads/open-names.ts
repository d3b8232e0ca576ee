import type { NamesInParts } from '../../model/read.ts';
import type { OpenList } from '../tree/open-lists.ts';
import type { ZnodeTree } from '../tree/znode-tree.ts';

/**
 * The names of all children of a znode as they stood when it was opened, in code point order. They are given in slices,
 * while txns go on being applied: before a child goes its name is kept, so that the list stays that of one state. To be
 * taken to its end or closed: until then each child that goes costs its name.
 */
export class OpenNames implements OpenList, NamesInParts {
  readonly bytes: number;
  readonly #tree: ZnodeTree;
  readonly #parent: number;
  readonly #children: readonly number[];
  /** Names of those that have gone, by an id that may be another's by now. */
  readonly #gone = new Map<number, string>();
  #at = 0;

  constructor(tree: ZnodeTree, parent: number) {
    this.#tree = tree;
    this.#parent = parent;
    this.#children = tree.orderedChildren(parent, undefined, Infinity);
    let bytes = 0;
    for (const child of this.#children) bytes += tree.znodes.nameBytes(child);
    this.bytes = bytes;
    tree.openLists.open(parent, this);
  }

  get length(): number {
    return this.#children.length;
  }

  next(bytesMax: number): readonly string[] {
    const names: string[] = [];
    for (let bytes = 0; bytes < bytesMax && this.#at < this.#children.length; this.#at++) {
      const id = this.#children[this.#at] as number;
      const name = this.#gone.get(id) ?? this.#tree.znodes.name(id);
      bytes += name.length;
      names.push(name);
    }
    if (names.length === 0) this.close();
    return names;
  }

  close(): void {
    this.#tree.openLists.close(this.#parent, this);
    this.#gone.clear();
  }

  /** The tree says so before a child goes. One that came later under an id of this list has no say. */
  willGo(id: number): void {
    if (!this.#gone.has(id)) this.#gone.set(id, this.#tree.znodes.name(id));
  }
}
