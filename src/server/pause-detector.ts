/**
 * Notices that this process stood still (a long collection, a suspended machine): no timer of before the pause may be
 * trusted then (brief A9). Looked at with every tick and before anything is confirmed on the strength of a timer.
 */
export class PauseDetector {
  readonly #thresholdMs: number;
  readonly #onPause: (pausedMs: number) => void;
  #lastMs: number;

  constructor(options: {
    readonly nowMs: number;
    readonly thresholdMs: number;
    readonly onPause: (pausedMs: number) => void;
  }) {
    this.#lastMs = options.nowMs;
    this.#thresholdMs = options.thresholdMs;
    this.#onPause = options.onPause;
  }

  /** Called at least once per tick. */
  look(nowMs: number): void {
    const pausedMs = nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    if (pausedMs > this.#thresholdMs) this.#onPause(pausedMs);
  }
}
