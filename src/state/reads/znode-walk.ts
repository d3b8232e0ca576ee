import type { ZnodeTree } from '../tree/znode-tree.ts';

/** A znode that a walk came to. */
export interface FoundZnode {
  readonly id: number;
  /** Its path without the part up to the top: `b/c`. */
  readonly name: string;
}

export interface WalkOptions {
  /** Children looked up at a time: what is not needed is not looked up. */
  readonly batch: number;
  /** Whether to go on to what is below this znode; asked when the walk goes on, of the top first. */
  enters(id: number): boolean;
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

/**
 * Goes through all below a znode, each before what is below it, siblings in code point order. As deep as paths may be, so
 * the stack is short. Not for a tree that changes between two steps.
 */
export class ZnodeWalk {
  readonly #tree: ZnodeTree;
  readonly #top: number;
  readonly #options: WalkOptions;
  readonly #stack: Siblings[] = [];
  /** What was come to and may still be entered. */
  #last: FoundZnode | undefined;

  constructor(tree: ZnodeTree, top: number, options: WalkOptions) {
    this.#tree = tree;
    this.#top = top;
    this.#options = options;
    this.#last = { id: top, name: '' };
  }

  /** Gives the next znode, or undefined at the end. */
  next(): FoundZnode | undefined {
    this.#enterLast();
    for (let level = this.#stack.at(-1); level !== undefined; level = this.#stack.at(-1)) {
      const id = this.#nextOf(level);
      if (id !== undefined) {
        this.#last = { id, name: `${level.prefix}${level.after ?? ''}` };
        return this.#last;
      }
      this.#stack.pop();
    }
    return undefined;
  }

  /** Begins behind the znode of this name, in its parts, and before what is below it. What has gone is stepped over. */
  resumeAfter(parts: readonly string[]): void {
    let parent = this.#top;
    let name = '';
    for (const part of parts) {
      this.#enterLast();
      const level = this.#stack.at(-1);
      if (level?.parent !== parent) return;
      level.after = part;
      name = name === '' ? part : `${name}/${part}`;
      parent = this.#tree.child(parent, part);
      if (parent === 0) return;
      this.#last = { id: parent, name };
    }
  }

  /** Leaves the name of what it found in `after`. */
  #nextOf(level: Siblings): number | undefined {
    const { batch } = this.#options;
    if (level.at >= level.batch.length) {
      // A batch that was not full was the last.
      if (level.batch.length > 0 && level.batch.length < batch) return undefined;
      level.batch = this.#tree.orderedChildren(level.parent, level.after, batch);
      level.at = 0;
    }
    const id = level.batch[level.at++];
    if (id !== undefined) level.after = this.#tree.znodes.name(id);
    return id;
  }

  #enterLast(): void {
    const last = this.#last;
    this.#last = undefined;
    if (last === undefined || !this.#options.enters(last.id)) return;
    const prefix = last.name === '' ? '' : `${last.name}/`;
    this.#stack.push({ parent: last.id, prefix, after: undefined, batch: [], at: 0 });
  }
}
