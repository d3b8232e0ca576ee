import { Fifo } from '../../../base/fifo.ts';
import { OnceSoon } from '../../../base/once-soon.ts';
import type { Clock } from '../../../ports/clock.ts';
import { PacedSlices, type Pace } from '../../../service/budget/pace.ts';
import { Rotation } from '../../../service/budget/rotation.ts';

/** A body of up to so many bytes is read as it comes: whoever sends little never waits behind those who send much. */
export const unpacedBytesMax = 65_536;

/**
 * Of longer bodies, all connections together bring about so much in one turn: what is ready of a thousand sockets would
 * else be read in one go, half a megabyte of each.
 */
export const bodyBytesPerTurnMax = 1_048_576;

/** So many bodies that were held up are read on in one slice: each brings a piece before it can be held up again. */
export const resumedPerSlice = 8;

/** What it costs to read a megabyte: most of it in the system, before anybody hears of it. */
export const readMegabyteMs = 1;

const megabyte = 1_048_576;

/**
 * Holds long bodies up once much has come in a turn, and has them read on in slices, one of each address at a time: as large
 * work, which rests while others are served.
 */
export class BodyPace {
  readonly #pace: Pace;
  readonly #heldUp = new Rotation<() => void>();
  readonly #whole = new Fifo<() => void>();
  /** Came since the last slice, or in this turn when nobody is held up. */
  #bytes = 0;
  readonly #turnIsOver: OnceSoon;
  readonly #readOn: PacedSlices;
  readonly #nextWhole: PacedSlices;

  constructor(clock: Clock, pace: Pace) {
    this.#pace = pace;
    this.#nextWhole = new PacedSlices(pace, () => {
      this.#whole.shift()?.();
      return this.#whole.length > 0;
    });
    this.#readOn = new PacedSlices(pace, () => this.#resumeSome());
    this.#turnIsOver = new OnceSoon(clock, () => {
      if (this.#heldUp.isEmpty) this.#bytes = 0;
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

  /**
   * Counts what came of a long body of this address. False when that is enough for now: `resume` is called when it may go
   * on.
   */
  came(bytes: number, address: string, resume: () => void): boolean {
    this.#bytes += bytes;
    this.#turnIsOver.schedule();
    if (this.#bytes <= bodyBytesPerTurnMax) return true;
    this.#heldUp.add(address, resume);
    this.#readOn.schedule();
    return false;
  }

  /** True when more are held up. */
  #resumeSome(): boolean {
    // It was read between the slices, which nobody else counts.
    this.#pace.setsGoing((this.#bytes / megabyte) * readMegabyteMs);
    this.#bytes = 0;
    let left = resumedPerSlice;
    this.#heldUp.run(
      (resume) => {
        resume();
        return true;
      },
      () => --left === 0,
    );
    return !this.#heldUp.isEmpty;
  }
}
