import { setTimeout as delay } from 'node:timers/promises';

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
  for (;;) {
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
    await delay(10);
  }
}
