import type { ZnodePath } from '../../model/path.ts';
import type { ChangedZnodes, ZnodeFacts } from './pending-txns.ts';

/** Up to so many are looked through; nearly every request touches one or two. */
const fewMax = 8;

/** Never added to. */
const noPaths: ZnodePath[] = [];
const noFacts: (ZnodeFacts | undefined)[] = [];

/** What becomes of each znode that a branch touches; undefined for one that goes. In the order of the first touch. */
export class TouchedZnodes implements ChangedZnodes {
  #paths: ZnodePath[] = noPaths;
  #facts: (ZnodeFacts | undefined)[] = noFacts;
  /** Where each stands, once there are more than a few. */
  #places: Map<ZnodePath, number> | undefined;

  get paths(): readonly ZnodePath[] {
    return this.#paths;
  }

  has(path: ZnodePath): boolean {
    return this.#placeOf(path) >= 0;
  }

  get(path: ZnodePath): ZnodeFacts | undefined {
    return this.#facts[this.#placeOf(path)];
  }

  /** Gives what stands at this place in `paths`. */
  at(place: number): ZnodeFacts | undefined {
    return this.#facts[place];
  }

  set(path: ZnodePath, facts: ZnodeFacts | undefined): void {
    const place = this.#placeOf(path);
    if (place >= 0) {
      this.#facts[place] = facts;
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
    if (this.#places !== undefined) this.#places.set(path, this.paths.length - 1);
    else if (this.paths.length > fewMax) {
      this.#places = new Map(this.paths.map((each, index) => [each, index]));
    }
  }

  #placeOf(path: ZnodePath): number {
    if (this.#places !== undefined) return this.#places.get(path) ?? -1;
    return this.paths.indexOf(path);
  }
}

/** Of what changes no znode. */
export const noZnodes: ChangedZnodes = new TouchedZnodes();
