import { Fifo } from '../../base/fifo.ts';
import { compareZxid, type Zxid } from '../../model/zxid.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ConnectionWatcher } from './connection-watchers.ts';
import { takeStepsUntil, type Steps } from './slices.ts';
import type { WatchOutlet } from './watch-outlet.ts';

/** What is to be told to all whom it concerns: a txn, say. */
export interface Telling {
  readonly zxid: Zxid;
  /** Memory that it holds. */
  readonly bytes: number;
  /** Tells one after the other, but for those who were told out of turn. */
  readonly steps: Steps;
  /** Out of turn: all that concerns this one. */
  tellOutlet(outlet: WatchOutlet): void;
  tellConnection(watcher: ConnectionWatcher): void;
}

interface PublishingParts {
  readonly clock: Clock;
  readonly tuning: {
    readonly sliceMs: number;
    readonly publishAtOnceMs: number;
    readonly unpublishedTxnsMax: number;
    readonly unpublishedBytesMax: number;
  };
  /** All were told of it, and of all before it. */
  published(zxid: Zxid): void;
}

/**
 * Tells what was applied to all whom it concerns, in order, one txn after the other and in slices: a change that a
 * hundred thousand watch never holds up other work. Whoever is owed an answer meanwhile is told out of turn, so no answer
 * waits for others' events, and none is ahead of its own.
 */
export class Publishing {
  readonly #parts: PublishingParts;
  readonly #queue = new Fifo<Telling>();
  #bytes = 0;
  #isRunning = false;
  #isScheduled = false;
  /** In the turns of apply so much time is taken, and no more until the slice is over. */
  #atOnceUntilMs = 0;
  #sliceEndMs = Number.NEGATIVE_INFINITY;
  #whenEmpty: (() => void)[] = [];

  constructor(parts: PublishingParts) {
    this.#parts = parts;
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  /** As much waits as may: nothing more should be applied until there is room. */
  get isFull(): boolean {
    const { unpublishedTxnsMax, unpublishedBytesMax } = this.#parts.tuning;
    return this.#queue.length >= unpublishedTxnsMax || this.#bytes >= unpublishedBytesMax;
  }

  /** Where few are concerned, all of them were told when this returns. */
  add(telling: Telling): void {
    this.#queue.push(telling);
    this.#bytes += telling.bytes;
    // Called from within a telling: whoever tells goes on with it.
    if (this.#isRunning) return;
    if (this.#queue.length === 1) this.#publishAtOnce();
    if (!this.isEmpty) this.#schedule();
  }

  /** Calls back once all that waits now is published, at once or later. */
  whenEmpty(run: () => void): void {
    if (this.isEmpty) run();
    else this.#whenEmpty.push(run);
  }

  /** What lies after `zxid` of that which not all were told of yet, in order. */
  after(zxid: Zxid): Telling[] {
    let first = this.#queue.length;
    while (first > 0) {
      const before = this.#queue.at(first - 1);
      if (before === undefined || compareZxid(before.zxid, zxid) <= 0) break;
      first--;
    }
    const those: Telling[] = [];
    for (let index = first; index < this.#queue.length; index++) {
      const telling = this.#queue.at(index);
      if (telling !== undefined) those.push(telling);
    }
    return those;
  }

  #publishAtOnce(): void {
    const { clock, tuning } = this.#parts;
    const now = clock.now();
    if (now >= this.#sliceEndMs) {
      this.#sliceEndMs = now + tuning.sliceMs;
      this.#atOnceUntilMs = now + tuning.publishAtOnceMs;
    }
    if (now < this.#atOnceUntilMs) this.#publishUntil(this.#atOnceUntilMs);
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const { clock, tuning } = this.#parts;
    clock.soon(() => {
      this.#isScheduled = false;
      this.#publishUntil(clock.now() + tuning.sliceMs);
      if (!this.isEmpty) this.#schedule();
    });
  }

  #publishUntil(untilMs: number): void {
    this.#isRunning = true;
    for (let next = this.#queue.first; next !== undefined; next = this.#queue.first) {
      if (!takeStepsUntil(next.steps, this.#parts.clock, untilMs)) break;
      this.#queue.shift();
      this.#bytes -= next.bytes;
      this.#parts.published(next.zxid);
      // Also between two that concern few: thousands of them may wait.
      if (this.#parts.clock.now() >= untilMs) break;
    }
    this.#isRunning = false;
    if (!this.isEmpty || this.#whenEmpty.length === 0) return;
    const waiting = this.#whenEmpty;
    this.#whenEmpty = [];
    for (const run of waiting) run();
  }
}
