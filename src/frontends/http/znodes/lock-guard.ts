import type { IncomingHttpHeaders } from 'node:http';
import type { CheckLockOp } from '../../../model/request.ts';
import { queuePath } from '../documents/queue-path.ts';
import { zxidFrom } from '../exchange/decode.ts';
import { badRequest } from '../exchange/problem.ts';

/**
 * Decodes `X-Lock` or `X-Election`, with `X-Fencing-Token`: the change is made only while the token is that of a
 * holder. Undefined when there is none. Throws a `Problem`.
 */
export function decodeGuard(headers: IncomingHttpHeaders): CheckLockOp | undefined {
  const lock = headers['x-lock'];
  const election = headers['x-election'];
  const token = headers['x-fencing-token'];
  if (lock === undefined && election === undefined && token === undefined) return undefined;
  const isOne = (lock === undefined) !== (election === undefined);
  const name = lock ?? election;
  if (!isOne || typeof name !== 'string' || typeof token !== 'string') {
    throw badRequest(
      'a guarded change takes X-Fencing-Token and one of X-Lock and X-Election: send both or none',
    );
  }
  const path = queuePath(lock === undefined ? 'elections' : 'locks', decodeName(name));
  return { op: 'checkLock', path, token: zxidFrom(token, 'X-Fencing-Token') };
}

/** Headers are Latin-1: other names come percent-encoded, as in a URL. */
function decodeName(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw badRequest(
      'the name of a lock or an election in a header is percent-encoded, as in a URL',
    );
  }
}
