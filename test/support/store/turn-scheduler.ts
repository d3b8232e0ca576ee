// Virtual time that runs by itself, one event per turn of the real loop: for tests that await what a simulated port does.

import type { Random } from '../../../src/ports/random.ts';

export function turnScheduler(): { after(ms: number, fn: () => void): void } {
  let nowMs = 0;
  let order = 0;
  const events: { readonly dueMs: number; readonly order: number; readonly fn: () => void }[] = [];
  const turn = (): void => {
    events.sort((left, right) => left.dueMs - right.dueMs || left.order - right.order);
    const event = events.shift();
    if (event === undefined) return;
    nowMs = event.dueMs;
    event.fn();
  };
  return {
    after: (ms, fn) => {
      events.push({ dueMs: nowMs + ms, order: order++, fn });
      setImmediate(turn);
    },
  };
}

/** Small and good enough to draw latencies with (Marsaglia's xorshift, 32 bits). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0 || 1;
  const fraction = (): number => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
  return {
    fraction,
    bytes: (length) => Uint8Array.from({ length }, () => Math.floor(fraction() * 256)),
  };
}
