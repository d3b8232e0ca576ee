import { compareZxid, type Zxid } from '../../model/zxid.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Lasting, Watching, WatchOutlet } from './watch-outlet.ts';
import type { WatchTuning } from '../tuning.ts';

interface BookmarksParts {
  readonly clock: Clock;
  readonly tuning: WatchTuning;
  /** Published up to here; undefined while a leader's snapshot hides events that are still on their way. */
  place(): Zxid | undefined;
  /** Its reader has taken nothing for too long. */
  tooSlow(outlet: WatchOutlet): void;
}

/** Each outlet is looked at so many times within the interval of bookmarks. */
const looksPerBookmark = 5;

/**
 * Looks at every outlet from time to time, a few in a tick. Live watches that were told of nothing for long are told up to
 * where there was nothing, so that they have a fresh place to resume from. A reader that takes nothing is noticed too.
 */
export class Bookmarks {
  readonly #parts: BookmarksParts;
  /** All outlets, and when each is to be looked at; the next one first. */
  readonly #lookAtMs = new Map<WatchOutlet, number>();

  constructor(parts: BookmarksParts) {
    this.#parts = parts;
  }

  add(outlet: WatchOutlet): void {
    const { clock, tuning } = this.#parts;
    this.#lookAtMs.set(outlet, clock.now() + tuning.bookmarkEveryMs / looksPerBookmark);
  }

  remove(outlet: WatchOutlet): void {
    this.#lookAtMs.delete(outlet);
  }

  /** Every tick. */
  tick(): void {
    const now = this.#parts.clock.now();
    const place = this.#parts.place();
    let left = this.#parts.tuning.outletsPerSlice;
    for (const [outlet, atMs] of this.#lookAtMs) {
      if (atMs > now || left === 0) break;
      left--;
      // To the end of the row.
      this.remove(outlet);
      this.add(outlet);
      if (outlet.isStalled(now)) this.#parts.tooSlow(outlet);
      else if (outlet.isEmpty && place !== undefined) this.#tellQuiet(outlet, place);
    }
  }

  /** Of these, whoever last heard of something older than `upTo` gets a place that is not. */
  tellBefore(upTo: Zxid, watches: Iterable<Watching>): void {
    const place = this.#parts.place();
    if (place === undefined) return;
    for (const watching of watches) {
      if (watching.kind === 'lasting' && compareZxid(watching.toldUpTo, upTo) < 0) {
        this.#tell(watching, place);
      }
    }
  }

  #tellQuiet(outlet: WatchOutlet, place: Zxid): void {
    const { clock, tuning } = this.#parts;
    const quietSinceMs = clock.now() - tuning.bookmarkEveryMs;
    for (const watching of outlet.watches.values()) {
      if (watching.kind === 'lasting' && watching.isLive && watching.toldAtMs <= quietSinceMs) {
        this.#tell(watching, place);
      }
    }
  }

  #tell(watching: Lasting, place: Zxid): void {
    watching.toldUpTo = place;
    watching.toldAtMs = this.#parts.clock.now();
    watching.outlet.tell(watching, { kind: 'bookmark', zxid: place });
  }
}
