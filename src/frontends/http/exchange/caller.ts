import type { IncomingHttpHeaders } from 'node:http';
import { parseSessionIdDecimal, type SessionId } from '../../../model/ids.ts';
import type { Caller, SessionCredential } from '../../../service/call.ts';
import {
  bearerIn,
  parseSecret,
  proveCaller,
  secretRule,
  sessionIdRule,
} from '../../../wire/credentials.ts';
import { Problem, badRequest } from './problem.ts';

/**
 * Says who asks, as far as the request proves it: who it is by its connection, a digest identity, a session. Throws a
 * `Problem`. `unreadable` is called where a proof can't be read, ahead of that.
 */
export function callerOf(
  headers: IncomingHttpHeaders,
  stranger: Caller,
  unreadable?: () => void,
): Caller {
  const proved = proveCaller(stranger, {
    authorization: withoutBearer(headers.authorization),
    sessionId: oneHeader(headers['x-session-id']),
    sessionSecret: oneHeader(headers['x-session-secret']),
  });
  if (!('complaint' in proved)) return proved;
  if (proved.code === 'authFailed') unreadable?.();
  throw new Problem(proved.code, proved.complaint);
}

/**
 * Gives the credential for a route that names the session in its URL: the secret comes by header, and an id there must
 * be the same. Throws a `Problem`; `unreadable` as above.
 */
export function credentialFor(
  session: SessionId,
  headers: IncomingHttpHeaders,
  unreadable?: () => void,
): SessionCredential {
  const given = headers['x-session-secret'];
  const { authorization } = headers;
  if (headers['x-session-id'] === undefined && typeof given === 'string') {
    // `Authorization` may say who asks, or name a session as well.
    if (callerOf({ authorization }, nobody, unreadable).credential === undefined) {
      return { session, secret: secretFrom(given, unreadable) };
    }
  }
  const { credential } = callerOf(headers, nobody, unreadable);
  if (credential === undefined) {
    throw unauthenticated('the session needs its secret: send it as X-Session-Secret');
  }
  if (credential.session !== session) {
    throw badRequest('the session of the headers is not the one of the URL');
  }
  return credential;
}

/** For who is asked for a session alone. */
const nobody: Caller = { identities: [] };

export function sessionIdFrom(text: string, where: string): SessionId {
  const session = parseSessionIdDecimal(text);
  if (session === undefined) {
    throw badRequest(`${where}: ${sessionIdRule}`);
  }
  return session;
}

/** Whose token it is was found out before the request was looked at. */
function withoutBearer(authorization: string | undefined): string | undefined {
  return bearerIn(authorization) === undefined ? authorization : undefined;
}

/** The gate lets one of each through. */
function oneHeader(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function secretFrom(text: string, unreadable?: () => void): Uint8Array {
  const secret = parseSecret(text);
  if (secret !== undefined) return secret;
  unreadable?.();
  throw unauthenticated(`the session secret is not one: ${secretRule}`);
}

function unauthenticated(detail: string): Problem {
  return new Problem('authFailed', detail);
}
