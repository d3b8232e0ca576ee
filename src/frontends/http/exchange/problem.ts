import type { Refusal } from '../../../model/error-code.ts';
import { ServiceError } from '../../../service/service-error.ts';
import { codeName, describeCode, type RestCode } from './error-map.ts';

/** Holds everything that a refusal may say besides its code; the catalogue fills in the rest. */
export interface ProblemFields {
  readonly path?: string;
  readonly limit?: number;
  readonly actual?: number;
  readonly failedIndex?: number;
  /** In a transaction: what became of each op. */
  readonly results?: readonly OpVerdict[];
  readonly applied?: 'no' | 'unknown';
  readonly retryable?: boolean;
  /** In place of the code's own status, where the request asked for another (`If-None-Match: *`). */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The connection can't be trusted to be in step any more, or is not wanted. */
  readonly closes?: boolean;
}

/** Says what became of one op of a transaction. */
export interface OpVerdict {
  readonly op: string;
  readonly path: string;
  readonly code: string;
  readonly zkCode: number;
}

/** A refusal on its way out of this door: thrown by decoding, made of a `ServiceError` by `problemOf`. */
export class Problem extends Error {
  readonly code: RestCode;
  readonly fields: ProblemFields;

  constructor(code: RestCode, detail: string, fields: ProblemFields = {}) {
    super(detail);
    this.name = 'Problem';
    this.code = code;
    this.fields = fields;
  }

  get status(): number {
    return this.fields.status ?? describeCode(this.code).status;
  }
}

export function badRequest(detail: string, fields: ProblemFields = {}): Problem {
  return new Problem('badArguments', detail, fields);
}

/** Tells a client of an error of ours: all else is for the log. */
export const errorOfOurs = 'an error of ours: the log of this peer has the details';

/** Gives what the log is told of anything that was thrown. */
export function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : String(error);
}

export function problemOfRefusal(refusal: Refusal, fields: ProblemFields = {}): Problem {
  return new Problem(refusal.code, refusal.detail, { ...refusal, ...fields });
}

/** Gives the problem that was thrown or refused with; undefined for what is neither, an error of ours. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  return error instanceof ServiceError ? problemOfRefusal(error.refusal) : undefined;
}

/** Holds what is known of the request that was refused: it decides whether sending it again is safe. */
export interface RefusedRequest {
  /** The path of the URL, without the query. */
  readonly instance: string;
  /** Taken for false when it is left away. */
  readonly changesState?: boolean;
  readonly hasIdempotencyKey?: boolean;
}

/** Writes a problem as RFC 9457 has it. `applied` and `retryable` are never more hopeful than what is known. */
export function problemBody(problem: Problem, request: RefusedRequest): string {
  const described = describeCode(problem.code);
  const { path, limit, actual, failedIndex, results } = problem.fields;
  // A read changes nothing, whatever became of its answer.
  const applied =
    request.changesState === true ? (problem.fields.applied ?? described.applied) : 'no';
  const outcomeUnknown = problem.code === 'timeout' || problem.code === 'connectionLoss';
  const safeToRepeat = outcomeUnknown && (applied === 'no' || request.hasIdempotencyKey === true);
  return JSON.stringify({
    type: `urn:quoll:error:${codeName(problem.code)}`,
    title: described.title,
    status: problem.status,
    detail: problem.message,
    instance: request.instance,
    code: codeName(problem.code),
    zkCode: described.zkCode,
    retryable: problem.fields.retryable ?? (safeToRepeat || described.retryable),
    applied,
    path,
    limit,
    actual,
    failedIndex,
    results,
  });
}

/** Gives the headers of a problem, those too that belong to its status rather than to a place in the code. */
export function problemHeaders(problem: Problem): Readonly<Record<string, string>> {
  const headers: Record<string, string> = { ...problem.fields.headers };
  if (problem.status === 503 || problem.status === 429) headers['Retry-After'] ??= '1';
  // Not `Basic`: a browser would ask its user for a password that nobody has.
  if (problem.status === 401) headers['WWW-Authenticate'] = 'Session realm="quoll"';
  return headers;
}
