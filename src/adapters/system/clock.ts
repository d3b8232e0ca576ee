import type { Clock, Timer } from '../../ports/clock.ts';
import { processorWait } from './processor-wait.ts';

/** So often one reading is given: that of a long turn is a few requests old, and no more. */
const timesMax = 32;

const settled = Promise.resolve();

/** A reading of the clock that is given again until what runs is over: until Node carries out what was promised. */
class RecentReading {
  /** A fraction from the start: V8 changes that in its place. */
  #ms = performance.now();
  #timesLeft = 0;
  #isPromised = false;
  readonly #isOver = (): void => {
    this.#timesLeft = 0;
    this.#isPromised = false;
  };

  ms(): number {
    if (this.#timesLeft === 0) this.#read();
    this.#timesLeft--;
    return this.#ms;
  }

  #read(): void {
    this.#timesLeft = timesMax;
    this.#ms = performance.now();
    if (this.#isPromised) return;
    this.#isPromised = true;
    void settled.then(this.#isOver);
  }
}

const reading = new RecentReading();

/**
 * The clock of this machine. Timers never keep the process alive: listeners do, and an orderly stop closes those.
 * `soon` is `setImmediate`: after the poll phase, so everything that sockets brought in this turn was taken in before.
 */
export const systemClock: Clock = {
  now: performance.now.bind(performance),
  recent: reading.ms.bind(reading),
  wall: Date.now,
  waited: processorWait(),
  idle: () => performance.eventLoopUtilization().idle,
  after(ms, run): Timer {
    const timer = setTimeout(run, ms).unref();
    return {
      cancel() {
        clearTimeout(timer);
      },
    };
  },
  every(ms, run): Timer {
    const timer = setInterval(run, ms).unref();
    return {
      cancel() {
        clearInterval(timer);
      },
    };
  },
  soon(run) {
    setImmediate(run);
  },
};
