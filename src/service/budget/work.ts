import { OnceSoon } from '../../base/once-soon.ts';
import type { Clock } from '../../ports/clock.ts';
import { AddressDemands } from './address-demands.ts';
import { Crowd, type Urgency } from './crowd.ts';
import { sentAheadMax, sessionWeight, type Demand } from './demand.ts';
import { Pace, PacedSlices } from './pace.ts';
import { Rotation } from './rotation.ts';
import { Turn } from './turn.ts';

/**
 * Does a piece of some long work: a millisecond's worth or less, where it can be cut so. True when that was the last. One that
 * throws is not called again.
 */
export type Step = () => boolean;

/**
 * The long work of doors (answers of megabytes made, lists encoded) is cut after this, a quarter of a slice of
 * the server's, since both may fall into one turn.
 */
export const workSliceMs = 2;

/**
 * What connections send ahead takes no more than this part of a peer's time, while others are served that ask for little.
 */
export const largeDemandShareMax = 1 / 3;

/** What a request costs besides, once it is begun and until its answer is out, about. */
export const requestCostMs = 1 / 16;

/**
 * Does the long work of the doors in slices, a piece of each holder's in turn, and of one holder's works a piece of each:
 * whoever asks for much waits for himself. Small requests are done as they come while `turn` has time, and only then come
 * here, with slices of their own: large work rests while others are served, and they don't. The light come first: while a
 * connection that asks for little is served, what others send ahead of their answers is begun in slices that rest for it.
 * What addresses ask for that ask for much by many connections goes behind the light too, with more of the time (`Crowd`).
 * How much waits is bounded by what may be asked for at a time: by the requests in flight of each connection, and by
 * `owedBytes`.
 */
export class Work {
  /** What is small is done as it comes in, as long as this has time. */
  readonly turn: Turn;
  /** Is to be told of what is small, and tells how long the large rests for it. */
  readonly pace: Pace;
  /** Where each connection is to be opened of which requests come. */
  readonly demands: AddressDemands;
  readonly #clock: Clock;
  readonly #sliceMs: number;
  readonly #small = new Rotation<Step>();
  readonly #large = new Rotation<Step>();
  /** Small as well, of connections that send ahead. */
  readonly #ahead = new Rotation<Step>();
  readonly #smallSlice: OnceSoon;
  readonly #largeSlices: PacedSlices;
  readonly #aheadSlices: PacedSlices;
  /** Is told of whoever asks for little. */
  readonly #lightFirst: Pace;
  readonly #crowd: Crowd<Step>;
  /** Served last of those that ask for little; undefined when that was long ago. */
  #lastLight: Demand | undefined;
  /** Is told what a step threw: it ends no work but its own. */
  failed: (cause: unknown) => void = (cause) => {
    throw cause;
  };

