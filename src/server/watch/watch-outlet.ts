import { Fifo } from '../../base/fifo.ts';
import { addressOf, type Identity } from '../../model/acl.ts';
import type { ZnodePath } from '../../model/path.ts';
import type { WatchEvent } from '../../model/watch-event.ts';
import { zeroZxid, type Zxid } from '../../model/zxid.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { EventBatch, OutletSink, WatchItem, WatchScope } from '../../service/watching.ts';
import { eventBytes, SharedBatch } from './event-batch.ts';
import type { Hearing, WatchWishes } from './hearing.ts';
import type { Deliveries } from './deliveries.ts';
import type { WatchTuning } from '../tuning.ts';

interface AnyWatching {
  readonly outlet: WatchOutlet;
  readonly tag: number;
  readonly path: ZnodePath;
  /** Events up to here are none of its business. */
  since: Zxid;
  /** False once nothing more comes to it. */
  isOpen: boolean;
  /** The door has no use even for what waits. */
  isUnwatched: boolean;
}

/** A persistent watch. */
export interface Lasting extends AnyWatching {
  readonly kind: 'lasting';
  readonly scope: WatchScope;
  readonly withData: boolean;
  /** It hears of what is applied as it is applied; before that it is given the log, or waits for its turn. */
  isLive: boolean;
  /** It was told so, once. */
  isSynced: boolean;
  /** The last place that it was told of, and when: for bookmarks. */
  toldUpTo: Zxid;
  toldAtMs: number;
}

/** ZooKeeper's one-shot watch; `awaited` while its read is under way. */
export interface OneShot extends AnyWatching {
  readonly kind: 'oneShot';
  readonly on: 'data' | 'children';
}

export type Watching = Lasting | OneShot;

interface WatchOutletParts {
  readonly sink: OutletSink;
  readonly identities: readonly Identity[];
  readonly clock: Clock;
  readonly tuning: WatchTuning & { readonly sliceMs: number };
  readonly metrics: Metrics;
  readonly deliveries: Deliveries;
  readonly hearing: Hearing;
  /** Of `initial` items that wait in any outlet. */
  readonly initials: { waitingBytes: number };
  /** More waits than may: the reader is too slow. */
  tooSlow(outlet: WatchOutlet): void;
}

/** One thing that waits for the reader: an item, or somebody who wants to know when all before it is gone. */
type Queued = QueuedItem | { readonly passed: () => void };

interface QueuedItem {
  readonly watching: Watching;
  readonly item: WatchItem;
  /** Of what was granted when it was judged who may hear of it. */
  readonly mark: object;
  readonly isPast: boolean;
}

/** Holds what one connection watches, and what waits for it to take more. Knows nothing of where events come from. */
export class WatchOutlet {
  readonly identities: readonly Identity[];
  /** Whose share of watches they count in. */
  readonly address: string;
  /** Equal for outlets that may see the same. */
  readonly identityKey: string;
  /** All that is open, by tag. */
  readonly watches = new Map<number, Watching>();
  /** It was told of all that was applied up to here, ahead of others that the same concerns. */
  toldUpTo: Zxid = zeroZxid;
  readonly #parts: WatchOutletParts;
  #queue = new Fifo<Queued>();
  #batches = 0;
  #bytes = 0;
  #isBlocked = false;
  #isServing = false;
  #isClosed = false;
  #movedAtMs = 0;
  readonly #wantRoom = new Set<() => void>();

