import { Fifo } from '../../base/fifo.ts';
import type { Clock } from '../../ports/clock.ts';
import { crowdedShareMax } from './crowd.ts';

/**
 * Large work (answers, bodies and events of more than some tens of kilobytes) takes no more than this part of a peer's
 * time while others are served. What is served beside it then finds the thread free most of the time, and peers that share
 * a machine leave it some.
 */
export const largeWorkShareMax = 1 / 6;

/** Others are being served as long as one was within this. */
export const othersServedWithinMs = 100;

/** Large work rests no longer than this at a time, however long a slice of it was held up. */
export const largeWorkRestMsMax = 500;

/**
 * A slice of what stands back is this short while others are served. Each of their answers waits for several turns, at two
 * peers: what a turn may take is what they wait, several times.
 */
export const besideOthersSliceMs = 1;

/** Whether there has been rest enough is looked at again after this. */
const lookAgainMs = 1;

/**
 * Knows whether others are served, and has what is to stand back behind them rest meanwhile: one slice of it at a time, each
 * in a turn of its own. With nobody else to serve it does not rest. As a peer has one for large work, others are all whose
 * requests and changes are small, by whatever door and for whichever peer.
 */
export class Pace {
  readonly #clock: Clock;
  /** Of a peer's time, for what rests. */
  readonly #shareMax: number;
  readonly #queue = new Fifo<PacedSlices>();
  #isScheduled = false;
  #begunAtMs = 0;
  /** How long the thread had been idle by then. */
  #idleBeforeMs = 0;
  /** Then it has rested enough, however busy the thread is; counted from when the last slice began. */
  #restedAfterMs = 0;
  #setGoingMs = 0;
  #hasServed = false;
  #servedAtMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, shareMax = largeWorkShareMax) {
    this.#clock = clock;
    this.#shareMax = shareMax;
  }

  /** Another was served. Costs nothing: the clock is looked at when there is something to rest for. */
  served(): void {
    this.#hasServed = true;
  }

  /** Says whether others were served of late. */
  servesOthers(): boolean {
    const now = this.#clock.now();
    if (this.#hasServed) {
      this.#hasServed = false;
      this.#servedAtMs = now;
    }
    return now - this.#servedAtMs <= othersServedWithinMs;
  }

  /** Says how long a slice of what stands back may last; `aloneMs` with nobody else to serve. */
  sliceMs(aloneMs: number): number {
    return this.servesOthers() ? Math.min(besideOthersSliceMs, aloneMs) : aloneMs;
  }

  /** Says how long to rest for work that took so long and ends now. */
  restAfter(ms: number, shareMax = this.#shareMax): number {
    if (!this.servesOthers()) return 0;
    return Math.min(ms * (1 / shareMax - 1), largeWorkRestMsMax);
  }

  /** Within a slice: what it does costs so much more, later. */
  setsGoing(ms: number): void {
    this.#setGoingMs += ms;
  }

  /** For `PacedSlices` alone: has its next slice done when it is its turn. */
  queue(slices: PacedSlices): void {
    this.#queue.push(slices);
    if (!this.#isScheduled) this.#soon();
  }

  #soon(): void {
    this.#isScheduled = true;
    const slices = this.#queue.shift();
    this.#clock.soon(() => {
      this.#begunAtMs = this.#clock.now();
      this.#idleBeforeMs = this.#clock.idle?.() ?? 0;
      this.#setGoingMs = 0;
      slices?.slice();
    });
    // Right behind it: what it resolved is done by then, and is part of what it took.
    this.#clock.soon(() => {
      const tookMs = this.#clock.now() - this.#begunAtMs + this.#setGoingMs;
      this.#restedAfterMs = Math.min(tookMs / largeWorkShareMax, largeWorkRestMsMax);
      this.#rest(this.restAfter(tookMs, slices?.shareMax));
    });
  }

  #rest(ms: number): void {
    if (ms > 0) {
      this.#clock.after(ms, () => {
        this.#rest(this.#isBusyForOthers() ? lookAgainMs : 0);
      });
    } else if (this.#queue.length > 0) this.#soon();
    else this.#isScheduled = false;
  }

  /**
   * What has more than the share of large work has it of a thread that others leave some time; of one that is busy since the
   * last slice for more of the time than that it has no less than large work.
   */
  #isBusyForOthers(): boolean {
    const idleMs = this.#clock.idle?.();
    if (idleMs === undefined || !this.servesOthers()) return false;
    const elapsedMs = this.#clock.now() - this.#begunAtMs;
    if (elapsedMs >= this.#restedAfterMs) return false;
    return elapsedMs - (idleMs - this.#idleBeforeMs) > elapsedMs * crowdedShareMax;
  }
}

/** Some work that rests for others, which is done slice by slice in turn with all of its kind. */
export class PacedSlices {
  /** Of a peer's time, where it is not that of its pace. */
  readonly shareMax: number | undefined;
  readonly #pace: Pace;
  readonly #run: () => boolean;
  #isQueued = false;

  /** `run` does a slice, and says whether there is more to do. */
  constructor(pace: Pace, run: () => boolean, shareMax?: number) {
    this.#pace = pace;
    this.#run = run;
    this.shareMax = shareMax;
  }

  /** There is something to do: begins after this turn. */
  schedule(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.#pace.queue(this);
  }

  /** For the pace alone. */
  slice(): void {
    this.#isQueued = false;
    if (this.#run()) this.schedule();
  }
}
