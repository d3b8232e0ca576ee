import { parentOf, type ZnodePath } from '../../model/path.ts';
import type { WatchEvent } from '../../model/watch-event.ts';
import type { Lasting, OneShot, Watching, WatchOutlet } from './watch-outlet.ts';

/**
 * Keeps watches by whose they are: an outlet that is owed an answer finds its own among thousands of others. To walk them
 * may be left off while some come and go; who comes meanwhile is met too.
 */
export class Members<Kind extends Watching> {
  /** Most outlets have one here. */
  readonly #ofOutlet = new Map<WatchOutlet, Kind | Set<Kind>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(watching: Kind): void {
    const { outlet } = watching;
    if (this.has(watching)) return;
    const there = this.#ofOutlet.get(outlet);
    this.#size++;
    if (there === undefined) this.#ofOutlet.set(outlet, watching);
    else if (there instanceof Set) there.add(watching);
    else this.#ofOutlet.set(outlet, new Set([there, watching]));
  }

  delete(watching: Kind): boolean {
    const { outlet } = watching;
    const there = this.#ofOutlet.get(outlet);
    if (there === watching) this.#ofOutlet.delete(outlet);
    else if (!(there instanceof Set) || !there.delete(watching)) return false;
    else if (there.size === 0) this.#ofOutlet.delete(outlet);
    this.#size--;
    return true;
  }

  has(watching: Kind): boolean {
    const there = this.#ofOutlet.get(watching.outlet);
    return there === watching || (there instanceof Set && there.has(watching));
  }

  of(outlet: WatchOutlet): Iterable<Kind> {
    const there = this.#ofOutlet.get(outlet);
    if (there === undefined) return nobody;
    return there instanceof Set ? there : [there];
  }

  *[Symbol.iterator](): Generator<Kind> {
    for (const there of this.#ofOutlet.values()) {
      if (there instanceof Set) yield* there;
      else yield there;
    }
  }
}

const nobody: readonly never[] = [];

/** Holds live watches that see the same: one batch serves them all. */
export interface WatchGroup {
  readonly withData: boolean;
  readonly members: Members<Lasting>;
}

interface AtPath {
  readonly groups: [withoutData: WatchGroup, withData: WatchGroup];
  readonly oneShots: Members<OneShot>;
}

/**
 * Keeps live watches by what they are about: found by the path of an event and, for recursive ones, by each path above
 * it.
 */
export class WatchIndex {
  readonly #exact = new Map<ZnodePath, AtPath>();
  readonly #recursive = new Map<ZnodePath, AtPath>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(watching: Watching): void {
    const index = this.#indexOf(watching);
    let at = index.get(watching.path);
    if (at === undefined) {
      at = nothingAtPath();
      index.set(watching.path, at);
    }
    if (watching.kind === 'oneShot') at.oneShots.add(watching);
    else at.groups[watching.withData ? 1 : 0].members.add(watching);
    this.#size++;
  }

  remove(watching: Watching): void {
    const index = this.#indexOf(watching);
    const at = index.get(watching.path);
    if (at === undefined) return;
    const [withoutData, withData] = at.groups;
    const wasThere =
      watching.kind === 'oneShot'
        ? at.oneShots.delete(watching)
        : at.groups[watching.withData ? 1 : 0].members.delete(watching);
    if (wasThere) this.#size--;
    if (at.oneShots.size + withoutData.members.size + withData.members.size === 0) {
      index.delete(watching.path);
    }
  }

  has(watching: Watching): boolean {
    const at = this.#indexOf(watching).get(watching.path);
    if (at === undefined) return false;
    return watching.kind === 'oneShot'
      ? at.oneShots.has(watching)
      : at.groups[watching.withData ? 1 : 0].members.has(watching);
  }

  /** One-shot watches of the znode of this event, whichever kind. */
  oneShotsAt({ path }: WatchEvent): Members<OneShot> | undefined {
    return this.#exact.get(path)?.oneShots;
  }

  /** Calls with every group that has members and that this event concerns. */
  eachGroup({ path, type }: WatchEvent, run: (group: WatchGroup) => void): void {
    runGroups(this.#exact.get(path), run);
    if (type === 'childrenChanged' || this.#recursive.size === 0) return;
    for (let at = path; ; at = parentOf(at)) {
      runGroups(this.#recursive.get(at), run);
      if (at === '/') return;
    }
  }

  /** May be left off while some come and go, as the walk of `Members`. */
  *all(): Generator<Watching> {
    for (const index of [this.#exact, this.#recursive]) {
      for (const { groups, oneShots } of index.values()) {
        yield* groups[0].members;
        yield* groups[1].members;
        yield* oneShots;
      }
    }
  }

  #indexOf(watching: Watching): Map<ZnodePath, AtPath> {
    return watching.kind === 'lasting' && watching.scope === 'recursive'
      ? this.#recursive
      : this.#exact;
  }
}

function nothingAtPath(): AtPath {
  return {
    groups: [
      { withData: false, members: new Members<Lasting>() },
      { withData: true, members: new Members<Lasting>() },
    ],
    oneShots: new Members<OneShot>(),
  };
}

function runGroups(at: AtPath | undefined, run: (group: WatchGroup) => void): void {
  if (at === undefined) return;
  for (const group of at.groups) if (group.members.size > 0) run(group);
}
