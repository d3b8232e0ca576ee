import type { ZnodePath } from '../../model/path.ts';
import type { ChangedZnodes, ZnodeFacts } from './pending-txns.ts';

/** Up to so many are looked through; nearly every request touches one or two. */
const fewMax = 8;

const noPaths: readonly ZnodePath[] = [];

/**
 * What becomes of each znode that a branch touches; undefined for one that goes. In the order of the first touch. The first
 * stands here itself: most requests touch no other.
 */
export class TouchedZnodes implements ChangedZnodes {
  #path: ZnodePath | undefined;
  #first: ZnodeFacts | undefined;
  /** From the second on. */
  #more: MoreZnodes | undefined;

  get size(): number {
    return this.#path === undefined ? 0 : 1 + (this.#more?.paths.length ?? 0);
  }

  get paths(): readonly ZnodePath[] {
    return this.#path === undefined ? noPaths : [this.#path, ...(this.#more?.paths ?? noPaths)];
  }

  has(path: ZnodePath): boolean {
    return path === this.#path || (this.#more !== undefined && this.#more.placeOf(path) >= 0);
  }

  get(path: ZnodePath): ZnodeFacts | undefined {
    return path === this.#path ? this.#first : this.#more?.facts[this.#more.placeOf(path)];
  }

  pathAt(place: number): ZnodePath | undefined {
    return place === 0 ? this.#path : this.#more?.paths[place - 1];
  }

  at(place: number): ZnodeFacts | undefined {
    return place === 0 ? this.#first : this.#more?.facts[place - 1];
  }

  set(path: ZnodePath, facts: ZnodeFacts | undefined): void {
    if (this.#path === undefined || path === this.#path) {
      this.#path = path;
      this.#first = facts;
    } else if (this.#more === undefined) this.#more = new MoreZnodes(path, facts);
    else this.#more.set(path, facts);
  }
}

class MoreZnodes {
  readonly paths: ZnodePath[];
  readonly facts: (ZnodeFacts | undefined)[];
  /** Where each stands, once there are more than a few. */
  #places: Map<ZnodePath, number> | undefined;

  /** Arrays that begin with what is in them take no room for more. */
  constructor(path: ZnodePath, facts: ZnodeFacts | undefined) {
    this.paths = [path];
    this.facts = [facts];
  }

  /** -1 for one that is not here. */
  placeOf(path: ZnodePath): number {
    return this.#places === undefined ? this.paths.indexOf(path) : (this.#places.get(path) ?? -1);
  }

  set(path: ZnodePath, facts: ZnodeFacts | undefined): void {
    const place = this.placeOf(path);
    if (place >= 0) {
      this.facts[place] = facts;
      return;
    }
    this.paths.push(path);
    this.facts.push(facts);
    if (this.#places !== undefined) this.#places.set(path, this.paths.length - 1);
    else if (this.paths.length >= fewMax) {
      this.#places = new Map(this.paths.map((each, index) => [each, index]));
    }
  }
}
