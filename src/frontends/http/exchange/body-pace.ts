import { Fifo } from '../../../base/fifo.ts';
import { OnceSoon } from '../../../base/once-soon.ts';
import type { Clock } from '../../../ports/clock.ts';
import { PacedSlices, type Pace } from '../../../service/budget/pace.ts';

/** A body of up to so many bytes is read as it comes: whoever sends little never waits behind those who send much. */
export const unpacedBytesMax = 65_536;

/**
 * Of longer bodies, all connections together bring about so much in one turn: what is ready of a thousand sockets would
 * else be read in one go, half a megabyte of each.
 */
export const bodyBytesPerTurnMax = 2 * 1_048_576;

/** So many bodies that were held up are read on in one turn: each brings a piece before it can be held up again. */
const resumedPerTurn = 16;

interface HeldUp {
  readonly resume: () => void;
}

/** Holds long bodies up when much has come in a turn, and has them read on in the turns that follow. */
export class BodyPace {
  readonly #heldUp = new Fifo<HeldUp>();
  readonly #whole = new Fifo<() => void>();
  #bytes = 0;
  readonly #next: OnceSoon;
  readonly #nextWhole: PacedSlices;

  constructor(clock: Clock, pace: Pace) {
    this.#nextWhole = new PacedSlices(pace, () => {
      this.#whole.shift()?.();
      return this.#whole.length > 0;
    });
    this.#next = new OnceSoon(clock, () => {
      this.#bytes = 0;
      for (let left = resumedPerTurn; left > 0; left--) this.#heldUp.shift()?.resume();
      if (this.#heldUp.length > 0) this.#next.schedule();
    });
  }

  /**
   * A long body is whole: `take` is called in a turn that no other has, when it is the turn of large work. To put it
   * together, to understand it and to have it done each takes milliseconds.
   */
  isWhole(take: () => void): void {
    this.#whole.push(take);
    this.#nextWhole.schedule();
  }

  /** Counts what came of a long body. False when that is enough for now: `resume` is called when it may go on. */
  came(bytes: number, resume: () => void): boolean {
    this.#bytes += bytes;
    this.#next.schedule();
    if (this.#bytes <= bodyBytesPerTurnMax) return true;
    this.#heldUp.push({ resume });
    return false;
  }
}
