import { Fifo } from '../../base/fifo.ts';

/** What waits for its turn: that of each holder in turn, and of one holder the first that came. */
export class Rotation<Item extends object> {
  /** By holder: an address, say. In the order of their turns. */
  readonly #queues = new Map<string, Fifo<Item>>();

  get isEmpty(): boolean {
    return this.#queues.size === 0;
  }

  /** Says how many have something that waits. */
  get holders(): number {
    return this.#queues.size;
  }

  add(holder: string, item: Item): void {
    const queue = this.#queues.get(holder);
    if (queue === undefined) this.#queues.set(holder, new Fifo([item]));
    else queue.push(item);
  }

  /**
   * Calls `use` for one item after the other until it says that this is enough. One that is not done comes again, behind the
   * others of its holder: who asks for little may share an address with who asks for much.
   */
  run(use: (item: Item) => boolean, isEnough: () => boolean): void {
    for (const [holder, queue] of this.#queues) {
      const item = queue.shift();
      if (item !== undefined && !use(item)) queue.push(item);
      this.#queues.delete(holder);
      // At the end: the others have their turn first.
      if (queue.length > 0) this.#queues.set(holder, queue);
      if (isEnough()) return;
    }
  }
}
