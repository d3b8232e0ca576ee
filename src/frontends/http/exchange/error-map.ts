import { errorCatalogue, type ErrorCode } from '../../../model/error-code.ts';

// What each refusal is in HTTP. 503, 507 and 429 always mean "surely not done"; 504 alone means "perhaps done". The body
// says the same in `applied`, so that nobody has to key logic on a status.

/** Gives the status of every code of the catalogue: a new code does not compile until it has one. */
export const statusOfCode = {
  noNode: 404,
  noParent: 409,
  nodeExists: 409,
  notEmpty: 409,
  badVersion: 412,
  noChildrenForEphemerals: 409,
  badArguments: 400,
  invalidAcl: 400,
  noAuth: 403,
  authFailed: 401,
  sessionExpired: 410,
  sessionMoved: 409,
  tooLarge: 413,
  sequenceExhausted: 409,
  keyReused: 422,
  fenced: 412,
  lockHeld: 409,
  lockLost: 410,
  lockMixed: 409,
  cannotHandOver: 409,
  noMember: 404,
  memberExists: 409,
  newConfigNoQuorum: 409,
  reconfigInProgress: 409,
  levelTooLow: 409,
  cannotRaiseLevel: 409,
  compacted: 410,
  rolledBack: 409,
  noQuorum: 503,
  throttled: 429,
  noSpace: 507,
  quotaExceeded: 507,
  behind: 503,
  connectionLoss: 504,
  timeout: 504,
  unimplemented: 501,
  shuttingDown: 503,
  internal: 500,
} as const satisfies Record<ErrorCode, number>;

/**
 * Lists the refusals that only HTTP knows: they never reach the service. ZooKeeper's nearest number stands in
 * `zkCode`.
 */
export const doorCatalogue = {
  noRoute: { status: 404, zkCode: -6, title: 'There is no such route', retryable: false },
  methodNotAllowed: {
    status: 405,
    zkCode: -6,
    title: 'The route has no such method',
    retryable: false,
  },
  requestTimeout: {
    status: 408,
    zkCode: -122,
    title: 'The request did not arrive in time',
    retryable: true,
  },
  expectationFailed: {
    status: 417,
    zkCode: -8,
    title: 'The expectation is not known',
    retryable: false,
  },
  foreignHost: { status: 421, zkCode: -8, title: 'The Host is not one of ours', retryable: false },
  foreignOrigin: {
    status: 403,
    zkCode: -102,
    title: 'The page may not change anything',
    retryable: false,
  },
  malformedHttp: {
    status: 400,
    zkCode: -5,
    title: 'The request is not valid HTTP',
    retryable: false,
  },
  targetTooLong: { status: 414, zkCode: -8, title: 'The URL is too long', retryable: false },
  codedContent: {
    status: 415,
    zkCode: -8,
    title: 'The content coding is not taken',
    retryable: false,
  },
  headersTooLarge: {
    status: 431,
    zkCode: -8,
    title: 'The headers are too large',
    retryable: false,
  },
  upgradeRequired: {
    status: 426,
    zkCode: -8,
    title: 'The route takes WebSockets only',
    retryable: false,
  },
  notReady: { status: 503, zkCode: -4, title: 'This peer is not ready', retryable: true },
} as const satisfies Record<
  string,
  {
    readonly status: number;
    readonly zkCode: number;
    readonly title: string;
    readonly retryable: boolean;
  }
>;

export type DoorCode = keyof typeof doorCatalogue;
export type RestCode = ErrorCode | DoorCode;

/** Gives a code as `code` shows it: in ZooKeeper's spelling (`BADVERSION`), which ours follow. */
export function codeName(code: RestCode): string {
  return code.toUpperCase();
}

export interface CodeDescription {
  readonly status: number;
  readonly zkCode: number;
  readonly title: string;
  readonly retryable: boolean;
  readonly applied: 'no' | 'unknown';
}

export function describeCode(code: RestCode): CodeDescription {
  if (isDoorCode(code)) return { ...doorCatalogue[code], applied: 'no' };
  return { ...errorCatalogue[code], status: statusOfCode[code] };
}

function isDoorCode(code: RestCode): code is DoorCode {
  return Object.hasOwn(doorCatalogue, code);
}
