/** Keys whose values are gone may stay in place until they are so many, and more than those that have one. */
const goneMin = 256;

/**
 * A map whose entries come and go thousands of times a second. `Map` leaves a hole for each that went and moves into a new
 * table again and again; an old table knows the next, and once one of them has outlived two collections, all that follow
 * outlive theirs, with what was in them, until the whole heap is collected. This one lets keys stay for a while, and is made
 * anew without them now and then.
 */
export class TransientMap<Key, Value extends object> {
  #entries = new Map<Key, Value | undefined>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Keys that are kept, those of values that are gone included: for whoever watches over memory. */
  get places(): number {
    return this.#entries.size;
  }

  get(key: Key): Value | undefined {
    // A long key that was just read has no hash yet, and making one costs as much as all else that is done with it.
    return this.#size === 0 ? undefined : this.#entries.get(key);
  }

  set(key: Key, value: Value): void {
    if (this.#entries.get(key) === undefined) this.#size++;
    this.#entries.set(key, value);
  }

  /** False when it was not there. */
  delete(key: Key): boolean {
    if (this.#entries.get(key) === undefined) return false;
    this.#entries.set(key, undefined);
    this.#size--;
    const gone = this.#entries.size - this.#size;
    if (gone > goneMin && gone > this.#size) this.#entries = new Map(this);
    return true;
  }

  clear(): void {
    this.#entries = new Map();
    this.#size = 0;
  }

  *keys(): Generator<Key> {
    for (const [key] of this) yield key;
  }

  *[Symbol.iterator](): Generator<[Key, Value]> {
    for (const key of this.#entries.keys()) {
      // Asked for anew: it may have gone since, from entries that took the place of these.
      const value = this.#entries.get(key);
      if (value !== undefined) yield [key, value];
    }
  }
}
