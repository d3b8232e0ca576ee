import type { Prng } from './prng.ts';
import type { Scheduler } from './scheduler.ts';

/** What a turn of the event loop is begun by: a timer that is due, something to read, or `setImmediate`. */
export type TurnKind = 'timer' | 'socket' | 'soon';

interface Held {
  readonly run: () => void;
  /** Of sockets: what came on one lane is read in the order it came. */
  readonly lane: unknown;
}

/** In the order of Node's phases: timers, poll, check. */
const phases: readonly TurnKind[] = ['timer', 'socket', 'soon'];

export interface ProcessOptions {
  /** Chooses the order in which sockets are read that became readable meanwhile; without it, as they became so. */
  readonly random?: Prng;
}

/**
 * One run of a peer's program, from start to crash. Everything that reaches the program comes through `deliver`, one turn
 * at a time: dropped once the process is dead, held back while it is paused or at work. What was held comes in Node's
 * order, phase after phase: all timers that are due, then what sockets have brought, socket by socket in any order, then
 * what asked to run soon; and again.
 */
export class SimulatedProcess {
  readonly #scheduler: Scheduler;
  readonly #options: ProcessOptions;
  readonly #held: Readonly<Record<TurnKind, Held[]>> = { timer: [], socket: [], soon: [] };
  readonly #onKill: (() => void)[] = [];
  #isAlive = true;
  #pausedUntilMs = 0;
  #busyUntilMs = 0;
  #turn = 0;
  #turnMs = 0;
  /** Of the phase that the loop is in: what is left of it. */
  #batch: Held[] = [];
  #phase: TurnKind = 'soon';
  #isInLoop = false;
  #wakesAtMs = Number.NEGATIVE_INFINITY;

  constructor(scheduler: Scheduler, options: ProcessOptions = {}) {
    this.#scheduler = scheduler;
    this.#options = options;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get isPaused(): boolean {
    return this.#isAlive && this.#scheduler.nowMs < this.#pausedUntilMs;
  }

  /** What a clock says that is looked at within a turn: ahead of the world's by the work that was done in it. */
  get nowMs(): number {
    return Math.max(this.#scheduler.nowMs, this.#busyUntilMs);
  }

  /** Turns begun so far. */
  get turn(): number {
    return this.#turn;
  }

  /** Of this turn, or of the last one while there is none: the work that was done in it. */
  get turnMs(): number {
    return this.#turnMs;
  }

  deliver(run: () => void, kind: TurnKind = 'socket', lane: unknown = run): void {
    if (!this.#isAlive) return;
    if (this.#isInLoop || this.#standsStill || this.#hasHeld) {
      this.#held[kind].push({ run, lane });
      this.#wakeLater();
      return;
    }
    this.#phase = kind;
    this.#loop({ run, lane });
  }

  /** What is being done in this turn takes so long; whatever comes meanwhile waits. */
  work(ms: number): void {
    if (!this.#isAlive || ms === 0) return;
    this.#busyUntilMs = this.nowMs + ms;
    this.#turnMs += ms;
  }

  /** As SIGSTOP and SIGCONT do. `onResume` runs before anything that was held back. */
  pause(durationMs: number, onResume: () => void): void {
    if (!this.#isAlive || this.isPaused) return;
    this.#pausedUntilMs = this.#scheduler.nowMs + durationMs;
    this.#scheduler.at(this.#pausedUntilMs, () => {
      if (!this.#isAlive) return;
      this.#isInLoop = true;
      onResume();
      this.#isInLoop = false;
      this.#loop(undefined);
    });
  }

  onKill(run: () => void): void {
    this.#onKill.push(run);
  }

  /** kill -9, or the power. Everything the program does afterwards in the same turn goes nowhere. */
  kill(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#busyUntilMs = 0;
    this.#batch = [];
    for (const kind of phases) this.#held[kind].length = 0;
    for (const run of this.#onKill) run();
  }

  get #standsStill(): boolean {
    return this.isPaused || this.#scheduler.nowMs < this.#busyUntilMs;
  }

  get #hasHeld(): boolean {
    return this.#batch.length > 0 || phases.some((kind) => this.#held[kind].length > 0);
  }

  #loop(first: Held | undefined): void {
    this.#isInLoop = true;
    let next = first ?? this.#next();
    while (next !== undefined) {
      this.#turn++;
      this.#turnMs = 0;
      next.run();
      next = this.#next();
    }
    this.#isInLoop = false;
    // Who waits in its poll looks at its timers first, once it is woken by SIGCONT.
    if (!this.#standsStill && !this.#hasHeld) this.#phase = 'soon';
    this.#wakeLater();
  }

  #next(): Held | undefined {
    if (!this.#isAlive || this.#standsStill || !this.#hasHeld) return undefined;
    while (this.#batch.length === 0) {
      // What is left of this phase was taken at once when it began.
      this.#phase = phases[(phases.indexOf(this.#phase) + 1) % phases.length] ?? 'timer';
      const held = this.#held[this.#phase].splice(0);
      this.#batch = this.#phase === 'socket' ? this.#asRead(held) : held;
    }
    return this.#batch.shift();
  }

  #asRead(held: Held[]): Held[] {
    const { random } = this.#options;
    if (random === undefined || held.length < 2) return held;
    const lanes = new Map<unknown, Held[]>();
    for (const each of held) {
      const lane = lanes.get(each.lane);
      if (lane === undefined) lanes.set(each.lane, [each]);
      else lane.push(each);
    }
    return random.shuffled([...lanes.values()]).flat();
  }

  /** Goes on once it stands still no more. */
  #wakeLater(): void {
    if (!this.#isAlive || !this.#hasHeld || this.#isInLoop) return;
    const atMs = Math.max(this.#pausedUntilMs, this.#busyUntilMs, this.#scheduler.nowMs);
    if (this.#wakesAtMs === atMs) return;
    this.#wakesAtMs = atMs;
    this.#scheduler.at(atMs, () => {
      if (this.#wakesAtMs === atMs) this.#wakesAtMs = Number.NEGATIVE_INFINITY;
      if (this.#isAlive && !this.#isInLoop && !this.#standsStill) this.#loop(undefined);
      else this.#wakeLater();
    });
  }
}
