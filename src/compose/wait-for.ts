import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 10;

/** How long the start of a peer or an ensemble is waited for unless told otherwise. */
export const defaultWaitMs = 60_000;

/**
 * Asks until `check` gives no reason to go on waiting. Rejects after `timeoutMs` with the last reason; what `check` throws
 * ends the waiting too.
 */
export async function waitFor(
  what: string,
  timeoutMs: number,
  check: () => string | undefined,
): Promise<void> {
  const untilMs = performance.now() + timeoutMs;
  for (let why = check(); why !== undefined; why = check()) {
    if (performance.now() >= untilMs) {
      throw new Error(`${what}: not within ${String(timeoutMs)} ms (${why})`);
    }
    await delay(pollMs);
  }
}
