import type { Clock } from '../ports/clock.ts';
import type { ReapTime } from '../state/state-machine.ts';

/** How far the wall clock may move against the monotonic one between two looks and still count as steady. */
const toleranceMs = 100;

/**
 * Tells the leader's time for what may never go early. A wall clock that was set forward makes everything look old: from
 * then on a znode must have been left alone, on the monotonic clock, for all of its time.
 */
export class SteadyClock {
  readonly #clock: Clock;
  #wallAheadMs = 0;
  #setForwardAtMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.begin();
  }

  /** What was before does not count: a leadership begins, and takes its wall clock for right. */
  begin(): void {
    this.#wallAheadMs = this.#clock.wall() - this.#clock.now();
    this.#setForwardAtMs = Number.NEGATIVE_INFINITY;
  }

  /** Often: what happens between two looks is seen at the second. */
  look(): void {
    const now = this.#clock.now();
    const aheadMs = this.#clock.wall() - now;
    if (aheadMs - this.#wallAheadMs > toleranceMs) this.#setForwardAtMs = now;
    this.#wallAheadMs = aheadMs;
  }

  /** Never ahead of what has passed, however the wall clock was set meanwhile. */
  reapTime(): ReapTime {
    this.look();
    return {
      wallMs: this.#clock.wall() - toleranceMs,
      steadyMs: this.#clock.now() - this.#setForwardAtMs,
    };
  }
}
