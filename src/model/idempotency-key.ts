import type { Identity } from './acl.ts';

// A client's idempotency key as the ensemble knows it. Whoever has proved who they are has keys of their own: nobody else's
// request is ever found under them. All who have proved nothing share one space of keys, for a client may come back by
// another address, and its request must be found then.

/** Of the hash that names whose key it is, in hex digits; a space follows, which no client's key holds. */
const scopeDigits = 32;

/** Of more than one person. */
const sharedSchemes: ReadonlySet<string> = new Set(['ip', 'world', 'group']);

/** Gives who a key belongs to, as text to be hashed; undefined for a caller who has proved nothing. */
export function keyHolder(identities: readonly Identity[]): string | undefined {
  const proven = identities.find(({ scheme }) => !sharedSchemes.has(scheme));
  return proven === undefined ? undefined : `${proven.scheme} ${proven.id}`;
}

/** `scope`: hex digits of a hash of the holder, as many as are needed, or more. */
export function keyInScope(scope: string, key: string): string {
  return `${scope.slice(0, scopeDigits)} ${key}`;
}

/** Gives how many bytes of a key are not its client's. */
export function scopeBytesOf(key: string): number {
  return key[scopeDigits] === ' ' ? scopeDigits + 1 : 0;
}
