import { doorNames, type DoorName } from './audit.ts';
import { errorCatalogue, isRefusal, type Refusal } from './error-code.ts';

// How requests are told apart in figures: few words, so that there are never more figures than anybody can keep.

export const requestKinds = [
  'read',
  /** A read whose answer grows with what there is: children, names, a subtree. */
  'list',
  'write',
  'sync',
  /** Begun, kept alive, taken over, ended. */
  'session',
  /** Locks and elections, but for the time of waiting for one's turn. */
  'lock',
  /** The start of a watch: until the first that it is told. */
  'watch',
  /** Roles, grants and tokens. */
  'auth',
  /** What operators ask: members, leadership, copies, the log. */
  'admin',
] as const;

export type RequestKind = (typeof requestKinds)[number];

/** refused: for what it asks, so it would be again; failed: for want of a quorum, of time, of room, or by a defect. */
export const requestOutcomes = ['ok', 'refused', 'failed'] as const;

export type RequestOutcome = (typeof requestOutcomes)[number];

type Series = Readonly<
  Record<
    DoorName | 'inside',
    Readonly<Record<RequestKind, Readonly<Record<RequestOutcome, string>>>>
  >
>;

/** By words of its parts, made once: every read and write asks. */
const series = byWord([...doorNames, 'inside'], (door) =>
  byWord(requestKinds, (kind) =>
    byWord(requestOutcomes, (outcome) => `${door},${kind},${outcome}`),
  ),
) as Series;

/** Names the figure of a request that was answered so; without a door it came from within. */
export function requestSeries(
  door: DoorName | undefined,
  kind: RequestKind,
  answer: object | Refusal,
): string {
  return series[door ?? 'inside'][kind][outcomeOf(answer)];
}

/** Says what came of a request. */
export function outcomeOf(answer: object | Refusal): RequestOutcome {
  if (!isRefusal(answer)) return 'ok';
  const { retryable, applied } = errorCatalogue[answer.code];
  return retryable || applied === 'unknown' ? 'failed' : 'refused';
}

function byWord<Word extends string, Value>(
  words: readonly Word[],
  valueOf: (word: Word) => Value,
): Record<Word, Value> {
  return Object.fromEntries(words.map((word) => [word, valueOf(word)])) as Record<Word, Value>;
}
