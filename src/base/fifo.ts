/**
 * So many places of what was taken may stay before they are given back, and not before they are the larger half. As many stay
 * when it is empty: whoever fills and empties it again and again takes no memory for it.
 */
const takenMin = 1_024;

/**
 * Holds items in the order they came. Taking the first costs the same however many wait, which `Array.shift` does not
 * promise, and nothing that was taken is kept, also when the queue is never empty.
 */
export class Fifo<Item extends object | number> {
  #items: (Item | undefined)[];
  #head = 0;
  /** Behind the last. */
  #end: number;

  constructor(items: readonly Item[] = []) {
    this.#items = [...items];
    this.#end = items.length;
  }

  get length(): number {
    return this.#end - this.#head;
  }

  /** Places up to the last item, those of items that were taken included: for whoever watches over memory. */
  get places(): number {
    return this.#end;
  }

  get first(): Item | undefined {
    return this.#items[this.#head];
  }

  get last(): Item | undefined {
    return this.#end === this.#head ? undefined : this.#items[this.#end - 1];
  }

  /** `index` places behind the first; undefined when fewer wait. */
  at(index: number): Item | undefined {
    return this.#items[this.#head + index];
  }

  push(item: Item): void {
    if (this.#end === this.#items.length) this.#items.push(item);
    else this.#items[this.#end] = item;
    this.#end++;
  }

  /** Takes the first; undefined when there is none. */
  shift(): Item | undefined {
    const item = this.first;
    if (item === undefined) return undefined;
    this.#items[this.#head] = undefined;
    this.#head++;
    if (this.#head === this.#end) {
      if (this.#end > takenMin) this.#items = [];
      this.#head = this.#end = 0;
    } else if (this.#head > takenMin && this.#head * 2 > this.#end) {
      this.#items = this.#items.slice(this.#head, this.#end);
      this.#end -= this.#head;
      this.#head = 0;
    }
    return item;
  }

  /** All that wait, the first first. */
  toArray(): Item[] {
    return this.#items.filter((item) => item !== undefined);
  }
}
