import { createHash } from 'node:crypto';
import type { Identity } from '../model/acl.ts';
import { withProof, type Principal } from '../model/principal.ts';
import { parseSessionIdDecimal, type SessionId } from '../model/ids.ts';

// Who asks, as headers and metadata say it: the same text on every door that has such things.

/** A session's secret in text: base64url without padding, of 16 to 64 bytes. */
const secretText = /^[A-Za-z0-9_-]{22,86}$/;

export const secretRule = 'a secret is base64url without padding, of 16 to 64 random bytes';
export const sessionIdRule = 'a session id is a decimal number from 1 to 9223372036854775807';

export function parseSecret(text: string): Uint8Array | undefined {
  if (!secretText.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  // Two texts must not mean one secret: the unused low bits of the last letter have to be zero.
  return bytes.toString('base64url') === text ? bytes : undefined;
}

export function formatSecret(secret: Uint8Array): string {
  return Buffer.from(secret).toString('base64url');
}

/** What is wrong with a proof, and whether it is a wrong proof (`authFailed`) or none. */
export interface CredentialComplaint {
  readonly code: 'authFailed' | 'badArguments';
  readonly complaint: string;
}

export interface ProvedCaller extends Principal {
  readonly credential?: { readonly session: SessionId; readonly secret: Uint8Array };
}

/** Says whether headers or metadata may prove more than the address that they came from. */
export function provesMore(headers: Readonly<Record<string, unknown>>): boolean {
  return (
    headers['authorization'] !== undefined ||
    headers['x-session-id'] !== undefined ||
    headers['x-session-secret'] !== undefined
  );
}

/** Gives who asks, as far as the request proves it: who it is by its connection, a digest identity, a session. */
export function proveCaller(
  stranger: Principal,
  given: {
    readonly authorization?: string | undefined;
    readonly sessionId?: string | undefined;
    readonly sessionSecret?: string | undefined;
  },
): ProvedCaller | CredentialComplaint {
  const { authorization, sessionId, sessionSecret } = given;
  if (authorization === undefined && sessionId === undefined && sessionSecret === undefined) {
    return stranger;
  }
  const proved =
    authorization === undefined ? { identities: [] } : fromAuthorization(authorization);
  if ('complaint' in proved) return proved;
  const principal = withProof(stranger, proved);
  if (sessionId === undefined && sessionSecret === undefined) return { ...proved, ...principal };
  if (sessionId === undefined || sessionSecret === undefined) {
    return bad('X-Session-Id and X-Session-Secret come together: send both or none');
  }
  if (proved.credential !== undefined) {
    return bad(
      'a session is given twice: use either Authorization or X-Session-Id and X-Session-Secret',
    );
  }
  const credential = sessionCredential(sessionId, sessionSecret, 'X-Session-Id');
  return 'complaint' in credential ? credential : { ...principal, credential };
}

/** Gives the token of `Authorization: Bearer`; undefined for another scheme. */
export function bearerIn(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  const found = /^\s*bearer(?:\s+(.*))?$/is.exec(authorization);
  return found === null ? undefined : (found[1] ?? '').trim();
}

function fromAuthorization(value: string): ProvedCaller | CredentialComplaint {
  const [scheme = '', rest = ''] = value.trim().split(/ +/, 2);
  switch (scheme.toLowerCase()) {
    case 'basic': {
      const identity = basicIdentity(rest);
      return 'complaint' in identity ? identity : { identities: [identity] };
    }
    case 'session': {
      const colon = rest.indexOf(':');
      if (colon < 0) return failed('Authorization: Session needs id:secret');
      const credential = sessionCredential(
        rest.slice(0, colon),
        rest.slice(colon + 1),
        'Authorization',
      );
      return 'complaint' in credential ? credential : { identities: [], credential };
    }
    default:
      return failed(
        'the Authorization scheme is not known: use Bearer, Basic, or Session with id:secret',
      );
  }
}

function sessionCredential(
  id: string,
  secretGiven: string,
  where: string,
): { readonly session: SessionId; readonly secret: Uint8Array } | CredentialComplaint {
  const session = parseSessionIdDecimal(id);
  if (session === undefined) return bad(`${where}: ${sessionIdRule}`);
  const secret = parseSecret(secretGiven);
  if (secret === undefined) return failed(`the session secret is not one: ${secretRule}`);
  return { session, secret };
}

function basicIdentity(encoded: string): Identity | CredentialComplaint {
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  if (pair.indexOf(':') < 1) return failed('Authorization: Basic needs base64 of user:password');
  return digestIdentity(pair);
}

/**
 * Gives the identity of ZooKeeper's digest scheme: `user:base64(sha1(user:password))`, of a text that need not have a
 * colon.
 */
export function digestIdentity(pair: string): Identity {
  const [user = ''] = pair.split(':', 1);
  const digest = createHash('sha1').update(pair).digest('base64');
  return { scheme: 'digest', id: `${user}:${digest}` };
}

export function addressIdentity(remoteAddress: string | undefined): Identity {
  return { scheme: 'ip', id: plainAddress(remoteAddress) };
}

/** An IPv4 client of a dual-stack socket is the same client. */
function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=[0-9.]+$)/i, '');
}

function failed(complaint: string): CredentialComplaint {
  return { code: 'authFailed', complaint };
}

function bad(complaint: string): CredentialComplaint {
  return { code: 'badArguments', complaint };
}
