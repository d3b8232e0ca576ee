import type { RequestError, SessionResponse } from '../../../generated/quoll/v1/session.ts';
import { errorCatalogue, type Refusal } from '../../../model/error-code.ts';
import type { AnswerMeta } from '../../../service/call.ts';
import { encodeMeta } from '../messages/encode.ts';
import { codeName, describeRefusal, statusOfCode } from '../messages/error-map.ts';

/** A message of the server on a `Session` stream, without the id that it belongs to. */
export type SessionMessage = Omit<SessionResponse, 'id'>;

/** Gives what a unary call would say in its status. */
export function encodeError(refusal: Refusal, meta: AnswerMeta): RequestError {
  const { code, detail, retryable, applied, path, limit, actual, failedIndex } =
    describeRefusal(refusal);
  return {
    code: codeName(code),
    zkCode: errorCatalogue[code].zkCode,
    status: statusOfCode[code],
    detail,
    retryable,
    surelyNotApplied: applied === 'no',
    ...(path !== undefined && { path }),
    ...(limit !== undefined && { limit }),
    ...(actual !== undefined && { actual }),
    failedIndex: failedIndex ?? -1,
    meta: encodeMeta(meta),
  };
}
