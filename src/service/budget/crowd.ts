import type { Clock } from '../../ports/clock.ts';
import { Rotation } from './rotation.ts';

/**
 * While others are served that ask for little, addresses that ask for much have their requests begun only as fast as keeps
 * a peer's thread busy, with these and all else, for no more than this part of the time.
 */
export const crowdedShareMax = 2 / 3;

/** They rest no longer than this at a time, however busy the thread is with what others asked for. */
export const crowdRestMsMax = 20;

/** Of a slice, so much is for what goes ahead: who asks for nothing else keeps nobody from his turn. */
const urgentShareMax = 1 / 2;

/**
 * However dear requests seem, so many are begun in a slice for each address that waits: of a thread that is busy with other
 * things the cost is not theirs alone, and with the longest rests these are more a second than who asks for little may ask.
 */
export const begunForEachMin = 8;

/** Whether there has been rest enough is looked at so often. */
const lookEveryMs = 1;

/** What a request of a crowd costs is taken to lie between these, and learnt by this part of each slice. */
const cost = { leastMs: 1 / 100, mostMs: 1, firstMs: 1 / 16, learnt: 1 / 5 } as const;

/**
 * `urgent`: keeps a session alive or ends something, and goes ahead of what else its address asks for. `begins`: so does what
 * begins a session or takes one up, but by number: it is a write, and thousands come at once when a peer is gone.
 */
export type Urgency = 'none' | 'begins' | 'urgent';

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
    const urgentUntilMs = now + sliceMs * urgentShareMax;
    const fit = servesLight() ? sliceMs / this.#costMs : Number.POSITIVE_INFINITY;
    // Bounded by time alone: what keeps a session alive costs little later.
    this.#run(this.#urgent, urgentUntilMs, Number.POSITIVE_INFINITY);
    this.#run(this.#beginnings, urgentUntilMs, atLeast(fit * urgentShareMax, this.#beginnings));
    this.#run(this.#steps, now + sliceMs, atLeast(fit, this.#steps));
    this.#sliceTookMs = clock.now() - now;
    if (servesLight()) this.#lookLater();
    else this.#goOn();
  }

  /** Until a time, or until so many were begun in this slice; one at least, when there is one. */
  #run(steps: Rotation<Step>, untilMs: number, begunMax: number): void {
    const { clock, run } = this.#options;
    const most = this.#begun + begunMax;
    steps.run(run, () => ++this.#begun >= most || clock.now() >= untilMs);
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

/** So many are begun, and no fewer than each address may begin. */
function atLeast(begun: number, { holders }: { readonly holders: number }): number {
  return Math.max(begun, begunForEachMin * holders);
}
