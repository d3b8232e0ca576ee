// The one catalogue of refusals. Every door maps every code (`satisfies Record<ErrorCode, …>`), so a new code does not
// compile until each door has a status for it. ZooKeeper's numbers are its KeeperException codes; ours have none there
// and borrow the nearest.

interface ErrorDescription {
  /** ZooKeeper's number for it, as shown in `zkCode` and sent on its wire. */
  readonly zkCode: number;
  readonly title: string;
  /** May the same request succeed if sent again unchanged? */
  readonly retryable: boolean;
  /** Did the change happen? `unknown` is never said as `no`. */
  readonly applied: 'no' | 'unknown';
}

export const errorCatalogue = {
  noNode: { zkCode: -101, title: 'The znode does not exist', retryable: false, applied: 'no' },
  noParent: {
    zkCode: -101,
    title: 'The parent znode does not exist',
    retryable: false,
    applied: 'no',
  },
  nodeExists: { zkCode: -110, title: 'The znode exists already', retryable: false, applied: 'no' },
  notEmpty: { zkCode: -111, title: 'The znode has children', retryable: false, applied: 'no' },
  badVersion: {
    zkCode: -103,
    title: 'The version does not match',
    retryable: false,
    applied: 'no',
  },
  noChildrenForEphemerals: {
    zkCode: -108,
    title: 'Ephemeral znodes have no children',
    retryable: false,
    applied: 'no',
  },
  badArguments: { zkCode: -8, title: 'The request is not valid', retryable: false, applied: 'no' },
  invalidAcl: { zkCode: -114, title: 'The ACL is not valid', retryable: false, applied: 'no' },
  noAuth: { zkCode: -102, title: 'This is not allowed', retryable: false, applied: 'no' },
  authFailed: { zkCode: -115, title: 'Authentication failed', retryable: false, applied: 'no' },
  sessionExpired: { zkCode: -112, title: 'The session is gone', retryable: false, applied: 'no' },
  sessionMoved: {
    zkCode: -118,
    title: 'The session lives on another connection',
    retryable: false,
    applied: 'no',
  },
  tooLarge: { zkCode: -8, title: 'The request is too large', retryable: false, applied: 'no' },
  sequenceExhausted: {
    zkCode: -8,
    title: 'The sequence counter of the parent is used up',
    retryable: false,
    applied: 'no',
  },
  keyReused: {
    zkCode: -8,
    title: 'The idempotency key belongs to another request',
    retryable: false,
    applied: 'no',
  },
  fenced: {
    zkCode: -103,
    title: 'The fencing token is not that of a current holder',
    retryable: false,
    applied: 'no',
  },
  lockHeld: { zkCode: -110, title: 'The lock is held', retryable: true, applied: 'no' },
  lockLost: {
    zkCode: -112,
    title: 'Not in the queue of this lock any more',
    retryable: false,
    applied: 'no',
  },
  lockMixed: {
    zkCode: -8,
    title: 'The queue is used in another way',
    retryable: false,
    applied: 'no',
  },
  cannotHandOver: {
    zkCode: -8,
    title: 'Leadership can not be moved there now',
    retryable: false,
    applied: 'no',
  },
  noMember: {
    zkCode: -8,
    title: 'The ensemble has no such member',
    retryable: false,
    applied: 'no',
  },
  memberExists: {
    zkCode: -8,
    title: 'The ensemble has another member of that number',
    retryable: false,
    applied: 'no',
  },
  newConfigNoQuorum: {
    zkCode: -13,
    title: 'No quorum of the new voters is there and up to date',
    retryable: true,
    applied: 'no',
  },
  reconfigInProgress: {
    zkCode: -14,
    title: 'Another change of the membership is under way',
    retryable: true,
    applied: 'no',
  },
  levelTooLow: {
    zkCode: -6,
    title: 'The ensemble is at a level that does not know this yet',
    retryable: false,
    applied: 'no',
  },
  cannotRaiseLevel: {
    zkCode: -6,
    title: 'The level of the ensemble can not be that now',
    retryable: false,
    applied: 'no',
  },
  compacted: {
    zkCode: -8,
    title: 'The log does not reach back so far',
    retryable: false,
    applied: 'no',
  },
  rolledBack: {
    zkCode: -2,
    title: 'Rolled back with the rest of its transaction',
    retryable: false,
    applied: 'no',
  },
  noQuorum: {
    zkCode: -4,
    title: 'No quorum: the ensemble has no leader now',
    retryable: true,
    applied: 'no',
  },
  throttled: { zkCode: -127, title: 'Too many requests in flight', retryable: true, applied: 'no' },
  noSpace: {
    zkCode: -127,
    title: 'The disk is nearly full: the ensemble takes no writes',
    retryable: true,
    applied: 'no',
  },
  quotaExceeded: {
    zkCode: -125,
    title: 'The change would go above a quota',
    retryable: false,
    applied: 'no',
  },
  behind: {
    zkCode: -4,
    title: 'This peer has not yet seen what the caller has seen',
    retryable: true,
    applied: 'no',
  },
  connectionLoss: {
    zkCode: -4,
    title: 'The leader was lost before it answered',
    retryable: false,
    applied: 'unknown',
  },
  timeout: { zkCode: -7, title: 'No answer in time', retryable: false, applied: 'unknown' },
  unimplemented: { zkCode: -6, title: 'Not implemented', retryable: false, applied: 'no' },
  shuttingDown: { zkCode: -4, title: 'This peer is shutting down', retryable: true, applied: 'no' },
  internal: { zkCode: -1, title: 'An error of ours', retryable: false, applied: 'unknown' },
} as const satisfies Record<string, ErrorDescription>;

export type ErrorCode = keyof typeof errorCatalogue;

/** A refusal as a value: what the state machine and the shell return; a door turns it into its own form. */
export interface Refusal {
  readonly kind: 'refused';
  readonly code: ErrorCode;
  /** What is wrong and what to do next, for a person. */
  readonly detail: string;
  readonly path?: string;
  /** For limits: the limit and what was asked, in bytes or counts. */
  readonly limit?: number;
  readonly actual?: number;
  /** In a multi: the op that failed, and ZooKeeper's result per op (0, the code, then -2). */
  readonly failedIndex?: number;
  /** Overrides the catalogue where this very case is known better (a write that surely did not happen). */
  readonly applied?: 'no' | 'unknown';
  readonly retryable?: boolean;
}

export function refused(
  code: ErrorCode,
  detail: string,
  more: Omit<Refusal, 'kind' | 'code' | 'detail'> = {},
): Refusal {
  return { kind: 'refused', code, detail, ...more };
}

export function isRefusal(value: unknown): value is Refusal {
  return (value as { readonly kind?: unknown } | null | undefined)?.kind === 'refused';
}

/** Says whether the change that was refused may have happened all the same, or may happen yet. */
export function mayHaveHappened({ code, applied }: Refusal): boolean {
  return (applied ?? errorCatalogue[code].applied) === 'unknown';
}
