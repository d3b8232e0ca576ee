import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { leftOut } from '../../config/shown-config.ts';

// The end of a peer's log for a bug report. What is not known to be harmless is left out, so that no new event can tell
// the name of a znode.

/** So many lines of the end are taken, */
export const logLinesMax = 2_000;
/** and so many bytes of it are read at the most. */
export const logBytesMax = 8 * 1_048_576;

/** Fields whose text is of the program's own making, or an address of a peer. */
const ownFields = new Set([
  ...['time', 'level', 'event', 'type', 'code', 'door', 'gate', 'role', 'state', 'signal'],
  ...['setting', 'plane', 'how', 'zxid', 'atLeast', 'upTo', 'clusterId', 'version', 'syscall'],
]);
const ownText = /^[\w.:+-]{1,64}$/;
const fieldName = /^[A-Za-z_]\w{0,40}$/;
/** The place in our code, without the folder that it is installed in. */
const frame = /^\s+at .*?([\w.-]+:\d+:\d+)\)?$/;

const secretField = /(password|secret|digest|token|authorization|auth|data)$/i;
/** Tokens, secrets of sessions and of peers, digests: long words that nobody would type. */
const secretWord = /:[A-Za-z0-9+/]{27}=|[\w+-]{22,}=*/g;

export interface ShownLog {
  readonly lines: readonly unknown[];
  /** Lines that were no event, and are not shown. */
  readonly leftOut: number;
}

/** Gives the last lines of a log file. Throws what the system says when it can't be read. */
export function shownLog(file: string, { paths }: { readonly paths: boolean }): ShownLog {
  const lines = lastLines(file);
  const events = lines.flatMap((line) => {
    const event = eventIn(line);
    return event === undefined ? [] : [paths ? withoutSecrets(event) : ownWords(event)];
  });
  return { lines: events, leftOut: lines.length - events.length };
}

function lastLines(file: string): readonly string[] {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const from = Math.max(0, size - logBytesMax);
    const bytes = Buffer.alloc(size - from);
    const length = readSync(descriptor, bytes, 0, bytes.length, from);
    const lines = bytes.toString('utf8', 0, length).split('\n');
    // The first may be the rest of one.
    if (from > 0) lines.shift();
    return lines.filter((line) => line.trim() !== '').slice(-logLinesMax);
  } finally {
    closeSync(descriptor);
  }
}

/** A line is a JSON object, perhaps with what journald or a container's runtime put before it. */
function eventIn(line: string): object | undefined {
  const at = line.indexOf('{');
  if (at === -1) return undefined;
  try {
    const value: unknown = JSON.parse(line.slice(at));
    return typeof value === 'object' && value !== null && 'event' in value ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Gives numbers, flags, and texts of the program's own making. */
function ownWords(value: unknown, name = ''): unknown {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'string') {
    return ownFields.has(name) && ownText.test(value) ? value : leftOut;
  }
  if (Array.isArray(value)) {
    if (name === 'stack') return value.flatMap(frameOf);
    return value.map((item) => ownWords(item, name));
  }
  if (typeof value !== 'object') return leftOut;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]: [string, unknown], index) => [
      fieldName.test(key) ? key : `(left out ${String(index)})`,
      ownWords(field, key),
    ]),
  );
}

function frameOf(line: unknown): string[] {
  const [, place] = typeof line === 'string' ? (frame.exec(line) ?? []) : [];
  return place === undefined ? [] : [place];
}

/** Gives everything but what may prove who somebody is. */
function withoutSecrets(value: unknown, name = ''): unknown {
  if (secretField.test(name) && typeof value !== 'number') return leftOut;
  if (typeof value === 'string') {
    return name === 'event' ? value : value.replace(secretWord, leftOut);
  }
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]: [string, unknown]) => [
      key,
      withoutSecrets(field, key),
    ]),
  );
}
