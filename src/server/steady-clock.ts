import type { ReapTime } from '../state/state-machine.ts';
import type { EnsembleTime } from './ensemble-time.ts';

/**
 * Tells the leader's time for what may never go early, nor a year late. A time that was set forward makes everything look
 * old: from then on a znode must have been left alone, on the monotonic clock, for all of its time. One that was set back
 * leaves stamps of the future behind: for those, time counts from then on.
 */
export class SteadyClock {
  readonly #time: Pick<EnsembleTime, 'now' | 'wall' | 'doubtMs'>;
  #wallAheadMs = 0;
  #setForwardAtMs = Number.NEGATIVE_INFINITY;
  #setBackAtMs = 0;

  constructor(time: Pick<EnsembleTime, 'now' | 'wall' | 'doubtMs'>) {
    this.#time = time;
    this.begin();
  }

  /** What was before does not count: a leadership begins, and takes its time for right. */
  begin(): void {
    const now = this.#time.now();
    this.#wallAheadMs = this.#time.wall() - now;
    this.#setForwardAtMs = Number.NEGATIVE_INFINITY;
    this.#setBackAtMs = now;
  }

  /** Often: what happens between two looks is seen at the second. */
  look(): void {
    const now = this.#time.now();
    const aheadMs = this.#time.wall() - now;
    const { doubtMs } = this.#time;
    if (aheadMs - this.#wallAheadMs > doubtMs) this.#setForwardAtMs = now;
    if (this.#wallAheadMs - aheadMs > doubtMs) this.#setBackAtMs = now;
    this.#wallAheadMs = aheadMs;
  }

  /** Never ahead of what has passed, however clocks were set meanwhile. */
  reapTime(): ReapTime {
    this.look();
    const now = this.#time.now();
    return {
      wallMs: this.#time.wall() - this.#time.doubtMs,
      steadyMs: now - this.#setForwardAtMs,
      rightMs: now - this.#setBackAtMs,
    };
  }
}
