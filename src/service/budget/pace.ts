import type { Clock } from '../../ports/clock.ts';

/**
 * Large work (answers, bodies and events of more than some tens of kilobytes) takes no more than this part of a peer's
 * time while others are served. What is served beside it then finds the thread free most of the time, and peers that share
 * a machine leave it some.
 */
export const largeWorkShareMax = 1 / 3;

/** Others are being served as long as one was within this. */
export const othersServedWithinMs = 100;

/** Large work rests no longer than this at a time, however long a slice of it was held up. */
export const largeWorkRestMsMax = 100;

/**
 * Knows whether small requests and changes are served, by whatever door and for whichever peer, and how long large work is
 * to rest for them. With nobody else to serve it need not rest.
 */
export class Pace {
  readonly #clock: Clock;
  #hasServed = false;
  #servedAtMs = Number.NEGATIVE_INFINITY;
  #restsUntilMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Something small was served. Costs nothing: the clock is looked at when something large is done. */
  served(): void {
    this.#hasServed = true;
  }

  /** Counts large work that was done until now, for so long: all of this peer rests for it. */
  worked(ms: number): void {
    const restMs = this.restAfter(ms);
    if (restMs > 0) this.#restsUntilMs = this.#clock.now() + restMs;
  }

  /** How long large work is to rest from now on. */
  get restMs(): number {
    const restMs = this.#restsUntilMs - this.#clock.now();
    return restMs > 0 ? restMs : 0;
  }

  /** Says how long to rest for work of so long that ends now. */
  restAfter(ms: number): number {
    if (!this.servesOthers()) return 0;
    return Math.min(ms * (1 / largeWorkShareMax - 1), largeWorkRestMsMax);
  }

  /** Says whether anything small was served of late. */
  servesOthers(): boolean {
    const now = this.#clock.now();
    if (this.#hasServed) {
      this.#hasServed = false;
      this.#servedAtMs = now;
    }
    return now - this.#servedAtMs <= othersServedWithinMs;
  }
}

/** Does large work slice by slice, each in a turn, with the rests between them that the pace asks for. */
export class PacedSlices {
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #run: () => boolean;
  #isScheduled = false;
  #begunAtMs = 0;
  #hasMore = false;

  /** `run` does a slice, and says whether there is more to do. */
  constructor(clock: Clock, pace: Pace, run: () => boolean) {
    this.#clock = clock;
    this.#pace = pace;
    this.#run = run;
  }

  /** There is something to do: begins after this turn. */
  schedule(): void {
    if (this.#isScheduled) {
      this.#hasMore = true;
      return;
    }
    this.#isScheduled = true;
    const { restMs } = this.#pace;
    if (restMs === 0) this.#soon();
    else {
      this.#clock.after(restMs, () => {
        this.#soon();
      });
    }
  }

  #soon(): void {
    this.#clock.soon(() => {
      this.#begunAtMs = this.#clock.now();
      this.#hasMore = false;
      this.#hasMore = this.#run();
    });
    // Right behind it: what it resolved is done by then, and is part of what it took.
    this.#clock.soon(() => {
      this.#pace.worked(this.#clock.now() - this.#begunAtMs);
      this.#isScheduled = false;
      if (this.#hasMore) this.schedule();
    });
  }
}
