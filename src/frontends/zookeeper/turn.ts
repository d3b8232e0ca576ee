import type { Clock } from '../../ports/clock.ts';

/** For what all connections together take in as it comes, in one turn of the event loop. */
export const turnMs = 4;
/** One of them takes requests for so long before others have their turn. */
export const pieceMs = 1;

/**
 * Shares out one turn of the event loop among the connections that bring requests in it. What is left of them is done in
 * slices of the doors' long work, a piece of each connection in turn.
 */
export class Turn {
  readonly #clock: Clock;
  #untilMs: number | undefined;
  readonly #over = (): void => {
    this.#untilMs = undefined;
  };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Gives until when a connection may take requests that begins at `nowMs`: no later than that when the turn is used up. */
  pieceFrom(nowMs: number): number {
    if (this.#untilMs === undefined) {
      this.#untilMs = nowMs + turnMs;
      this.#clock.soon(this.#over);
    }
    return Math.min(nowMs + pieceMs, this.#untilMs);
  }
}
