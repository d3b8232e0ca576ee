import { OnceSoon } from '../../base/once-soon.ts';
import type { Clock } from '../../ports/clock.ts';

/** For what all connections of all doors together bring in one turn of the event loop. */
export const turnMs = 3;

/** One of them takes requests for so long before others have their turn, where it brings many at once. */
export const pieceMs = 1;

/** The clock is looked at once so many were taken in since. */
const lookAtTimeAfter = 4;

/** A turn is overrun when it has no time for so many that come in it all the same. */
export const overrunAfter = 64;

/** Or once what comes in it all the same has taken so long: a connection that is new may take a tenth of a millisecond. */
export const overrunAfterMs = 1;

/**
 * Shares out one turn of the event loop among all that is brought in it: connections, requests, messages. What there is
 * no time left for is done in slices of the doors' long work, a piece of each address in turn.
 */
export class Turn {
  readonly #clock: Clock;
  readonly #over: OnceSoon;
  #untilMs: number | undefined;
  #taken = 0;
  #isUsedUp = false;
  /** Came since it was used up. */
  #beyond = 0;
  #isOverrun = false;
  readonly #whenOverrun: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#over = new OnceSoon(clock, () => {
      this.#untilMs = undefined;
      this.#taken = 0;
      this.#isUsedUp = false;
      this.#beyond = 0;
      this.#isOverrun = false;
    });
  }

  /** Has `run` called in each turn that is overrun, once: whoever can keep more from coming in it does so. */
  whenOverrun(run: () => void): void {
    this.#whenOverrun.push(run);
  }

  /** Says whether one more may be taken in within this turn: to be asked once for each. */
  hasTime(): boolean {
    if (this.#untilMs === undefined) this.#begin(this.#clock.now());
    else if (++this.#taken % lookAtTimeAfter === 0) {
      this.#isUsedUp ||= this.#clock.now() >= this.#untilMs;
    }
    if (this.#isUsedUp) this.#cameBeyond();
    return !this.#isUsedUp;
  }

  /** Gives until when a connection may take requests that begins at `nowMs`: no later than that when the turn is used up. */
  pieceFrom(nowMs: number): number {
    const untilMs = this.#untilMs ?? this.#begin(nowMs);
    if (nowMs >= untilMs) this.#cameBeyond(nowMs >= untilMs + overrunAfterMs);
    return Math.min(nowMs + pieceMs, untilMs);
  }

  #cameBeyond(isLate = false): void {
    if (this.#isOverrun || (++this.#beyond < overrunAfter && !isLate)) return;
    this.#isOverrun = true;
    for (const run of this.#whenOverrun) run();
  }

  #begin(nowMs: number): number {
    this.#untilMs = nowMs + turnMs;
    this.#over.schedule();
    return this.#untilMs;
  }
}
