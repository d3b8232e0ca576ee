import { parentOf, type ZnodePath } from '../../model/path.ts';
import type { WatchEvent } from '../../model/watch-event.ts';
import type { Lasting, OneShot, Watching } from './watch-outlet.ts';

/** Holds live watches that see the same: one batch serves them all. */
export interface WatchGroup {
  readonly withData: boolean;
  readonly members: Set<Lasting>;
}

interface AtPath {
  readonly groups: [withoutData: WatchGroup, withData: WatchGroup];
  readonly oneShots: Set<OneShot>;
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
    const at = index.get(watching.path) ?? {
      groups: [
        { withData: false, members: new Set<Lasting>() },
        { withData: true, members: new Set<Lasting>() },
      ],
      oneShots: new Set<OneShot>(),
    };
    index.set(watching.path, at);
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

  /** One-shot watches of the znode of this event, whichever kind. */
  oneShotsAt({ path }: WatchEvent): Iterable<OneShot> {
    return this.#exact.get(path)?.oneShots ?? [];
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

function runGroups(at: AtPath | undefined, run: (group: WatchGroup) => void): void {
  if (at === undefined) return;
  for (const group of at.groups) if (group.members.size > 0) run(group);
}
