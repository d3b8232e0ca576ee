import { setTimeout as delay } from 'node:timers/promises';

/** Between two looks: short at first, and longer for what takes longer, since looking costs the peers time. */
const pauseMsMin = 5;
const pauseMsMax = 50;

/**
 * Waits until `check` gives something other than undefined or false; a check that throws is asked again. Fails with what
 * it saw last once `limitMs` have passed: a bound for a stuck test, not an expectation of speed.
 */
export async function until<T>(
  what: string,
  check: () => Promise<T | undefined | false> | T | undefined | false,
  limitMs = 30_000,
): Promise<T> {
  const giveUpAt = performance.now() + limitMs;
  let last: unknown = 'nothing';
  for (let pauseMs = pauseMsMin; ; pauseMs = Math.min(pauseMs * 1.5, pauseMsMax)) {
    try {
      const found = await check();
      if (found !== undefined && found !== false) return found;
      last = found;
    } catch (error) {
      last = error;
    }
    if (performance.now() > giveUpAt) {
      throw new Error(`waited in vain for ${what}; last: ${String(last)}`, { cause: last });
    }
    await delay(pauseMs);
  }
}
