import type { Metadata } from '#grpc';
import { refused } from '../../../model/error-code.ts';
import type { Caller } from '../../../service/call.ts';
import type { IdentityService } from '../../../service/identifying.ts';
import { ServiceError } from '../../../service/service-error.ts';
import { bearerIn, proveCaller } from '../../../wire/credentials.ts';

/**
 * Gives who asks, as far as the call proves it: `known` by its connection and its token, a digest identity by `authorization: Basic`, a
 * session by `x-session-id` and `x-session-secret`. Throws a `ServiceError`; what can't be read is taken down.
 */
export function callerOf(
  metadata: Metadata,
  known: Caller,
  identities: Pick<IdentityService, 'unreadable'>,
): Caller {
  const authorization = single(metadata, 'authorization');
  const proved = proveCaller(known, {
    // Whose token it is was found out before the call was begun.
    authorization: bearerIn(authorization) === undefined ? authorization : undefined,
    sessionId: single(metadata, 'x-session-id'),
    sessionSecret: single(metadata, 'x-session-secret'),
  });
  if (!('complaint' in proved)) return proved;
  if (proved.code === 'authFailed') identities.unreadable(known);
  throw new ServiceError(refused(proved.code, proved.complaint));
}

function single(metadata: Metadata, key: string): string | undefined {
  const values = metadata.get(key);
  if (values.length > 1) {
    const detail = `the metadata "${key}" is given twice: give it once`;
    throw new ServiceError(refused('badArguments', detail));
  }
  return values[0]?.toString();
}
