import type { SessionId } from '../../../model/ids.ts';

// ZooKeeper's ways to write things down, which are Java's.

/** What ZooKeeper prints for what there is not. */
export const notAvailable = '<NA>';

/** Gives each text on a line of its own. */
export function lines(...texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}

/** Gives `0x` and the id in hex, without zeros ahead of it. */
export function hexOfSession(session: SessionId): string {
  return `0x${BigInt(`0x${session}`).toString(16)}`;
}

/** Gives a duration in whole milliseconds, as a count of them. */
export function whole(ms: number): string {
  return String(Math.floor(ms));
}

/** Gives a number with one decimal at least, and four at most. */
export function decimal(value: number): string {
  const rounded = Math.round(value * 10_000) / 10_000;
  return Number.isInteger(rounded) ? rounded.toFixed(1) : String(rounded);
}

/** Gives a date as `Tue Nov 24 22:06:31 UTC 2026`. */
export function dateText(unixMs: number): string {
  const [day = '', date = '', month = '', year = '', time = ''] = new Date(unixMs)
    .toUTCString()
    .replace(',', '')
    .split(' ');
  return `${day} ${month} ${date} ${time} UTC ${year}`;
}
