import type { Clock } from '../../ports/clock.ts';
import type { Metrics } from '../../ports/metrics.ts';

/**
 * Tells how late each tick comes, and how much of that is this process's own doing: what it waited for a processor
 * meanwhile is the machine's.
 */
export class TickLateness {
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #tickMs: number;
  #tickedAtMs = 0;
  /** For a processor, until that tick. */
  #waitedMs: number | undefined;

  constructor(ports: { readonly clock: Clock; readonly metrics: Metrics }, tickMs: number) {
    this.#clock = ports.clock;
    this.#metrics = ports.metrics;
    this.#tickMs = tickMs;
  }

  begin(nowMs: number): void {
    this.#tickedAtMs = nowMs;
    this.#waitedMs = this.#clock.waited?.();
  }

  ticked(nowMs: number): void {
    const lateMs = nowMs - this.#tickedAtMs - this.#tickMs;
    this.#metrics.observe('tick_late_ms', lateMs);
    const waitedMs = this.#clock.waited?.();
    this.#metrics.observe('tick_late_own_ms', lateMs - (this.#sinceTickMs(waitedMs) ?? 0));
    this.#tickedAtMs = nowMs;
    this.#waitedMs = waitedMs;
  }

  /** What was waited since the last tick; undefined where nobody tells. */
  waitedMs(): number | undefined {
    return this.#sinceTickMs(this.#clock.waited?.());
  }

  #sinceTickMs(waitedMs: number | undefined): number | undefined {
    if (waitedMs === undefined || this.#waitedMs === undefined) return undefined;
    return waitedMs - this.#waitedMs;
  }
}