  constructor(parts: WatchOutletParts) {
    this.#parts = parts;
    this.identities = parts.identities;
    this.address = addressOf(parts.identities);
    this.identityKey = JSON.stringify(parts.identities.map(({ scheme, id }) => [scheme, id]));
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  /** So little waits that a watch that comes back may be given more of the log. */
  get hasRoom(): boolean {
    const { replayAheadBatches, replayAheadBytes } = this.#parts.tuning;
    return this.#batches < replayAheadBatches && this.#bytes < replayAheadBytes;
  }

  /** The reader has taken nothing for too long. */
  isStalled(nowMs: number): boolean {
    return (
      this.#isBlocked &&
      !this.isEmpty &&
      nowMs - this.#movedAtMs >= this.#parts.tuning.outletStalledMs
    );
  }

  /** Called once when there is room. */
  whenRoom(run: () => void): void {
    this.#wantRoom.add(run);
  }

  /** Live: when too much waits already, the reader is told that it has missed something. */
  events(watching: Watching, batch: EventBatch): void {
    // Much may be applied in one turn: who takes it at once is not slow.
    while (this.makeRoom(batch));
    if (this.#isFullFor(batch)) this.#parts.tooSlow(this);
    else this.#pushEvents(watching, batch, false);
  }

  /** Hands over one item when too much waits for this batch and the reader takes it; false when it does not help. */
  makeRoom(batch: EventBatch): boolean {
    if (!this.#isFullFor(batch) || !this.#takesMore) return false;
    this.serve(1);
    return true;
  }

  /** Of a watch that comes back: whoever gives them has looked for room. */
  replayed(watching: Watching, batch: EventBatch): void {
    this.#pushEvents(watching, batch, true);
  }

  #pushEvents(watching: Watching, batch: EventBatch, isPast: boolean): void {
    this.#batches++;
    this.#bytes += batch.bytes;
    this.#pushItem(watching, { kind: 'events', batch }, isPast);
  }

  /** Anything but events: few, and never dropped for a slow reader. */
  tell(watching: Watching, item: Exclude<WatchItem, { kind: 'events' }>): void {
    if (item.kind === 'initial') this.#parts.initials.waitingBytes += bytesOf(item.events);
    this.#pushItem(watching, item, item.kind === 'initial');
  }

  /** About a tag that never became a watch: does not wait, so that a flood of them takes no memory here. */
  refuse(tag: number, item: Extract<WatchItem, { kind: 'refused' }>): void {
    if (!this.#isClosed && !this.#parts.sink.send(tag, item)) this.#block();
  }

  /** Hands over what waits as far as the reader takes it, at most so many items and until then. */
  serve(itemsMax = Number.POSITIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY): void {
    // Called from within a hand-over: whoever hands over goes on with whatever has come.
    if (this.#isServing) return;
    this.#isServing = true;
    const { clock } = this.#parts;
    let left = itemsMax;
    let events = 0;
    for (;;) {
      const next = this.#queue.first;
      if (next === undefined || left <= 0) break;
      if ('passed' in next) {
        this.#queue.shift();
        next.passed();
        continue;
      }
      if (this.#isBlocked) break;
      this.#queue.shift();
      this.#release(next.item);
      const item = isMoot(next) ? undefined : this.#stillHeard(next);
      if (item === undefined) continue;
      left--;
      // An item may be large: the clock is looked at after each.
      if (untilMs < Number.POSITIVE_INFINITY && clock.now() >= untilMs) left = 0;
      if (item.kind === 'events') events += item.batch.events.length;
      else if (item.kind === 'fired') events++;
      if (!this.#parts.sink.send(next.watching.tag, item)) this.#block();
    }
    this.#isServing = false;
    if (events > 0) this.#parts.metrics.count('watch_events', events);
    if (!this.isEmpty && !this.#isBlocked) this.#parts.deliveries.add(this);
    this.#offerRoom();
  }

  /** As `serve`, and says when the last of what waits now is handed over: later, when that is more than a slice. */
  flush(passed: (() => void) | undefined): void {
    if (this.#isClosed) return;
    if (passed === undefined) {
      this.serve();
      return;
    }
    // Nearly always.
    if (this.isEmpty && !this.#isServing) {
      passed();
      return;
    }
    const { clock, tuning } = this.#parts;
    this.#push({ passed });
    this.serve(tuning.itemsPerServing, clock.now() + tuning.sliceMs);
  }

  drained(): void {
    if (!this.#isBlocked) return;
    this.#isBlocked = false;
    if (!this.isEmpty) this.#parts.deliveries.add(this);
  }

  /**
   * What waits is dropped, but for what no other item can stand for. `tellInstead` tells of it, in the place of the first
   * that is dropped: whoever waits for what came before must not be let pass ahead of that.
   */
  dropEvents(tellInstead: () => void): void {
    const waiting = this.#queue.toArray();
    const first = waiting.findIndex(isDroppable);
    this.#queue = new Fifo(first < 0 ? waiting : waiting.slice(0, first));
    for (const queued of waiting) {
      if ('item' in queued && isDroppable(queued)) this.#release(queued.item);
    }
    tellInstead();
    if (first < 0) return;
    for (const each of waiting.slice(first)) if (!isDroppable(each)) this.#queue.push(each);
  }

  close(): void {
    this.#isClosed = true;
    this.dropEvents(() => undefined);
    this.#queue = new Fifo();
    this.#wantRoom.clear();
    this.#parts.deliveries.remove(this);
  }

  get #takesMore(): boolean {
    return !this.isEmpty && !this.#isBlocked && !this.#isServing && !this.#isClosed;
  }

  /** A single batch may be larger than all that may wait: it goes out by itself. */
  #isFullFor({ bytes }: EventBatch): boolean {
    const { outletBatchesMax, outletBytesMax } = this.#parts.tuning;
    if (this.#batches === 0) return false;
    return this.#batches >= outletBatchesMax || this.#bytes + bytes > outletBytesMax;
  }

  /**
   * Gives what of an item may be told now: whoever was shut out while it waited is told nothing of it. A one-shot watch is
   * spent by now, and says no more than that something was so at a path that its owner had named.
   */
  #stillHeard({ watching, item, mark, isPast }: QueuedItem): WatchItem | undefined {
    const { hearing, identities } = this.#parts;
    if (mark === hearing.mark || (item.kind !== 'events' && item.kind !== 'initial')) return item;
    const wishes: WatchWishes = {
      withData: watching.kind === 'lasting' && watching.withData,
      withPast: isPast,
    };
    const isHeard = (event: WatchEvent): boolean => hearing.mayStillHear(event, identities, wishes);
    if (item.kind === 'initial') return { ...item, events: item.events.filter(isHeard) };
    const { batch } = item;
    const heard = batch.events.filter(({ event }) => isHeard(event));
    if (heard.length === batch.events.length) return item;
    return heard.length === 0
      ? undefined
      : { kind: 'events', batch: new SharedBatch(batch.zxid, heard) };
  }

  #pushItem(watching: Watching, item: WatchItem, isPast: boolean): void {
    const { mark } = this.#parts.hearing;
    this.#push({ watching, item, mark, isPast });
  }

  #push(queued: Queued): void {
    if (this.#isClosed) return;
    if (this.isEmpty) this.#movedAtMs = this.#parts.clock.now();
    this.#queue.push(queued);
    if (!this.#isBlocked && !this.#isServing) this.#parts.deliveries.add(this);
  }

  #release(item: WatchItem): void {
    if (item.kind === 'events') {
      this.#batches--;
      this.#bytes -= item.batch.bytes;
    } else if (item.kind === 'initial') {
      this.#parts.initials.waitingBytes -= bytesOf(item.events);
    }
  }

  #block(): void {
    this.#isBlocked = true;
    this.#movedAtMs = this.#parts.clock.now();
  }

  #offerRoom(): void {
    if (this.#wantRoom.size === 0 || !this.hasRoom) return;
    const waiting = [...this.#wantRoom];
    this.#wantRoom.clear();
    for (const run of waiting) run();
  }
}

function isDroppable(queued: Queued): boolean {
  return 'item' in queued && isStreamed(queued.item);
}

/** The door has no more use for it. */
function isMoot({ watching, item }: QueuedItem): boolean {
  return watching.isUnwatched && isStreamed(item);
}

function isStreamed({ kind }: WatchItem): boolean {
  return kind === 'events' || kind === 'initial' || kind === 'synced' || kind === 'bookmark';
}

function bytesOf(events: readonly WatchEvent[]): number {
  return events.reduce((sum, event) => sum + eventBytes(event), 0);
}
