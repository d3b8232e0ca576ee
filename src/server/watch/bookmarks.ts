import { compareZxid, maxZxid, zeroZxid, type Zxid } from '../../model/zxid.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Slices, Steps } from './slices.ts';
import type { Lasting, Watching, WatchOutlet } from './watch-outlet.ts';
import type { WatchTuning } from '../tuning.ts';

interface BookmarksParts {
  readonly clock: Clock;
  readonly tuning: WatchTuning;
  readonly slices: Pick<Slices, 'begin'>;
  /** Published up to here; undefined while a leader's snapshot hides events that are still on their way. */
  place(): Zxid | undefined;
  /** Its reader has taken nothing for too long. */
  tooSlow(outlet: WatchOutlet): void;
}

/** Each outlet is looked at so many times within the interval of bookmarks. */
const looksPerBookmark = 5;
/** Watches that are told within a tick; the others later, in slices. */
const toldAtOnce = 200;

/**
 * Looks at every outlet from time to time. Live watches that were told of nothing for long are told up to
 * where there was nothing, so that they have a fresh place to resume from. A reader that takes nothing is noticed too.
 */
export class Bookmarks {
  readonly #parts: BookmarksParts;
  /** All outlets, and when each is to be looked at; the next one first. */
  readonly #lookAtMs = new Map<WatchOutlet, number>();
  #isLooking = false;
  #forgottenUpTo = zeroZxid;
  #isTellingBefore = false;

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
    if (this.#isLooking || !this.#hasDue()) return;
    this.#isLooking = true;
    this.#parts.slices.begin(this.#look(), toldAtOnce);
  }

  /** Of these, whoever last heard of something older than `upTo` gets a place that is not, now or soon. */
  tellBefore(upTo: Zxid, watches: () => Iterable<Watching>): void {
    this.#forgottenUpTo = maxZxid(this.#forgottenUpTo, upTo);
    if (this.#isTellingBefore) return;
    this.#isTellingBefore = true;
    this.#parts.slices.begin(this.#tellBefore(watches), toldAtOnce);
  }

  #hasDue(): boolean {
    const now = this.#parts.clock.now();
    for (const atMs of this.#lookAtMs.values()) return atMs <= now;
    return false;
  }

  *#look(): Steps {
    const now = this.#parts.clock.now();
    for (const [outlet, atMs] of this.#lookAtMs) {
      if (atMs > now) break;
      // To the end of the row.
      this.remove(outlet);
      this.add(outlet);
      yield 1;
      if (outlet.isStalled(now)) this.#parts.tooSlow(outlet);
      else if (outlet.isEmpty) yield* this.#tellQuiet(outlet);
    }
    this.#isLooking = false;
  }

  *#tellQuiet(outlet: WatchOutlet): Steps {
    const { clock, tuning } = this.#parts;
    const quietSinceMs = clock.now() - tuning.bookmarkEveryMs;
    for (const watching of outlet.watches.values()) {
      if (watching.kind === 'lasting' && watching.toldAtMs <= quietSinceMs) this.#tell(watching);
      yield 1;
    }
  }

  *#tellBefore(watches: () => Iterable<Watching>): Steps {
    let upTo: Zxid;
    do {
      upTo = this.#forgottenUpTo;
      for (const watching of watches()) {
        yield 1;
        if (watching.kind !== 'lasting' || compareZxid(watching.toldUpTo, upTo) >= 0) continue;
        this.#tell(watching);
      }
    } while (compareZxid(upTo, this.#forgottenUpTo) < 0);
    this.#isTellingBefore = false;
  }

  /** Time may have passed since somebody looked at it: nobody is told of a place that lies behind. */
  #tell(watching: Lasting): void {
    const place = this.#parts.place();
    if (place === undefined || !watching.isOpen || !watching.isLive) return;
    if (compareZxid(place, watching.toldUpTo) < 0) return;
    watching.toldUpTo = place;
    watching.toldAtMs = this.#parts.clock.now();
    watching.outlet.tell(watching, { kind: 'bookmark', zxid: place });
  }
}
