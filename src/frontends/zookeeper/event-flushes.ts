import { OnceSoon } from '../../base/once-soon.ts';
import type { Clock } from '../../ports/clock.ts';
import { PacedSlices, type Pace } from '../../service/budget/pace.ts';
import { Rotation } from '../../service/budget/rotation.ts';
import { workSliceMs } from '../../service/budget/work.ts';

/** So many connections are sent their events in the turn in which they are told; others wait for their turn. */
export const toldAtOnceMax = 64;

/** Of a peer's time, to send those events that wait, while others are served. */
export const tellingShareMax = 1 / 3;

/** So much of it may be done without a rest when little was to be sent before: a change that a thousand or two watch. */
export const tellingAtOnceMs = 20;

/** With so much to be sent none waits any longer. */
const waitingBytesMax = 65_536;

interface Told {
  /** Whose turn it is: that of its address. */
  readonly account: { readonly holder: string };
  /** What is to be sent. */
  readonly out: { readonly length: number };
  flush(): void;
}

/**
 * Sends connections the events that they were told, when they are owed nothing else: few of them at once, and many by turns
 * of their addresses, in slices that rest for others where one change follows the other. A write to a socket costs ten times
 * what it costs to tell its connection, and what a connection is told while it waits is one write with the rest. An answer
 * takes the events that are ahead of it along, so that nobody waits who is owed one.
 */
export class EventFlushes {
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #waiting = new Set<Told>();
  readonly #turns = new Rotation<Told>();
  readonly #slices: PacedSlices;
  readonly #turnIsOver: OnceSoon;
  #toldAtOnce = 0;
  #isScheduled = false;
  /** May be done without a rest, as of `#atMs`; less than nothing when more was done. */
  #leftMs = tellingAtOnceMs;
  #atMs = 0;
  readonly #runNow = (): void => {
    this.#flushSome();
  };

  constructor(clock: Clock, pace: Pace) {
    this.#clock = clock;
    this.#pace = pace;
    const run = (): false => {
      this.#flushSome();
      return false;
    };
    this.#slices = new PacedSlices(pace, run, tellingShareMax);
    this.#turnIsOver = new OnceSoon(clock, () => {
      this.#toldAtOnce = 0;
    });
  }

  /** Says whether a connection may be sent its events within this turn: to be asked for each. Otherwise they wait. */
  mayFlush(connection: Told): boolean {
    if (connection.out.length > waitingBytesMax) return true;
    if (this.#waiting.has(connection)) return false;
    if (this.#hasTime()) return true;
    this.#waiting.add(connection);
    this.#turns.add(connection.account.holder, connection);
    this.#schedule();
    return false;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const now = this.#clock.now();
    this.#leftMs = Math.min(tellingAtOnceMs, this.#leftMs + (now - this.#atMs) * tellingShareMax);
    this.#atMs = now;
    if (this.#leftMs > 0) this.#clock.soon(this.#runNow);
    else this.#slices.schedule();
  }

  #hasTime(): boolean {
    this.#turnIsOver.schedule();
    return ++this.#toldAtOnce <= toldAtOnceMax;
  }

  #flushSome(): void {
    this.#isScheduled = false;
    const begunAtMs = this.#clock.now();
    const untilMs = begunAtMs + this.#pace.sliceMs(workSliceMs);
    this.#turns.run(
      (connection) => {
        this.#waiting.delete(connection);
        connection.flush();
        return true;
      },
      () => this.#clock.now() >= untilMs,
    );
    // With nobody to rest for it takes what there is; that is soon made up for.
    this.#leftMs = Math.max(-tellingAtOnceMs, this.#leftMs - (this.#clock.now() - begunAtMs));
    if (!this.#turns.isEmpty) this.#schedule();
  }
}
