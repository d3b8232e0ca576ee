import type { Clock } from '../../ports/clock.ts';
import { Rotation } from './rotation.ts';

/**
 * While others are served that ask for little, addresses that ask for much have their requests begun only as fast as keeps
 * a peer's thread busy, with these and all else, for no more than this part of the time.
 */
export const crowdedShareMax = 2 / 3;

/** They rest no longer than this at a time, however busy the thread is with what others asked for. */
export const crowdRestMsMax = 20;

/** Of a slice, so much is for what is urgent: who asks for nothing else keeps nobody from his turn. */
const urgentShareMax = 1 / 2;

/** After so much of a slice sessions begin no more, unless what is urgent has taken their time. */
const aheadShareMax = 3 / 4;

/** However long took what went ahead, what begins sessions has so much of a slice for itself, and so has the rest. */
const ownShareMin = 1 / 4;

/** No more sessions begin in a slice than this part of what fits into it by its cost. */
const beginningsFitMax = 1 / 2;

/**
 * However dear requests seem, so many are begun in a slice for each address that waits: of a thread that is busy with other
 * things the cost is not theirs alone, and with the longest rests these are more a second than who asks for little may ask.
 */
export const begunForEachMin = 8;

/** The least number of sessions begins even where that takes longer than its share, for as much of a slice as this. */
const leastShareMax = 1;

/** Whether there has been rest enough is looked at so often. */
const lookEveryMs = 1;

/** What a request of a crowd costs is taken to lie between these, and learnt by this part of each slice. */
const cost = { leastMs: 1 / 100, mostMs: 1, firstMs: 1 / 16, learnt: 1 / 5 } as const;

/**
 * `urgent`: keeps a session alive, takes one up that would end otherwise, or ends something, and goes ahead of what else its
 * address asks for. `begins`: so does what founds a session, or may, but by number: it is a write, and thousands come at
 * once.
 */
export type Urgency = 'none' | 'begins' | 'urgent';

/** What is begun of a kind in a slice: until that time or its own share is over, so many at the most. */
interface Bounds {
  readonly untilMs: number;
  readonly most: number;
  /** So many also where the time is over, up to `leastShareMax`. */
  readonly least: number;
}

export interface CrowdOptions<Step extends object> {
  readonly clock: Clock;
  /** Says whether others are served that ask for little. */
  readonly servesLight: () => boolean;
  readonly sliceMs: number;
  /** Does a step: true when that was its last. */
  readonly run: (step: Step) => boolean;
}

/**
 * Begins what addresses ask for that ask for much, by however many connections: in slices, behind those that ask for little
 * and with a turn for each address. Each of their requests may be the only one of its connection; what makes others wait
 * is how many are under way together. A write costs most after it was begun, on its way to the disk, to other peers and
 * back, so that what a slice has cost is seen by how long the thread was busy until the next; as many are begun in one as
 * cost no more than it may last. With time to spare, or nobody else to serve, none waits for longer than it takes to come
 * by again.
 */
export class Crowd<Step extends object> {
  readonly #options: CrowdOptions<Step>;
  readonly #steps = new Rotation<Step>();
  readonly #urgent = new Rotation<Step>();
  /** Of sessions. */
  readonly #beginnings = new Rotation<Step>();
  #isUnderWay = false;
  /** When the last slice began, and how long the thread had been idle by then. */
  #sinceMs = 0;
  #idleBeforeMs = 0;
  #sliceTookMs = 0;
  #begun = 0;
  #costMs: number = cost.firstMs;

  constructor(options: CrowdOptions<Step>) {
    this.#options = options;
  }

  /** Has a step done, after this turn. */
  add(holder: string, step: Step, urgency: Urgency): void {
    this.#stepsOf(urgency).add(holder, step);
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    this.#soon();
  }

  #stepsOf(urgency: Urgency): Rotation<Step> {
    if (urgency === 'none') return this.#steps;
    return urgency === 'begins' ? this.#beginnings : this.#urgent;
  }

  #soon(): void {
    this.#options.clock.soon(() => {
      this.#slice();
    });
  }

  #slice(): void {
    const { clock, servesLight, sliceMs } = this.#options;
    const now = clock.now();
    this.#sinceMs = now;
    this.#idleBeforeMs = clock.idle?.() ?? 0;
    this.#begun = 0;
    const fit = servesLight() ? sliceMs / this.#costMs : Number.POSITIVE_INFINITY;
    const least = begunForEachMin * this.#beginnings.holders;
    // Bounded by time alone: it costs little later, or a session where it comes too late.
    this.#run(this.#urgent, {
      untilMs: now + sliceMs * urgentShareMax,
      most: Number.POSITIVE_INFINITY,
      least: 0,
    });
    this.#run(this.#beginnings, {
      untilMs: now + sliceMs * aheadShareMax,
      most: Math.max(fit * beginningsFitMax, least),
      least,
    });
    this.#run(this.#steps, {
      untilMs: now + sliceMs,
      most: Math.max(fit, begunForEachMin * this.#steps.holders),
      least: 0,
    });
    this.#sliceTookMs = clock.now() - now;
    if (servesLight()) this.#lookLater();
    else this.#goOn();
  }

  /** One at least, when there is one. */
  #run(steps: Rotation<Step>, { untilMs, most, least }: Bounds): void {
    if (steps.isEmpty) return;
    const { clock, sliceMs, run } = this.#options;
    const sinceMs = clock.now();
    const enoughMs = Math.max(untilMs, sinceMs + sliceMs * ownShareMin);
    const leastUntilMs = sinceMs + sliceMs * leastShareMax;
    let begun = 0;
    steps.run(run, () => {
      begun++;
      if (begun >= most) return true;
      const now = clock.now();
      return now >= enoughMs && (begun >= least || now >= leastUntilMs);
    });
    this.#begun += begun;
  }

  #lookLater(): void {
    this.#options.clock.after(lookEveryMs, () => {
      this.#look();
    });
  }

  #look(): void {
    const { clock, servesLight } = this.#options;
    const elapsedMs = clock.now() - this.#sinceMs;
    const busyMs = this.#busyMs(elapsedMs);
    const mayRestOn = elapsedMs < crowdRestMsMax && servesLight();
    if (mayRestOn && busyMs > elapsedMs * crowdedShareMax) {
      this.#lookLater();
      return;
    }
    this.#learn(busyMs);
    this.#goOn();
  }

  #goOn(): void {
    const isEmpty = this.#steps.isEmpty && this.#urgent.isEmpty && this.#beginnings.isEmpty;
    if (isEmpty) this.#isUnderWay = false;
    else this.#soon();
  }

  /** How long the thread was busy since the slice began; where no clock tells, what it must have been at least. */
  #busyMs(elapsedMs: number): number {
    const idleMs = this.#options.clock.idle?.();
    if (idleMs !== undefined) return elapsedMs - (idleMs - this.#idleBeforeMs);
    return this.#sliceTookMs + this.#begun * cost.firstMs;
  }

  #learn(busyMs: number): void {
    if (this.#begun === 0) return;
    const each = Math.min(cost.mostMs, Math.max(cost.leastMs, busyMs / this.#begun));
    this.#costMs += (each - this.#costMs) * cost.learnt;
  }
}
