/**
 * A time in whole microseconds, in 32 bits: it costs its field and no number beside it. They come again after 71 minutes, so
 * that no more than half of that can be told. 0 stands for never.
 */
export type Stamp = number;

export const never: Stamp = 0;

/** A stamp says nothing once it is older, in milliseconds. */
export const stampsMsMax = 2_000_000;

export function stampOf(ms: number): Stamp {
  return (ms * 1_000) | 0 || 1;
}

/** Says whether it is the time of a stamp that is no further than half an hour away, or later. */
export function hasCome(stamp: Stamp, nowMs: number): boolean {
  return ((stampOf(nowMs) - stamp) | 0) >= 0;
}

/** Gives the time of a stamp of the last half hour, to the microsecond. */
export function msOf(stamp: Stamp, nowMs: number): number {
  return nowMs - msSince(stamp, nowMs);
}

/** Gives how long ago it is, to the microsecond. */
export function msSince(stamp: Stamp, nowMs: number): number {
  return ((stampOf(nowMs) - stamp) | 0) / 1_000;
}
