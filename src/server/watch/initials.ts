import { Fifo } from '../../base/fifo.ts';
import { isRefusal, refused, type Refusal } from '../../model/error-code.ts';
import type { WatchEvent } from '../../model/watch-event.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Applier } from '../applied/applier.ts';
import { eventBytes } from './event-batch.ts';
import type { Lasting } from './watch-outlet.ts';
import type { WatchTuning } from '../tuning.ts';

interface InitialsParts {
  readonly applier: Pick<Applier, 'state' | 'applied'>;
  readonly clock: Clock;
  readonly tuning: WatchTuning;
  /** What its outlet is to be told of what was applied comes before the state that shows it. */
  beforeGiven(watching: Lasting): void;
  /** It has all that is applied here, in the turn in which that was read. */
  given(watching: Lasting): void;
  refuse(watching: Lasting, refusal: Refusal): void;
}

/**
 * Gives watches the first states that they begin with (`initial`): what is below their paths, at one zxid. Each is taken
 * in a turn of its own, for it may take a while; so each has a limit, as have all that wait for slow readers together.
 */
export class Initials {
  /** Of items that wait in any outlet, which count them. */
  waitingBytes = 0;
  readonly #parts: InitialsParts;
  /** In the order they came; the first is taken in the next turn. */
  readonly #due = new Fifo<Lasting>();

  constructor(parts: InitialsParts) {
    this.#parts = parts;
  }

  give(watching: Lasting): void {
    this.#due.push(watching);
    if (this.#due.length === 1) this.#soon();
  }

  #soon(): void {
    this.#parts.clock.soon(() => {
      const next = this.#due.first;
      if (next?.isOpen === true) this.#take(next);
      this.#due.shift();
      if (this.#due.length > 0) this.#soon();
    });
  }

  #take(watching: Lasting): void {
    const { applier, tuning } = this.#parts;
    const { outlet, path, scope, withData } = watching;
    const isRecursive = scope === 'recursive';
    const limits = { znodesMax: tuning.initialZnodesMax, bytesMax: tuning.initialBytesMax };
    const query = { path, isRecursive, withData, ...limits };
    const events = applier.state.readSubtree(query, outlet.identities);
    if (isRefusal(events)) {
      this.#parts.refuse(watching, events);
      return;
    }
    if (!this.#hasRoomFor(events)) {
      this.#parts.refuse(watching, tooManyInitials());
      return;
    }
    this.#parts.beforeGiven(watching);
    for (const part of partsOf(events, tuning.initialPartBytes)) {
      outlet.tell(watching, { kind: 'initial', zxid: applier.applied, events: part });
    }
    this.#parts.given(watching);
  }

  /** One alone may be larger than all that may wait. */
  #hasRoomFor(events: readonly WatchEvent[]): boolean {
    if (this.waitingBytes === 0) return true;
    const bytes = events.reduce((sum, event) => sum + eventBytes(event), 0);
    return this.waitingBytes + bytes <= this.#parts.tuning.initialsWaitingBytesMax;
  }
}

function partsOf(events: readonly WatchEvent[], partBytes: number): WatchEvent[][] {
  const parts: WatchEvent[][] = [];
  let part: WatchEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    if (bytes >= partBytes || part.length === 0) {
      part = [];
      parts.push(part);
      bytes = 0;
    }
    part.push(event);
    bytes += eventBytes(event);
  }
  return parts;
}

function tooManyInitials(): Refusal {
  return refused(
    'throttled',
    'Too much of the state waits for slow readers of this peer. Ask again a little later, or ask another peer.',
  );
}
