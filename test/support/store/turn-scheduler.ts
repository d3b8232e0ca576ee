import { Scheduler } from '../../sim/scheduler.ts';

/** Virtual time that runs by itself, one event per turn of the real loop: for tests that await what a simulated port does. */
export function turnScheduler(): Pick<Scheduler, 'after'> {
  const scheduler = new Scheduler();
  return {
    after: (ms, run) => {
      setImmediate(() => scheduler.step(Number.POSITIVE_INFINITY));
      return scheduler.after(ms, run);
    },
  };
}