  constructor(
    clock: Clock,
    {
      sliceMs = workSliceMs,
      pace = new Pace(clock),
      demands = new AddressDemands({ clock }),
    }: WorkOptions = {},
  ) {
    this.turn = new Turn(clock);
    this.pace = pace;
    this.demands = demands;
    this.#clock = clock;
    this.#sliceMs = sliceMs;
    this.#smallSlice = new OnceSoon(clock, () => {
      this.#run(this.#small, this.#sliceMs);
      if (!this.#small.isEmpty) this.#smallSlice.schedule();
    });
    this.#largeSlices = new PacedSlices(pace, () => {
      this.#run(this.#large, this.#sliceMs);
      return !this.#large.isEmpty;
    });
    this.#lightFirst = new Pace(clock, largeDemandShareMax);
    this.#aheadSlices = new PacedSlices(this.#lightFirst, () => {
      const lastsMs = this.#lightFirst.sliceMs(this.#sliceMs);
      this.#lightFirst.setsGoing(this.#run(this.#ahead, lastsMs, requestCostMs));
      return !this.#ahead.isEmpty;
    });
    this.#crowd = new Crowd({
      clock,
      servesLight: () => this.#servesLight(),
      sliceMs,
      run: (step) => this.#isDone(step),
    });
  }

  /**
   * Counts a request of a connection, and says whether it may be begun within this turn: to be asked once for each. One that
   * may not is to be put off.
   */
  mayBegin(demand: Demand): boolean {
    this.came(demand);
    const hasTime = this.turn.hasTime();
    return hasTime && !this.standsBack(demand);
  }

  /** Gives until when a connection may take requests within this turn that begins to at `nowMs`. */
  pieceFrom(demand: Demand, nowMs: number): number {
    const untilMs = this.turn.pieceFrom(nowMs);
    return this.standsBack(demand) ? nowMs : untilMs;
  }

  /** Counts a session that a connection was made for, for whoever shares the turn by other means. */
  sessionCame(demand: Demand): void {
    this.came(demand, sessionWeight);
  }

  /** Counts a request of a connection, for whoever shares the turn by other means. */
  came(demand: Demand, weight = 1): void {
    if (demand.asked(weight)) demand.count(this.#clock.now());
    if (!demand.isLittle) return;
    this.#lightFirst.served();
    this.#lastLight = demand;
  }

  /** So many requests of a connection wait to be begun. */
  waiting(demand: Demand, requests: number): void {
    if (requests > sentAheadMax) demand.sentAhead(this.#clock.now());
  }

  /** Says whether what a connection asks for has to wait for those that ask for little. */
  standsBack(demand: Demand): boolean {
    // Whoever is alone has no look at the clock for that.
    if (this.#lastLight === undefined || !demand.isSuspect) return false;
    const now = this.#clock.now();
    if (!demand.isAhead(now) && !demand.isOfCrowd(now)) return false;
    return this.#servesLight();
  }

  /** Says whether one is served that asks for little. Who does no more was served, but is in nobody's way: least in his own. */
  #servesLight(): boolean {
    if (this.#lastLight?.isLittle === true && this.#lightFirst.servesOthers()) return true;
    this.#lastLight = undefined;
    return false;
  }

  /**
   * Has requests begun that a connection has sent, after this turn. `step` is called until it is true. What is
   * urgent goes ahead of what else its address asks for: nobody gains by its waiting.
   */
  putOff(demand: Demand, holder: string, step: Step, urgency: Urgency = 'none'): void {
    if (this.standsBack(demand)) this.#hold(demand, holder, step, urgency);
    else {
      this.add(holder, () => {
        if (step()) return true;
        if (!this.standsBack(demand)) return false;
        this.#hold(demand, holder, step, urgency);
        return true;
      });
    }
  }

  #hold(demand: Demand, holder: string, step: Step, urgency: Urgency): void {
    this.demands.stoodBack(1);
    if (!demand.isAhead(this.#clock.now())) {
      this.#crowd.add(demand.host ?? holder, step, urgency);
      return;
    }
    demand.hold();
    this.#ahead.add(holder, () => {
      const isDone = this.#isDone(step);
      if (isDone) demand.letGo(this.#clock.now());
      return isDone;
    });
    this.#aheadSlices.schedule();
  }

  /** Has a work done, beginning after this turn: requests taken in. `step` is called until it is true. */
  add(holder: string, step: Step): void {
    this.#small.add(holder, step);
    this.#smallSlice.schedule();
  }

  /** The same for what is large: it rests while others are served. */
  addLarge(holder: string, step: Step): void {
    this.#large.add(holder, step);
    this.#largeSlices.schedule();
  }

  /** Does what is small: within the call when this turn has time for it, and otherwise in slices. It must not throw. */
  take(holder: string, run: () => void): void {
    if (this.turn.hasTime()) {
      run();
      return;
    }
    this.add(holder, () => {
      run();
      return true;
    });
  }

  /** Does a slice. `costMs`: what a step costs besides, later; gives that of all. */
  #run(steps: Rotation<Step>, sliceMs: number, costMs = 0): number {
    let untilMs = this.#clock.now() + sliceMs;
    let laterMs = 0;
    steps.run(
      (step) => {
        laterMs += costMs;
        untilMs -= costMs;
        return this.#isDone(step);
      },
      () => this.#clock.now() >= untilMs,
    );
    return laterMs;
  }

  #isDone(step: Step): boolean {
    try {
      return step();
    } catch (cause) {
      this.failed(cause);
      return true;
    }
  }
}

interface WorkOptions {
  readonly sliceMs?: number;
  /** Shared with whoever else knows of small requests. */
  readonly pace?: Pace;
  /** Shared with whoever tells of it. */
  readonly demands?: AddressDemands;
}
