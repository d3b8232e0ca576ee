import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { RepeatedLog } from './repeated-log.ts';

/**
 * Stands at every way into a door from outside: what its own code throws there ends the connection concerned, is logged, and
 * harms nobody else. What the core throws never comes here: the server's own guard has it, and the peer stops.
 */
export class DoorGuard {
  readonly #log: RepeatedLog;

  /** `event`: under which it is logged, as an error. */
  constructor(ports: { readonly logger: Logger; readonly clock: Clock }, event: string) {
    this.#log = new RepeatedLog(ports, 'error', event);
  }

  /** Runs `action`; when it throws, `ended` lets go of what it was about. */
  run(action: () => void, ended: () => void): void {
    try {
      action();
    } catch (cause) {
      this.failed(cause);
      ended();
    }
  }

  failed(cause: unknown): void {
    this.#log.happened({ cause });
  }
}

/** Gives a clock whose callbacks go through the guard. */
export function guardedClock(clock: Clock, guard: DoorGuard): Clock {
  const guarded = (run: () => void) => (): void => {
    guard.run(run, () => undefined);
  };
  return {
    // Asked a dozen times for every request: a function around it would give a number of its own each time.
    now: clock.now.bind(clock),
    recent: clock.recent.bind(clock),
    wall: clock.wall.bind(clock),
    waited: () => clock.waited?.(),
    idle: () => clock.idle?.(),
    after: (ms, run) => clock.after(ms, guarded(run)),
    every: (ms, run) => clock.every(ms, guarded(run)),
    soon: (run) => {
      clock.soon(guarded(run));
    },
  };
}
