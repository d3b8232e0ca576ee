/** Room for so many is kept, also when it is empty: whoever fills and empties it again and again takes no memory for it. */
const roomKept = 1_024;
const roomMin = 4;

/**
 * Holds items in the order they came, in a ring: coming and going moves nothing and takes no memory, which `Array.shift` does
 * not promise, and nothing that was taken is kept, also when the queue is never empty.
 */
export class Fifo<Item extends object | number> {
  /** As many places as a power of two; those that are free hold undefined. */
  #items: (Item | undefined)[];
  #head = 0;
  #length: number;

  constructor(items: readonly Item[] = []) {
    this.#items = [...items];
    this.#length = items.length;
    this.#resize(items.length);
  }

  get length(): number {
    return this.#length;
  }

  /** Those that are free included: for whoever watches over memory. */
  get places(): number {
    return this.#items.length;
  }

  get first(): Item | undefined {
    return this.#items[this.#head];
  }

  get last(): Item | undefined {
    return this.at(this.#length - 1);
  }

  /** `index` places behind the first; undefined when fewer wait. */
  at(index: number): Item | undefined {
    return index < 0 || index >= this.#length ? undefined : this.#items[this.#placeOf(index)];
  }

  push(item: Item): void {
    if (this.#length === this.#items.length) this.#resize(this.#length * 2);
    this.#items[this.#placeOf(this.#length)] = item;
    this.#length++;
  }

  /** Takes the first; undefined when there is none. */
  shift(): Item | undefined {
    const item = this.first;
    if (item === undefined) return undefined;
    this.#items[this.#head] = undefined;
    this.#head = this.#placeOf(1);
    this.#length--;
    const places = this.#items.length;
    if (places > roomKept && this.#length * 4 < places) this.#resize(places / 2);
    return item;
  }

  /** All that wait, the first first. */
  toArray(): Item[] {
    const { length } = this;
    const behind = this.#items.slice(this.#head, this.#head + length);
    const items = [...behind, ...this.#items.slice(0, length - behind.length)];
    return items.filter((item) => item !== undefined);
  }

  #placeOf(index: number): number {
    return (this.#head + index) & (this.#items.length - 1);
  }

  /** Makes room for at least so many. */
  #resize(wanted: number): void {
    const items: (Item | undefined)[] = this.toArray();
    let places = roomMin;
    while (places < wanted) places *= 2;
    while (items.length < places) items.push(undefined);
    this.#items = items;
    this.#head = 0;
  }
}
