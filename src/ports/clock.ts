export interface Timer {
  /** May be called at any time, also from within the callback, and more than once. */
  cancel(): void;
}

/** Tells all time that the shell knows. The simulator's is virtual. */
export interface Clock {
  /** Monotonic milliseconds from an arbitrary start; what every timeout is measured by. */
  now(): number;
  /**
   * As `now`, but a few requests of the same event old at most: to look takes longer than most of what a request asks it
   * for. Never to measure by it what something takes within a turn.
   */
  recent(): number;
  /** Unix milliseconds; may jump. Only ever stamped into txns and logs, never compared with a deadline. */
  wall(): number;
  /**
   * How many milliseconds this thread has waited for a processor so far, ready to run; undefined where nobody tells. What
   * it is late by, and did not wait, it has spent itself.
   */
  waited?(): number | undefined;
  /** How many milliseconds this thread has had nothing to do so far; undefined where nobody tells. */
  idle?(): number | undefined;
  after(ms: number, run: () => void): Timer;
  every(ms: number, run: () => void): Timer;
  /** Runs once the current turn is over and incoming traffic was taken in: where a batch is closed. */
  soon(run: () => void): void;
}
