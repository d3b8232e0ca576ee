import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Identity } from '../../model/acl.ts';
import { parseSessionIdDecimal, type SessionId } from '../../model/ids.ts';
import type { Caller, SessionCredential } from '../../service/call.ts';
import { Problem, badRequest } from './problem.ts';

/** A session's secret in text: base64url without padding, of 16 to 64 bytes. */
const secretText = /^[A-Za-z0-9_-]{22,86}$/;

export function parseSecret(text: string): Uint8Array | undefined {
  if (!secretText.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  // Two texts must not mean one secret: the unused low bits of the last letter have to be zero.
  return bytes.toString('base64url') === text ? bytes : undefined;
}

export function formatSecret(secret: Uint8Array): string {
  return Buffer.from(secret).toString('base64url');
}

export const secretRule = 'a secret is base64url without padding, of 16 to 64 random bytes';

/** Who asks, as far as the request proves it: its address, a digest identity, a session. Throws a `Problem`. */
export function callerOf(headers: IncomingHttpHeaders, remoteAddress: string | undefined): Caller {
  const identities: Identity[] = [{ scheme: 'ip', id: plainAddress(remoteAddress) }];
  let credential: SessionCredential | undefined;
  if (headers.authorization !== undefined) {
    const { scheme, rest } = splitAuthorization(headers.authorization);
    if (scheme === 'basic') identities.push(digestIdentity(rest));
    else if (scheme === 'session') credential = sessionFromText(rest);
    else
      throw unauthenticated(
        'the Authorization scheme is not known: use Basic, or Session with id:secret',
      );
  }
  const fromHeaders = sessionFromHeaders(headers);
  if (fromHeaders !== undefined && credential !== undefined) {
    throw badRequest(
      'a session is given twice: use either Authorization or X-Session-Id and X-Session-Secret',
    );
  }
  credential ??= fromHeaders;
  return credential === undefined ? { identities } : { identities, credential };
}

/** For routes that name the session in the URL: the secret comes by header, and an id there must be the same. */
export function credentialFor(session: SessionId, headers: IncomingHttpHeaders): SessionCredential {
  const given = headers['x-session-secret'];
  if (
    headers.authorization === undefined &&
    headers['x-session-id'] === undefined &&
    typeof given === 'string'
  ) {
    return { session, secret: secretFrom(given) };
  }
  const { credential } = callerOf(headers, undefined);
  if (credential === undefined) {
    throw unauthenticated('the session needs its secret: send it as X-Session-Secret');
  }
  if (credential.session !== session)
    throw badRequest('the session of the headers is not the one of the URL');
  return credential;
}

export function sessionIdFrom(text: string, where: string): SessionId {
  const session = parseSessionIdDecimal(text);
  if (session === undefined) {
    throw badRequest(
      `${where} must be a session id: a decimal number from 1 to 9223372036854775807`,
    );
  }
  return session;
}

function sessionFromHeaders(headers: IncomingHttpHeaders): SessionCredential | undefined {
  const id = headers['x-session-id'];
  const secret = headers['x-session-secret'];
  if (id === undefined && secret === undefined) return undefined;
  if (typeof id !== 'string' || typeof secret !== 'string') {
    throw badRequest('X-Session-Id and X-Session-Secret come together: send both or none');
  }
  return { session: sessionIdFrom(id, 'X-Session-Id'), secret: secretFrom(secret) };
}

function sessionFromText(text: string): SessionCredential {
  const colon = text.indexOf(':');
  if (colon < 0) throw unauthenticated('Authorization: Session needs id:secret');
  return {
    session: sessionIdFrom(text.slice(0, colon), 'Authorization'),
    secret: secretFrom(text.slice(colon + 1)),
  };
}

function secretFrom(text: string): Uint8Array {
  const secret = parseSecret(text);
  if (secret === undefined) throw unauthenticated(`the session secret is not one: ${secretRule}`);
  return secret;
}

function splitAuthorization(value: string): { readonly scheme: string; readonly rest: string } {
  const [scheme = '', rest = ''] = value.trim().split(/ +/, 2);
  return { scheme: scheme.toLowerCase(), rest };
}

/** ZooKeeper's digest scheme: `user:base64(sha1(user:password))`. */
function digestIdentity(encoded: string): Identity {
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 1) throw unauthenticated('Authorization: Basic needs base64 of user:password');
  const digest = createHash('sha1').update(pair).digest('base64');
  return { scheme: 'digest', id: `${pair.slice(0, colon)}:${digest}` };
}

/** An IPv4 client of a dual-stack socket is the same client. */
function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=[0-9.]+$)/i, '');
}

function unauthenticated(detail: string): Problem {
  return new Problem('authFailed', detail);
}
