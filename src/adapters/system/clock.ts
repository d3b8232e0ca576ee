import type { Clock, Timer } from '../../ports/clock.ts';
import { processorWait } from './processor-wait.ts';

/**
 * The clock of this machine. Timers never keep the process alive: listeners do, and an orderly stop closes those.
 * `soon` is `setImmediate`: after the poll phase, so everything that sockets brought in this turn was taken in before.
 */
export const systemClock: Clock = {
  now: performance.now.bind(performance),
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
