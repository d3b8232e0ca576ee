import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import type { Clock } from '../../ports/clock.ts';

/** Below this a heap holds little that lives: of what lives now and may have gathered since it was collected. */
export const littleHeapBytes = 192 * 1_048_576;

/** In percent of what lives: V8 itself lets no more gather, and as a rule much less. */
export const garbagePercent = 300;

const lookEveryMs = 1_000;

/** What of V8 is asked and told. */
interface Engine {
  usedBytes(): number;
  setFlag(flag: string): void;
}

const v8: Engine = {
  usedBytes: () => getHeapStatistics().used_heap_size,
  setFlag: setFlagsFromString,
};

/**
 * Has V8 collect the whole heap less often while little is in it. To go through the 30 MB of a peer that has no data takes
 * 50 ms and more of several cores, and large answers and bodies, whose bytes count as garbage of the heap's, had it done several
 * times a second: all that is served meanwhile waits. For a process of our own: the flag is the whole process's. Where much lives
 * V8 goes by its own rules.
 */
export function letGarbageGather(clock: Clock, engine: Engine = v8): void {
  let given = 0;
  const look = (): void => {
    const percent = engine.usedBytes() < littleHeapBytes ? garbagePercent : 0;
    if (percent === given) return;
    given = percent;
    engine.setFlag(`--heap-growing-percent=${String(percent)}`);
  };
  look();
  clock.every(lookEveryMs, look);
}
