import { OnceSoon } from '../../base/once-soon.ts';
import type { Clock } from '../../ports/clock.ts';
import { PacedSlices, type Pace } from '../../service/budget/pace.ts';
import { Rotation } from '../../service/budget/rotation.ts';
import { workSliceMs } from '../../service/budget/work.ts';

/** So many connections are sent their events in the turn in which they are told; others wait for their turn. */
export const toldAtOnceMax = 64;

/** Of a peer's time, to send those events that wait, while others are served. */
export const tellingShareMax = 1 / 3;

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
 * of their addresses, in slices that rest while others are served. A write to a socket costs ten times what it costs to tell
 * its connection, and what a connection is told while it waits is one write with the rest. An answer takes the events that
 * are ahead of it along, so that nobody waits who is owed one.
 */
export class EventFlushes {
  readonly #clock: Clock;
  readonly #waiting = new Set<Told>();
  readonly #turns = new Rotation<Told>();
  readonly #slices: PacedSlices;
  readonly #turnIsOver: OnceSoon;
  #toldAtOnce = 0;

  constructor(clock: Clock, pace: Pace) {
    this.#clock = clock;
    this.#slices = new PacedSlices(pace, () => this.#flushSome(), tellingShareMax);
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
    this.#slices.schedule();
    return false;
  }

  #hasTime(): boolean {
    this.#turnIsOver.schedule();
    return ++this.#toldAtOnce <= toldAtOnceMax;
  }

  /** True when there are more. */
  #flushSome(): boolean {
    const untilMs = this.#clock.now() + workSliceMs;
    this.#turns.run(
      (connection) => {
        this.#waiting.delete(connection);
        connection.flush();
        return true;
      },
      () => this.#clock.now() >= untilMs,
    );
    return !this.#turns.isEmpty;
  }
}
