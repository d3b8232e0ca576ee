import type { ZnodePath } from '../../model/path.ts';
import type { ChangedZnodes, ZnodeFacts } from './pending-txns.ts';

/** Up to so many are looked through; nearly every request touches one or two. */
const fewMax = 8;

/** Never added to. */
const noPaths: ZnodePath[] = [];
const noFacts: (ZnodeFacts | undefined)[] = [];

/**
 * What becomes of each znode that a branch touches; undefined for one that goes. In the order of the first touch. The first
 * stands here itself: most requests touch no other.
 */
export class TouchedZnodes implements ChangedZnodes {
  #path: ZnodePath | undefined;
  #first: ZnodeFacts | undefined;
  /** From the second on. */
  #paths: ZnodePath[] = noPaths;
  #facts: (ZnodeFacts | undefined)[] = noFacts;
  /** Where each stands, once there are more than a few. */
  #places: Map<ZnodePath, number> | undefined;

  get size(): number {
    return this.#path === undefined ? 0 : this.#paths.length + 1;
  }

  get paths(): readonly ZnodePath[] {
    return this.#path === undefined ? noPaths : [this.#path, ...this.#paths];
  }

  has(path: ZnodePath): boolean {
    return this.#placeOf(path) >= 0;
  }

  get(path: ZnodePath): ZnodeFacts | undefined {
    const place = this.#placeOf(path);
    return place < 0 ? undefined : this.at(place);
  }

  pathAt(place: number): ZnodePath | undefined {
    return place === 0 ? this.#path : this.#paths[place - 1];
  }

  at(place: number): ZnodeFacts | undefined {
    return place === 0 ? this.#first : this.#facts[place - 1];
  }

  set(path: ZnodePath, facts: ZnodeFacts | undefined): void {
    const place = this.#placeOf(path);
    if (this.#path === undefined || place === 0) {
      this.#path = path;
      this.#first = facts;
      return;
    }
    if (place > 0) {
      this.#facts[place - 1] = facts;
      return;
    }
    if (this.#paths === noPaths) {
      // Arrays that begin so take no room for more.
      this.#paths = [path];
      this.#facts = [facts];
      return;
    }
    this.#paths.push(path);
    this.#facts.push(facts);
    if (this.#places !== undefined) this.#places.set(path, this.size - 1);
    else if (this.size > fewMax) {
      this.#places = new Map(this.paths.map((each, index) => [each, index]));
    }
  }

  #placeOf(path: ZnodePath): number {
    if (path === this.#path) return 0;
    if (this.#places !== undefined) return this.#places.get(path) ?? -1;
    const place = this.#paths.indexOf(path);
    return place < 0 ? -1 : place + 1;
  }
}
