// SASL by DIGEST-MD5 (RFC 2831), as ZooKeeper's clients have it built in: realm and URI are the same everywhere.

export const saslRealm = 'zk-sasl-md5';
export const saslUri = 'zookeeper/zk-sasl-md5';

/** What a client answered to our challenge. */
export interface SaslAnswer {
  readonly user: string;
  /** Ours, of this connection. */
  readonly nonce: string;
  readonly clientNonce: string;
  /** How often it used our nonce, in eight hex digits. */
  readonly count: string;
  readonly authorizeAs: string | undefined;
  readonly response: string;
}

/** A user of the file `auth.saslUsersFile`. */
export interface SaslUser {
  readonly name: string;
  readonly password: string;
}

/** Reads `name:password` lines; `#` begins a comment. Gives the number of the first line that is none. */
export function parseSaslUsers(
  text: string,
): { readonly users: readonly SaslUser[] } | { readonly wrongLine: number } {
  const users: SaslUser[] = [];
  const lines = text.split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon));
    const password = line.slice(colon + 1);
    if (!/^[^\s:"\\,]{1,256}$/.test(name) || password === '') return { wrongLine: index + 1 };
    users.push({ name, password });
  }
  return { users };
}
