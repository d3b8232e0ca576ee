import { createHash, timingSafeEqual } from 'node:crypto';
import { saslRealm, saslUri, type SaslAnswer } from '../../model/sasl.ts';

/**
 * What a client that knows a password answers to a challenge, and what it is answered: RFC 2831, sections 2.1.2.1 and 2.1.3,
 * for `auth` alone. MD5 is what the protocol has: what passes is worth as much as the way, which is TLS.
 */
export function digestMd5(
  { user, nonce, clientNonce, count, authorizeAs }: SaslAnswer,
  password: string,
): { readonly fromClient: string; readonly fromServer: string } {
  const secret = md5(Buffer.concat([hashed(user), hashed(`:${saslRealm}:`), hashed(password)]));
  const asWhom = authorizeAs === undefined ? '' : `:${authorizeAs}`;
  const begin = Buffer.from(`:${nonce}:${clientNonce}${asWhom}`, 'utf8');
  const a1 = md5(Buffer.concat([secret, begin])).toString('hex');
  const respond = (method: string): string => {
    const a2 = md5(Buffer.from(`${method}:${saslUri}`)).toString('hex');
    const whole = [a1, nonce, count, clientNonce, 'auth', a2].join(':');
    return md5(Buffer.from(whole, 'utf8')).toString('hex');
  };
  return { fromClient: respond('AUTHENTICATE'), fromServer: respond('') };
}

/** Compares what is 32 hex digits, or else is not it. */
export function isSame(expected: string, given: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(given)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function md5(bytes: Uint8Array): Buffer {
  return createHash('md5').update(bytes).digest();
}

/** A text that ISO 8859-1 has all letters of is hashed in that, any other in UTF-8. */
function hashed(text: string): Buffer {
  const isLatin = /^[\0-\xff]*$/.test(text);
  return Buffer.from(text, isLatin ? 'latin1' : 'utf8');
}
