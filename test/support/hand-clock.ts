import type { Clock } from '../../src/ports/clock.ts';

/** Stands still until the test moves it. */
export class HandClock implements Clock {
  ms = 0;
  wallOffsetMs = 0;
  now(): number {
    return this.ms;
  }
  wall(): number {
    return this.ms + this.wallOffsetMs;
  }
  after(): never {
    throw new Error('no timers here');
  }
  every(): never {
    throw new Error('no timers here');
  }
  soon(): never {
    throw new Error('no turns here');
  }
}
